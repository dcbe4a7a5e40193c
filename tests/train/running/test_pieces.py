"""The small parts of a step, each by itself."""

import msgspec
import numpy as np
import pytest
import torch
from torch import nn
from train_runs import MICRO, sample

from echoloop.records import Mistake
from echoloop.train.bagel import Bagel, Losses, cut, is_generation, open_autoencoder, times_of
from echoloop.train.data import ImageSplit, Sample, collate
from echoloop.train.running import (
    Average,
    Averaging,
    Lora,
    Optimiser,
    Settings,
    add_lora,
    begin_lora,
    choose,
    echo4o,
    echo4o_lora,
    encode,
    learning,
    tiny,
)
from echoloop.train.running.ema import decay_at
from echoloop.train.running.lora import merged
from echoloop.train.running.optimising import clip, open_optimiser, rate_at, set_steps, steps_taken
from echoloop.train.running.sample_losses import sample_losses

CPU = torch.device("cpu")


def test_the_average_moves_by_its_part() -> None:
    weight = torch.zeros(3)
    average = Average({"w": weight}, Averaging(decay=0.9))
    weight += 1
    average.update({"w": weight}, 1)
    average.update({"w": weight}, 2)
    torch.testing.assert_close(average.values["w"], torch.full((3,), 1 - 0.9**2))


def test_an_average_that_warms_up_forgets_its_beginning() -> None:
    warm = Averaging(decay=0.9999, warm_up=True)
    assert decay_at(warm, 1) < 0.2
    assert decay_at(warm, 10_000_000) == 0.9999
    assert decay_at(Averaging(), 1) == 0.9999


def test_the_rate_warms_up_and_stays_or_falls() -> None:
    constant = Optimiser(rate=1.0, warm_up=10)
    assert [rate_at(constant, step, 100) for step in (1, 5, 10, 100)] == [0.1, 0.5, 1.0, 1.0]
    falling = Optimiser(rate=1.0, warm_up=10, schedule="cosine", lowest=0.1)
    assert rate_at(falling, 10, 100) == 1.0
    assert rate_at(falling, 55, 100) == pytest.approx(0.55)
    assert rate_at(falling, 100, 100) == pytest.approx(0.1)


def test_clipping_shortens_all_gradients_together() -> None:
    weights = {name: nn.Parameter(torch.zeros(4)) for name in "ab"}
    weights["a"].grad, weights["b"].grad = torch.full((4,), 3.0), torch.full((4,), 4.0)
    assert clip(weights, 1.0) == pytest.approx(10.0)
    assert clip(weights, 1.0) == pytest.approx(1.0, rel=1e-4)
    torch.testing.assert_close(weights["a"].grad, torch.full((4,), 0.3), rtol=1e-4, atol=1e-6)


def test_the_optimiser_is_adamw_from_its_first_step() -> None:
    """Its state is ours from the start; its steps are those of torch's own."""
    ours, theirs = (nn.Parameter(torch.linspace(-1, 1, 5)) for _ in range(2))
    optimiser = open_optimiser({"w": ours}, Optimiser(rate=1e-2))
    reference = torch.optim.AdamW([theirs], lr=1e-2, betas=(0.9, 0.95), eps=1e-15, weight_decay=0.0)
    for step in range(3):
        for weight, method in ((ours, optimiser), (theirs, reference)):
            weight.grad = torch.linspace(1, 2, 5) * (step + 1)
            method.step()
    torch.testing.assert_close(ours, theirs)
    assert steps_taken(optimiser) == 3
    set_steps(optimiser, 7)
    assert steps_taken(optimiser) == 7


