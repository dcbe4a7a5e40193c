"""Structure distance, against the same number computed another way: attention's own keys, from the saved weights alone."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from stage_runs import run_stages, store_picture, workspace_of

from echoloop.diagnose import DiagnoseSettings, diagnose_stages, structure_distance
from echoloop.images import encode_png
from echoloop.lab.painters import Painter, PainterFaults, paint
from echoloop.lab.scenes import draw, sample_scene
from echoloop.records import Applicability, Item, Mistake, Output

SCENES = [sample_scene(np.random.default_rng(seed)) for seed in range(6)]
PICTURES = [draw(scene) for scene in SCENES]


def keys_by_hand(folder: Path, pixels: np.ndarray) -> np.ndarray:
    """The last block's keys, computed with the saved tensors and nothing of ours or of transformers."""
    tensors = load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    small = Image.fromarray(pixels).resize((224, 224), Image.Resampling.BILINEAR)
    image = torch.from_numpy(np.asarray(small, np.float64) / 255)
    image = (image - torch.tensor([0.485, 0.456, 0.406])) / torch.tensor([0.229, 0.224, 0.225])

    def named(*parts: str) -> torch.Tensor:
        (found,) = [value for name, value in tensors.items() if name.endswith(".".join(parts))]
        return found.double()

    def linear(x: torch.Tensor, *parts: str) -> torch.Tensor:
        return x @ named(*parts, "weight").T + named(*parts, "bias")

    def norm(x: torch.Tensor, *parts: str) -> torch.Tensor:
        spread = (x.var(-1, keepdim=True, unbiased=False) + config["layer_norm_eps"]).sqrt()
        return (x - x.mean(-1, keepdim=True)) / spread * named(*parts, "weight") + named(*parts, "bias")

    weight = named("patch_embeddings.projection.weight")
    patches = torch.nn.functional.conv2d(
        image.permute(2, 0, 1)[None], weight, named("patch_embeddings.projection.bias"), stride=16
    )
    tokens = torch.cat([named("cls_token")[0], patches.flatten(2)[0].T]) + named("position_embeddings")[0]
    heads = config["num_attention_heads"]
    layers = config["num_hidden_layers"]
    for at in range(layers - 1):
        inner = norm(tokens, f"layer.{at}", "layernorm_before")
        q, k, v = (
            linear(inner, f"layer.{at}", "attention.attention", one)
            .unflatten(-1, (heads, -1))
            .transpose(0, 1)
            for one in ("query", "key", "value")
        )
        weights = (q @ k.transpose(1, 2) / q.shape[-1] ** 0.5).softmax(-1)
        tokens = tokens + linear(
            (weights @ v).transpose(0, 1).flatten(1), f"layer.{at}", "attention.output.dense"
        )
        inner = norm(tokens, f"layer.{at}", "layernorm_after")
        inner = torch.nn.functional.gelu(linear(inner, f"layer.{at}", "intermediate.dense"))
        tokens = tokens + linear(inner, f"layer.{at}", "output.dense")
    last = f"layer.{layers - 1}"
    return linear(norm(tokens, last, "layernorm_before"), last, "attention.attention.key").numpy()


def distance_by_hand(folder: Path, a: np.ndarray, b: np.ndarray) -> float:
    matrices = []
    for pixels in (a, b):
        keys = keys_by_hand(folder, pixels)
        unit = keys / np.linalg.norm(keys, axis=1, keepdims=True)
        matrices.append(unit @ unit.T)
    return float(np.linalg.norm(matrices[0] - matrices[1], "fro") ** 2 / len(matrices[0]) ** 2)


def test_the_number_is_that_of_an_independent_computation(tiny_vit: Path) -> None:
    for one, other in pairwise(PICTURES):
        expected = distance_by_hand(tiny_vit, one, other)
        assert expected > 1e-4
        assert structure_distance(one, other, model=tiny_vit) == pytest.approx(expected, rel=1e-3)


def test_a_picture_has_its_own_structure(tiny_vit: Path, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(encode_png(PICTURES[0]))
    assert structure_distance(path, PICTURES[0], model=tiny_vit) == pytest.approx(0, abs=1e-9)


def test_several_inputs_become_one_number_as_asked(tiny_vit: Path) -> None:
    alone = [structure_distance(one, PICTURES[3], model=tiny_vit) for one in PICTURES[:2]]
    for reduction, expected in (("max", max(alone)), ("min", min(alone)), ("mean", sum(alone) / 2)):
        found = structure_distance(PICTURES[:2], PICTURES[3], model=tiny_vit, reduction=reduction)  # type: ignore[arg-type]
        assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (500, 333)])
