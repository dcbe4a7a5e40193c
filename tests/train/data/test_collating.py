"""The layout of a packed sequence, against the numbers of the published model and against itself."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from echoloop.records import Mistake
from echoloop.train.bagel.config import BagelConfig, LlmConfig, TokenIds, VaeConfig, VitConfig
from echoloop.train.data import ImageSplit, Sample, TextSplit, Unencoded, collate

FIXTURE = Path(__file__).parents[1] / "parity" / "fixture"
SEEN = {"clean_image": "clean", "vit_image": "patches", "target_image": "target"}


def tiny() -> BagelConfig:
    told = json.loads((FIXTURE / "config.json").read_text())
    return BagelConfig(
        llm=LlmConfig(hidden_size=told["llm"]["hidden_size"]),
        vit=VitConfig(patch_size=told["vit"]["patch_size"]),
        vae=VaeConfig(latent_channels=told["vae"]["latent_channels"], downsample=told["vae"]["downsample"]),
        tokens=TokenIds(**told["tokens"]),
        latent_patch_size=told["bagel"]["latent_patch_size"],
        max_latent_size=told["bagel"]["max_latent_size"],
        vit_max_num_patch_per_side=told["vit"]["grid_side"],
    )


def picture(height: int, width: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def text(*ids: int, learned: bool = False, dropped: bool = False) -> TextSplit:
    return TextSplit(ids=np.array(ids), learned=learned, dropped=dropped)


def fixture_samples(table: list[dict[str, Any]], tensors: dict[str, torch.Tensor]) -> list[Sample]:
    """The samples the fixture's table describes, with their words; the pictures are of the right size only."""
    words = dict(zip(tensors["text_index"].tolist(), tensors["text_ids"].tolist(), strict=True))
    samples: dict[int, list[Any]] = {}
    for split in table:
        if split["kind"] in SEEN:
            made: Any = ImageSplit(pixels=picture(*split["image_height_width"]), seen=SEEN[split["kind"]])  # pyright: ignore[reportArgumentType]
        else:
            places = range(split["start"], split["start"] + split["length"])
            made = text(*(words[place] for place in places), learned=split["loss"] == "ce")
        samples.setdefault(split["sample"], []).append(made)
    return [Sample(splits=tuple(splits), name=f"row {number}") for number, splits in samples.items()]


def test_the_layout_is_that_of_the_published_model() -> None:
    told = json.loads((FIXTURE / "train.json").read_text())["batch"]
    expected = load_file(FIXTURE / "train.safetensors")
    samples = fixture_samples(told["splits"], expected)
    made = collate(samples, [(0, n) for n in range(len(samples))], tiny()).packed
    assert made.layout.length == told["sequence_length"]
    assert list(made.layout.sample_lens) == told["sample_lens"]
    assert list(made.layout.split_lens) == told["split_lens"]
    assert list(made.layout.split_modes) == told["split_modes"]
    assert list(made.vit_image_lens) == expected["vit_image_lens"].tolist()
    for name in (
        "rope_position", "text_ids", "text_index", "vit_index", "vit_grid_position", "latent_index",
        "latent_grid_position", "mse_index", "ce_index", "ce_label",
    ):  # fmt: skip
        assert torch.equal(getattr(made, name), expected[name]), name
    torch.testing.assert_close(made.ce_weight, expected["ce_weight"])
    assert torch.equal(made.timestep_logit == -torch.inf, expected["timestep_logit"] == -torch.inf)
    assert made.vit_patches.shape == expected["vit_patches"].shape
    assert made.noise.shape == expected["noise"].shape


def drawing(seed: int) -> Sample:
    return Sample(
        splits=(
            ImageSplit(pixels=picture(32, 48, seed), seen="clean"),
            ImageSplit(pixels=picture(28, 42, seed), seen="patches"),
            text(301, 7, 8, 302),
            ImageSplit(pixels=picture(48, 32, seed + 1), seen="target"),
        ),
        name=f"row {seed}",
        dataset="edits",
    )


def answering(seed: int) -> Sample:
    splits = (ImageSplit(pixels=picture(28, 28, seed), seen="patches"), text(301, 5, 302, learned=True))
    return Sample(splits=splits, name=f"row {seed}", dataset="questions")


