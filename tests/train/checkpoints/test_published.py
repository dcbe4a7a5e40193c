"""The published layout: what is saved is what is loaded, under the published names."""

from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file, save_file
from train_runs import MICRO

from echoloop.records import Mistake
from echoloop.train.bagel import Autoencoder, Bagel, BagelConfig, VaeConfig, VitConfig, open_autoencoder
from echoloop.train.checkpoints import (
    CouldNotSave,
    describe,
    inspect,
    load_autoencoder,
    load_config,
    load_weights,
    of_model,
    save_published,
)

FLUX = msgspec.structs.replace(
    MICRO,
    vae=VaeConfig(
        base_channels=32, channel_multipliers=(1, 1), num_res_blocks=1, latent_channels=4, downsample=2
    ),
)


def model_of(config: BagelConfig = MICRO, seed: int = 0) -> Bagel:
    torch.manual_seed(seed)
    return Bagel(config)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "published"
    save_published(path, of_model(model_of()), MICRO)
    return path


def test_saved_is_loaded(folder: Path) -> None:
    assert load_config(folder) == MICRO
    other = model_of(seed=1)
    report = load_weights(other, folder)
    assert (report.missing, report.unexpected, report.filled, report.remarks) == ((), (), (), ())
    for name, value in model_of().state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_names_are_the_published_ones(folder: Path) -> None:
    """As other libraries read them: nothing of ours is in the file."""
    held = load_file(folder / "ema.safetensors")
    assert set(held) == set(model_of().state_dict())
    assert "language_model.model.layers.1.self_attn.q_proj_moe_gen.weight" in held
    assert "vit_pos_embed.pos_embed" in held


def test_the_vision_tower_counts_one_layer_more_in_its_file(folder: Path) -> None:
    said = msgspec.json.decode((folder / "vit_config.json").read_bytes())
    assert said["num_hidden_layers"] == MICRO.vit.num_hidden_layers + 1


def test_large_checkpoints_are_sharded(tmp_path: Path) -> None:
    save_published(tmp_path / "many", of_model(model_of()), MICRO, shard_bytes=60_000)
    assert len(list((tmp_path / "many").glob("ema-*.safetensors"))) > 3
    other = model_of(seed=1)
    load_weights(other, tmp_path / "many")
    assert torch.equal(other.state_dict()["llm2vae.weight"], model_of().state_dict()["llm2vae.weight"])
    assert inspect(tmp_path / "many").missing == ()


def test_the_autoencoder_and_the_tokenizer_travel_along(tmp_path: Path) -> None:
    (tmp_path / "tokens").mkdir()
    (tmp_path / "tokens/tokenizer.json").write_text("{}")
    codec = open_autoencoder(FLUX.vae)
    assert isinstance(codec, Autoencoder)
    save_published(
        tmp_path / "out", of_model(model_of(FLUX)), FLUX, autoencoder=codec, tokens=tmp_path / "tokens"
    )
    again = load_autoencoder(tmp_path / "out", load_config(tmp_path / "out"))
    for name, value in codec.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    assert not any(weight.requires_grad for weight in again.parameters())
    assert (tmp_path / "out/tokenizer.json").read_text() == "{}"


def test_nothing_is_left_of_a_save_that_failed(tmp_path: Path) -> None:
    tensors = of_model(model_of())

    def broken(name: str) -> torch.Tensor:
        raise OSError(28, "No space left on device")

    with pytest.raises(CouldNotSave, match="No space"):
        save_published(tmp_path / "out", msgspec.structs.replace(tensors, read=broken), MICRO)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_overwritten(folder: Path) -> None:
    with pytest.raises(Mistake, match="already there"):
        save_published(folder, of_model(model_of()), MICRO)