@pytest.mark.parametrize("experts", ["generation", "understanding", "both"])
def test_lora_begins_as_the_model_and_merges_into_it(experts: str) -> None:
    torch.manual_seed(0)
    model = Bagel(MICRO)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    pack = collate([sample(0), sample(1, "l")], [(0, 0), (0, 1)], MICRO)
    packed = encode(pack, open_autoencoder(MICRO.vae), MICRO, CPU, "fp32")
    plain = model(packed)
    lora = msgspec.convert({"rank": 4, "alpha": 8.0, "experts": experts}, Lora)
    choose(model, lora)
    begin_lora(model, seed=3)
    torch.testing.assert_close(model(packed).mse, plain.mse)
    for name, weight in learning(model).items():
        assert name.endswith(("lora_a", "lora_b"))
        assert experts == "both" or is_generation(name) == (experts == "generation")
        if name.endswith("lora_b"):
            nn.init.normal_(weight.data, std=0.1, generator=torch.Generator().manual_seed(0))
    changed = model(packed)
    assert not torch.allclose(changed.mse, plain.mse)

    state = model.state_dict()
    read = merged(state.__getitem__, set(state), lora.scale)
    other = Bagel(MICRO)
    other.load_state_dict({name: read(name) for name in before})
    torch.testing.assert_close(other(packed).mse, changed.mse, rtol=1e-4, atol=1e-5)
    assert set(before) == {name for name in state if "lora_" not in name}


def test_lora_beside_nothing_is_a_mistake() -> None:
    with pytest.raises(Mistake, match="no linear map"):
        add_lora(Bagel(MICRO), Lora(linears=("c_attn",)))


def test_pictures_of_many_sizes_keep_their_order() -> None:
    rng = np.random.default_rng(0)
    sizes = [(16, 24), (8, 8), (16, 24), (24, 16), (8, 8)]
    splits = tuple(
        ImageSplit(pixels=rng.integers(0, 256, (*size, 3), dtype=np.uint8), seen="clean") for size in sizes
    )
    pack = collate([Sample(splits=splits)], [(0, 0)], MICRO)
    codec = open_autoencoder(MICRO.vae)
    packed = encode(pack, codec, MICRO, CPU, "fp32")
    each = [cut(codec.encode(picture[None], None)[0], MICRO.latent_patch_size) for picture in pack.pictures]
    torch.testing.assert_close(packed.latent_tokens, torch.cat(each))


def test_packs_without_pictures_have_latents_without_rows() -> None:
    pack = collate([sample(0, "l")], [(0, 0)], MICRO)
    packed = encode(pack, open_autoencoder(MICRO.vae), MICRO, CPU, "fp32")
    assert packed.latent_tokens.shape == (0, MICRO.latent_token_dim)


def test_each_sample_has_its_own_loss_and_time() -> None:
    pack = collate([sample(0, "rti"), sample(1, "l"), sample(2, "til")], [(0, n) for n in range(3)], MICRO)
    packed = encode(pack, open_autoencoder(MICRO.vae), MICRO, CPU, "fp32")
    mse = (pack.owners.mse.float() + 1)[:, None].expand(-1, MICRO.latent_token_dim)
    losses = Losses(mse=mse, ce=pack.owners.ce.float() * 10)
    records = list(sample_losses(5, losses, packed, pack.owners, MICRO.timestep_shift))
    assert [record.sample for record in records] == ["sample-0", "sample-1", "sample-2"]
    assert [record.mse for record in records] == [1.0, None, 3.0]
    assert [record.ce for record in records] == [None, 10.0, 20.0]
    target = torch.isin(packed.latent_index, packed.mse_index)
    first = times_of(packed.timestep_logit[target], MICRO.timestep_shift)[0]
    assert records[0].t == pytest.approx(float(first))
    assert records[1].t is None


def test_recipes_are_the_published_settings() -> None:
    recipe = echo4o()
    assert (recipe.steps, recipe.optimiser.rate, recipe.tuning) == (24_000, 2e-5, "full")
    assert (recipe.data.expected, recipe.data.most, recipe.data.sample, recipe.data.buffer) == (
        32_768,
        36_864,
        16_384,
        50,
    )
    assert recipe.optimiser.betas == (0.9, 0.95)
    assert (recipe.optimiser.eps, recipe.optimiser.decay, recipe.optimiser.clip) == (1e-15, 0.0, 1.0)
    assert recipe.averaging.decay == 0.9999
    assert isinstance(echo4o_lora().tuning, Lora)
    assert tiny(10).steps == 10


def test_settings_travel_as_json() -> None:
    for settings in (echo4o(), echo4o_lora(), tiny()):
        again = msgspec.json.decode(msgspec.json.encode(settings), type=Settings)
        assert again == settings
        assert settings.same_run(msgspec.structs.replace(again, steps=1)) == ()