def test_pictures_of_any_size_compare(tiny_vit: Path, shape: tuple[int, int]) -> None:
    flat = np.full((*shape, 3), 90, np.uint8)
    assert structure_distance(PICTURES[0], flat, model=tiny_vit) > 0


def test_pictures_of_other_proportions_do_not_compare_unsquashed(tiny_vit: Path) -> None:
    with pytest.raises(ValueError, match='use resize="square"'):
        structure_distance(PICTURES[0][:50], PICTURES[0][:, :50], model=tiny_vit, preset="splice")


def test_no_input_is_refused(tiny_vit: Path) -> None:
    with pytest.raises(ValueError, match="needs an input"):
        structure_distance([], PICTURES[0], model=tiny_vit)


def test_without_the_model_it_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECHOLOOP_WEIGHTS", str(tmp_path))
    with pytest.raises(Mistake, match="run `echoloop diagnose fetch dino_vits16`"):
        structure_distance(PICTURES[0], PICTURES[1])


def test_it_grows_with_the_planted_jitter(tiny_vit: Path) -> None:
    means = []
    for step in range(1, 6):
        moved = [draw(scene, (step, step)) for scene in SCENES]
        found = [
            structure_distance(before, after, model=tiny_vit)
            for before, after in zip(PICTURES, moved, strict=True)
        ]
        means.append(float(np.mean(found)))
    assert means == sorted(means)
    assert means[0] > 1e-6


def test_a_tint_moves_no_layout(tiny_vit: Path) -> None:
    """A cast as strong as any planted one counts for less than the smallest jitter."""
    prompt = "a red ball on a white background"
    plain = paint(Painter(name="plain", developer="d"), prompt, ())
    tinted = paint(Painter(name="plain", developer="d", faults=PainterFaults(tint=12)), prompt, ())
    cast = structure_distance(plain.pixels, tinted.pixels, model=tiny_vit)  # type: ignore[union-attr]
    jitter = structure_distance(PICTURES[0], draw(SCENES[0], (5, 5)), model=tiny_vit)
    assert cast < jitter


def rows_of(folder: Path, models: list[str], vit: Path) -> list:
    refs = [store_picture(folder, pixels) for pixels in PICTURES[:2]]
    items = [
        Item(
            id=f"i{n}",
            split="image_to_image",
            sample="s",
            prompt="add a word",
            quality="Benchmark",
            input_images=(ref,),
        )
        for n, ref in enumerate(refs)
    ]
    outputs = [
        Output(
            id=f"{model}/{one.id}",
            item=one.id,
            model=model,
            split=one.split,
            state="answered",
            image=image.sha256,
        )
        for at, model in enumerate(models)
        for one in items
        if (image := store_picture(folder, np.roll(PICTURES[int(one.id[1:])], 9 * (at + 1), axis=1)))
    ]
    applies = [
        Applicability(item=one.id, metric="structure_distance", applies=True, state="answered")
        for one in items
    ]
    settings = DiagnoseSettings(
        reader="scripted",
        viewer="scripted",
        metrics=("structure_distance",),
        weights={"dino_vits16": str(vit)} if vit else {},
    )
    stage = next(one for one in diagnose_stages(settings) if one.name == "measurements")
    tables = {"items": (Item, items), "outputs": (Output, outputs), "applicability": (Applicability, applies)}
    return run_stages(folder, [stage], tables, []).kept


def test_each_picture_is_encoded_once_and_another_model_costs_only_its_own(
    tiny_vit: Path, tmp_path: Path
) -> None:
    first = rows_of(tmp_path, ["alder"], tiny_vit)
    kept = {
        path: path.stat().st_mtime_ns for path in (workspace_of(tmp_path).path / "features").rglob("*/??/*")
    }
    assert len(kept) == 4
    again = rows_of(tmp_path, ["alder", "beech"], tiny_vit)
    after = {
        path: path.stat().st_mtime_ns for path in (workspace_of(tmp_path).path / "features").rglob("*/??/*")
    }
    assert len(after) == 6
    assert {path: time for path, time in after.items() if path in kept} == kept
    assert [row for row in again if row.model == "alder"] == first
    public = structure_distance(PICTURES[0], np.roll(PICTURES[0], 9, axis=1), model=tiny_vit)
    assert next(row for row in first if row.item == "i0").value == pytest.approx(public, abs=1e-3)


def test_without_weights_nothing_is_measured_and_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECHOLOOP_WEIGHTS", str(tmp_path / "none"))
    rows = rows_of(tmp_path, ["alder"], None)  # type: ignore[arg-type]
    assert {(row.state, row.value) for row in rows} == {("absent", None)}
    assert {row.reason for row in rows} == {
        "not measured: model not downloaded, run `echoloop diagnose fetch dino_vits16`"
    }