def test_missing_vision_is_filled_from_siglip(folder: Path) -> None:
    """SigLIP's own file: other prefix, a convolution for the patches, one layer more, a text tower."""
    held = load_file(folder / "ema.safetensors")
    vision = {name: held.pop(name) for name in list(held) if name.startswith("vit_model.")}
    save_file(held, folder / "ema.safetensors")
    patches = "vision_model.embeddings.patch_embedding.weight"
    siglip = {name.removeprefix("vit_model."): value.clone() for name, value in vision.items()}
    side = MICRO.vit.patch_size
    linear = siglip[patches]
    siglip[patches] = linear.reshape(-1, side, side, 3).permute(0, 3, 1, 2).contiguous()
    siglip["vision_model.encoder.layers.2.layer_norm1.weight"] = torch.ones(24)
    siglip["text_model.final_layer_norm.weight"] = torch.ones(24)
    save_file(siglip, folder.parent / "siglip.safetensors")

    with pytest.raises(Mistake, match=f"{len(vision)} of the vision tower"):
        load_weights(model_of(seed=1), folder)
    other = model_of(seed=1)
    report = load_weights(other, folder, fill=folder.parent / "siglip.safetensors")
    assert set(report.filled) == set(vision)
    assert any("layer 2 is ignored" in remark for remark in report.remarks)
    assert torch.equal(other.state_dict()["vit_model." + patches], linear)
    assert load_weights(model_of(), folder, allow_missing=True).missing == tuple(
        name for name in model_of().state_dict() if name in vision
    )


def test_another_type_is_converted_and_said(tmp_path: Path) -> None:
    save_published(tmp_path / "half", of_model(model_of(), torch.bfloat16), MICRO)
    report = load_weights(model_of(), tmp_path / "half")
    assert any("BF16 to F32" in remark for remark in report.remarks)


def test_integers_are_no_weights(folder: Path) -> None:
    held = load_file(folder / "ema.safetensors")
    held["llm2vae.weight"] = held["llm2vae.weight"].to(torch.int8)
    save_file(held, folder / "ema.safetensors")
    with pytest.raises(Mistake, match=r"llm2vae.weight is stored as I8"):
        load_weights(model_of(), folder)


def test_shapes_that_do_not_fit_are_named(folder: Path) -> None:
    llm = msgspec.structs.replace(MICRO.llm, intermediate_size=56)
    with pytest.raises(Mistake, match=r"gate_proj.weight is \[48, 32\], the model's \[56, 32\]"):
        load_weights(Bagel(msgspec.structs.replace(MICRO, llm=llm)), folder)


def test_other_position_tables_are_no_hindrance(folder: Path) -> None:
    """They are computed: a model for larger pictures takes the same weights."""
    load_weights(Bagel(msgspec.structs.replace(MICRO, max_latent_size=12)), folder)


def test_published_configurations_without_our_fields(folder: Path) -> None:
    """The published folder has no section of ours, and says the picture's size instead of the grid's."""
    (folder / "config.json").unlink()
    vit = msgspec.json.decode((folder / "vit_config.json").read_bytes())
    (folder / "vit_config.json").write_bytes(msgspec.json.encode({**vit, "image_size": 64}))
    config = load_config(folder)
    assert (config.vit_max_num_patch_per_side, config.max_latent_size) == (8, 64)
    assert config.vae == VaeConfig()
    assert config.vit == VitConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40, patch_size=8
    )


@pytest.mark.parametrize("text", ["", "[]", '{"hidden_size": "wide"}'])
def test_nonsense_for_a_configuration(folder: Path, text: str) -> None:
    (folder / "llm_config.json").write_text(text)
    with pytest.raises(Mistake, match="not a configuration"):
        load_config(folder)


def test_a_complete_checkpoint_is_described_so(folder: Path) -> None:
    seen = inspect(folder)
    lines = describe(seen)
    assert seen.model == "BAGEL"
    assert seen.parameters == sum(value.numel() for value in model_of().state_dict().values())
    assert seen.sizes["width"] == 32
    assert seen.sizes["layers"] == 2
    assert any("complete" in line for line in lines)


def test_what_is_missing_and_what_is_too_much_is_counted(folder: Path) -> None:
    held = load_file(folder / "ema.safetensors")
    del held["llm2vae.bias"]
    held["stranger"] = torch.ones(3)
    held["vae2llm.bias"] = torch.ones(5)
    save_file(held, folder / "ema.safetensors")
    seen = inspect(folder)
    assert seen.missing == ("llm2vae.bias",)
    assert seen.unexpected == ("stranger",)
    assert seen.wrong_shape == ("vae2llm.bias: [5], expected [32]",)