def test_a_sample_draws_the_same_whatever_its_company() -> None:
    together = collate([answering(3), drawing(1), drawing(2)], [(9, 4), (9, 5), (9, 6)], tiny())
    alone = collate([drawing(1)], [(9, 5)], tiny())
    count = len(alone.packed.timestep_logit)
    assert torch.equal(together.packed.noise[:count], alone.packed.noise)
    assert torch.equal(together.packed.timestep_logit[:count], alone.packed.timestep_logit)
    for mine, other in zip(alone.posterior_noise, together.posterior_noise[:2], strict=True):
        assert torch.equal(mine, other)
    changed = collate([drawing(1)], [(9, 6)], tiny())
    assert not torch.equal(changed.packed.noise, alone.packed.noise)


def test_a_target_has_one_time_and_conditions_have_none() -> None:
    made = collate([drawing(1), drawing(2)], [(0, 0), (0, 1)], tiny()).packed
    times = [made.timestep_logit[made.latent_index == place] for place in made.mse_index]
    assert len({float(time) for time in times}) == 2
    clean = made.timestep_logit == -torch.inf
    assert int((~clean).sum()) == len(made.mse_index) == 12
    assert not made.noise[clean].any()


def test_elements_of_the_loss_know_their_sample() -> None:
    made = collate([answering(3), drawing(1), answering(4)], [(0, n) for n in range(3)], tiny())
    assert made.owners.mse.tolist() == [1] * 6
    assert made.owners.ce.tolist() == [0, 0, 2, 2]
    assert made.owners.names == ("row 3", "row 1", "row 4")
    assert made.owners.datasets == ("questions", "edits", "questions")


def test_what_was_dropped_has_no_token_but_a_picture_keeps_its_turn() -> None:
    whole = drawing(1)
    clean, patches, words, target = whole.splits
    assert isinstance(clean, ImageSplit)
    gone = ImageSplit(pixels=clean.pixels, seen="clean", dropped=True)
    no_words = text(301, 7, 8, 302, dropped=True)
    made = collate([Sample(splits=(gone, patches, no_words, target))], [(0, 0)], tiny())
    assert made.packed.layout.split_modes == ("full", "noise")
    rope = made.packed.rope_position
    assert rope[: made.packed.layout.split_lens[0]].unique().tolist() == [1]
    assert rope[made.packed.layout.split_lens[0] :].unique().tolist() == [2]
    assert len(made.pictures) == 1
    assert isinstance(words, TextSplit)


def test_pictures_are_in_the_order_of_the_latents() -> None:
    made = collate([drawing(1)], [(0, 0)], tiny())
    assert [tuple(pixels.shape) for pixels in made.pictures] == [(3, 32, 48), (3, 48, 32)]
    assert [tuple(noise.shape) for noise in made.posterior_noise] == [(16, 4, 6), (16, 6, 4)]
    values = picture(32, 48, 1)
    torch.testing.assert_close(
        made.pictures[0][:, 5, 7], torch.tensor(values[5, 7] / 255 * 2 - 1, dtype=torch.float32)
    )


def test_a_patch_lists_rows_columns_colours() -> None:
    made = collate([answering(3)], [(0, 0)], tiny())
    values = picture(28, 28, 3)
    second = made.packed.vit_patches[1].reshape(14, 14, 3)
    expected = torch.tensor(values[:14, 14:] / 255 * 2 - 1, dtype=torch.float32)
    torch.testing.assert_close(second, expected)


def test_a_batch_may_lack_any_kind_of_loss() -> None:
    only_pictures: Unencoded = collate([drawing(1)], [(0, 0)], tiny())
    assert only_pictures.packed.ce_index.shape == only_pictures.packed.ce_weight.shape == (0,)
    only_words = collate([Sample(splits=(text(301, 4, 302, learned=True),))], [(0, 0)], tiny())
    assert only_words.packed.vit_patches.shape == (0, 14 * 14 * 3)
    assert only_words.packed.noise.shape == (0, 64)
    assert only_words.pictures == ()


def test_a_picture_beyond_the_position_table_is_named() -> None:
    wide = Sample(splits=(ImageSplit(pixels=picture(16, 16 * 65), seen="target"),))
    with pytest.raises(Mistake, match="more than 64 tokens on a side"):
        collate([wide], [(0, 0)], tiny())
    odd = Sample(splits=(ImageSplit(pixels=picture(17, 32), seen="target"),))
    with pytest.raises(Mistake, match="does not divide"):
        collate([odd], [(0, 0)], tiny())
