"""What a step does, whatever its packs hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from train_runs import MICRO, SETTINGS, Packs, logged, sample

from echoloop.records import Problem
from echoloop.train.bagel import Bagel, open_autoencoder
from echoloop.train.checkpoints import load_weights, open_weights
from echoloop.train.data import Unencoded, collate
from echoloop.train.running import Lora, Loss, Optimiser, Settings, Start, encode, train

CPU = torch.device("cpu")


def run(
    folder: Path, settings: Settings, kinds: Sequence[str] = ("rti", "l", "ti")
) -> list[dict[str, float]]:
    train(Start(MICRO), settings, open_autoencoder(MICRO.vae), Packs(kinds), folder, _quiet)
    return logged(folder)


def _quiet(text: str) -> None:
    del text


def few(steps: int = 3, **changes: object) -> Settings:
    return msgspec.structs.replace(SETTINGS, steps=steps, **changes)


def test_several_packs_for_a_step_are_one_large_pack(tmp_path: Path) -> None:
    kinds = ("rti", "l", "ti")
    large = run(tmp_path / "large", few(), kinds * 2)
    small = run(tmp_path / "small", few(accumulate=2), kinds)
    for one, other in zip(large, small, strict=True):
        for name in ("mse", "ce", "gradient", "loss"):
            assert one[name] == pytest.approx(other[name], rel=1e-4)


def test_packed_samples_have_the_losses_they_have_alone() -> None:
    torch.manual_seed(0)
    model = Bagel(MICRO)
    samples = [sample(number, kinds) for number, kinds in enumerate(("rti", "l", "rtl", "rrti"))]
    seeds = [(0, number) for number in range(len(samples))]
    codec = open_autoencoder(MICRO.vae)
    together = model(encode(collate(samples, seeds, MICRO), codec, MICRO, CPU, "fp32"))
    alone = [
        model(encode(collate([one], [seed], MICRO), codec, MICRO, CPU, "fp32"))
        for one, seed in zip(samples, seeds, strict=True)
    ]
    torch.testing.assert_close(together.mse, torch.cat([one.mse for one in alone]), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(together.ce, torch.cat([one.ce for one in alone]), rtol=1e-4, atol=1e-5)


def test_packs_without_text_to_learn(tmp_path: Path) -> None:
    lines = run(tmp_path, few(), ("rti", "ti"))
    assert all(line["ce"] is None and line["loss"] == line["mse"] > 0 for line in lines)


def test_packs_without_pictures(tmp_path: Path) -> None:
    lines = run(tmp_path, few(), ("l", "l"))
    assert all(line["mse"] is None and line["loss"] == line["ce"] > 0 for line in lines)


def test_the_loss_falls(tmp_path: Path) -> None:
    class Same(Packs):
        def __call__(
            self, rank: int, ranks: int, positions: Sequence[str]
        ) -> Iterator[tuple[Unencoded, str]]:
            pack = collate([sample(0), sample(1, "l")], [(0, 0), (0, 1)], MICRO)
            while True:
                yield pack, ""

    settings = few(25)
    train(Start(MICRO), settings, open_autoencoder(MICRO.vae), Same(), tmp_path, _quiet)
    lines = logged(tmp_path)
    assert lines[-1]["mse"] < 0.8 * lines[0]["mse"]
    assert lines[-1]["ce"] < 0.5 * lines[0]["ce"]


def test_weights_of_the_loss_and_answers_by_the_root_of_their_length(tmp_path: Path) -> None:
    plain = run(tmp_path / "plain", few(1))[0]
    weighed = run(tmp_path / "weighed", few(1, loss=Loss(mse=2.0, ce=0.5)))[0]
    assert weighed["loss"] == pytest.approx(2 * plain["mse"] + 0.5 * plain["ce"])
    uneven = ("l", "l")
    rooted = run(tmp_path / "rooted", few(1, loss=Loss(reweight_text=True)), uneven)[0]
    even = run(tmp_path / "even", few(1), uneven)[0]
    assert rooted["ce"] != even["ce"]


def test_half_precision_keeps_close(tmp_path: Path) -> None:
    exact, half = (
        run(tmp_path / "exact", few(2)),
        run(tmp_path / "half", few(2, precision="bf16", recompute=True)),
    )
    for one, other in zip(exact, half, strict=True):
        assert other["loss"] == pytest.approx(one["loss"], rel=2e-2)


def test_a_generation_run_leaves_understanding_as_it_was(tmp_path: Path) -> None:
    run(tmp_path, few(tuning="generation"))
    torch.manual_seed(SETTINGS.seed)
    before, after = Bagel(MICRO).state_dict(), open_weights(tmp_path / "published-000003")
    changed = {name for name in after if not torch.equal(before[name], after.read(name))}
    assert any("_moe_gen" in name for name in changed)
    assert "llm2vae.weight" in changed
    assert not [
        name for name in changed if name.startswith(("vit_model", "connector", "language_model.lm_head"))
    ]
    assert not [name for name in changed if "layers" in name and "_moe_gen" not in name]


def test_a_lora_run_publishes_the_names_of_the_model(tmp_path: Path) -> None:
    full = tmp_path / "base"
    run(full, few(1))
    base = full / "published-000001"
    start = Start(MICRO, weights=base)
    settings = few(3, tuning=Lora(rank=4, alpha=8.0))
    train(start, settings, open_autoencoder(MICRO.vae), Packs(), tmp_path / "lora", _quiet)
    before, after = open_weights(base), open_weights(tmp_path / "lora/published-000003")
    assert set(before) == set(after)
    changed = {name for name in after if not torch.equal(before.read(name), after.read(name))}
    assert changed
    assert all(
        ("_moe_gen" in name and name.endswith("proj_moe_gen.weight")) or "mlp_moe_gen" in name
        for name in changed
    )
    saved = open_weights(tmp_path / "lora/step-000003/rank-00000.safetensors")
    assert not [name for name in saved if name.startswith("model/") and "lora_" not in name]
    load_weights(Bagel(MICRO), tmp_path / "lora/published-000003")


def test_steps_without_a_finite_gradient_are_skipped_then_end_the_run(tmp_path: Path) -> None:
    class Broken(Packs):
        def __call__(
            self, rank: int, ranks: int, positions: Sequence[str]
        ) -> Iterator[tuple[Unencoded, str]]:
            for number, (pack, position) in enumerate(super().__call__(rank, ranks, positions), start=1):
                if number > 1:
                    pack.packed.noise.fill_(np.inf)
                yield pack, position

    said: list[str] = []
    with pytest.raises(Problem, match="3 times in a row"):
        train(Start(MICRO), few(6), open_autoencoder(MICRO.vae), Broken(), tmp_path, said.append)
    assert sum("the step is skipped" in line for line in said) == 3


def test_data_that_ends_is_said(tmp_path: Path) -> None:
    def ending(rank: int, ranks: int, positions: Sequence[str]) -> Iterator[tuple[Unencoded, str]]:
        return iter([(collate([sample(0)], [(0, 0)], MICRO), "")])

    with pytest.raises(Problem, match="the data ended"):
        train(Start(MICRO), few(), open_autoencoder(MICRO.vae), ending, tmp_path, _quiet)


def test_clipping_bounds_the_step(tmp_path: Path) -> None:
    """With AdamW the size of gradients cancels; what clipping changes is the balance between steps."""
    free = run(tmp_path / "free", few(optimiser=Optimiser(rate=1e-2, warm_up=0, clip=1e9)))
    tight = run(tmp_path / "tight", few(optimiser=Optimiser(rate=1e-2, warm_up=0, clip=1e-3)))
    assert free[0]["gradient"] == tight[0]["gradient"] > 1
    assert free[2]["loss"] != tight[2]["loss"]
