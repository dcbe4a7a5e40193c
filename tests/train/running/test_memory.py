"""What a run needs is said before it starts, and one that cannot fit does not start."""

from pathlib import Path

import msgspec
import pytest
import torch
from train_runs import MICRO, SETTINGS, Packs, sample

from echoloop.records import Mistake
from echoloop.train.bagel import Bagel, BagelConfig, open_autoencoder
from echoloop.train.data import collate
from echoloop.train.running import (
    Lora,
    Pack,
    Settings,
    Start,
    available,
    echo4o,
    encode,
    estimate,
    memory,
    refuse,
    train,
)

CPU = torch.device("cpu")
FULL_SIZE = BagelConfig()


def needed(settings: Settings, ranks: int = 1, config: BagelConfig = FULL_SIZE) -> int:
    return estimate(config, settings, ranks=ranks, shards=ranks, device="cuda").total


def test_the_published_model_in_numbers() -> None:
    """14.1 B weights beside the autoencoder; 20 bytes each for weight, gradient, two moments and average."""
    whole = estimate(FULL_SIZE, echo4o(), ranks=1, shards=1, device="cuda")
    assert 14.0e9 < whole.learning < 14.8e9
    states = sum(need.bytes for need in whole.needs[:4])
    assert states == pytest.approx(20 * whole.learning, rel=0.01)
    assert needed(echo4o(), ranks=32) < 80e9 < needed(echo4o(), ranks=2)


def test_what_makes_it_smaller() -> None:
    settings = echo4o()
    change = msgspec.structs.replace
    assert needed(change(settings, recompute=False)) > needed(settings)
    assert needed(change(settings, tuning="generation")) < needed(settings)
    assert needed(change(settings, tuning=Lora())) < needed(change(settings, tuning="generation"))
    assert needed(change(settings, data=change(settings.data, most=8_192))) < needed(settings)


@pytest.mark.parametrize("recompute", [False, True])
def test_activations_are_what_the_layers_keep(recompute: bool) -> None:
    """Measured with the hooks of autograd: every storage that waits for the way back, weights apart."""
    config = msgspec.structs.replace(
        MICRO,
        llm=msgspec.structs.replace(MICRO.llm, num_hidden_layers=6, hidden_size=64, intermediate_size=256),
    )
    pack = collate([sample(n, "rti") for n in range(6)], [(0, n) for n in range(6)], config)
    packed = encode(pack, open_autoencoder(config.vae), config, CPU, "fp32")
    model = Bagel(config).train()
    model.recompute = recompute
    own = {weight.untyped_storage().data_ptr() for weight in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(value: torch.Tensor) -> torch.Tensor:
        storage = value.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage
        return value

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
        model(packed)
    measured = sum(storage.nbytes() for storage in kept.values())
    lengths = packed.layout.sample_lens
    seen = Pack(
        tokens=sum(lengths),
        longest=sum(length**2 for length in lengths) // sum(lengths),
        vision=len(packed.vit_index) / sum(lengths),
        learned_text=0.0,
    )
    settings = msgspec.structs.replace(SETTINGS, recompute=recompute)
    told = estimate(config, settings, ranks=1, shards=1, device="cpu", pack=seen)
    reckoned = next(need.bytes for need in told.needs if need.name == "activations")
    if recompute:  # the layer that is being worked on is not yet there
        whole = estimate(config, SETTINGS, ranks=1, shards=1, device="cpu", pack=seen)
        assert measured < reckoned < 0.6 * next(n.bytes for n in whole.needs if n.name == "activations")
    else:
        assert reckoned == pytest.approx(measured, rel=0.2)


def test_a_run_that_cannot_fit_is_refused_with_what_would() -> None:
    settings = msgspec.structs.replace(echo4o(), recompute=False)
    whole = estimate(FULL_SIZE, settings, ranks=1, shards=1, device="cuda")
    with pytest.raises(Mistake) as caught:
        refuse(whole, int(80e9), FULL_SIZE, settings, ranks=1, shards=1, device="cuda")
    assert "80.00 GB are free" in caught.value.what
    assert "--recipe echo4o-lora" in caught.value.remedy
    assert "8 times as many ranks" not in caught.value.remedy
    with pytest.raises(Mistake, match="Nothing of what can be set"):
        refuse(whole, int(1e9), FULL_SIZE, settings, ranks=1, shards=1, device="cuda")
    refuse(whole, whole.total * 2, FULL_SIZE, settings, ranks=1, shards=1, device="cuda")


def test_it_is_said_before_anything_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_meminfo", lambda: 1_000)
    said: list[str] = []
    with pytest.raises(Mistake, match="are free"):
        train(
            Start(MICRO, weights=tmp_path / "nowhere"),
            SETTINGS,
            open_autoencoder(MICRO.vae),
            Packs(),
            tmp_path,
            said.append,
        )
    assert said[0].startswith("memory a rank")
    assert any("moments of AdamW" in line for line in said)


def test_ranks_of_one_machine_share_its_memory() -> None:
    assert 0 < available(CPU, local_ranks=4) <= available(CPU) // 3
