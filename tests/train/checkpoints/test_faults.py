"""Files that are not what they should be: said plainly, by whoever looks first."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from train_runs import MICRO

from echoloop.records import Mistake
from echoloop.train.bagel import Bagel
from echoloop.train.checkpoints import (
    Damaged,
    describe,
    inspect,
    load_weights,
    of_model,
    read_header,
    save_published,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "published"
    save_published(path, of_model(Bagel(MICRO)), MICRO)
    return path


@pytest.mark.parametrize("kept", [0, 4, 9, 500, 100_000])
def test_half_a_download(folder: Path, kept: int) -> None:
    file = folder / "ema.safetensors"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises((Damaged, Mistake)) as caught:
        inspect(folder)
    assert str(file) in str(caught.value)
    if kept in (0, 500, 100_000):
        assert isinstance(caught.value, Damaged)
        assert "Download it again" in caught.value.remedy


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    save_published(tmp_path / "many", of_model(Bagel(MICRO)), MICRO, shard_bytes=60_000)
    (tmp_path / "many/ema-00002-of-00005.safetensors").unlink(missing_ok=True)
    shard = sorted((tmp_path / "many").glob("ema-0*.safetensors"))[0]
    shard.unlink()
    with pytest.raises(Damaged, match=shard.name):
        inspect(tmp_path / "many")


def test_an_index_cannot_point_out_of_its_folder(folder: Path) -> None:
    (folder / "ema.safetensors").rename(folder.parent / "outside.safetensors")
    index = {"weight_map": {"llm2vae.weight": "../outside.safetensors"}}
    (folder / "ema.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(Mistake, match="out of its folder"):
        inspect(folder)


def test_a_pointer_instead_of_weights(folder: Path) -> None:
    (folder / "ema.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    )
    with pytest.raises(Damaged, match="pointer"):
        inspect(folder)


def test_a_pickle_is_not_opened(folder: Path) -> None:
    torch.save({"weight": torch.ones(3)}, folder / "ema.safetensors")
    with pytest.raises(Mistake, match="not a safetensors file"):
        inspect(folder)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [4], "data_offsets": [0, 8]},
        {"dtype": "F99", "shape": [2], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [-2], "data_offsets": [0, -8]},
        {"dtype": "F32", "shape": "2", "data_offsets": [0, 8]},
        7,
    ],
)
def test_a_head_that_lies(tmp_path: Path, entry: object) -> None:
    head = json.dumps({"weight": entry}).encode()
    path = tmp_path / "lie.safetensors"
    path.write_bytes(len(head).to_bytes(8, "little") + head + b"\0" * 8)
    with pytest.raises(Damaged, match="weight"):
        read_header(path)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("model.layers.0.mlp.up_proj.weight", "model.embed_tokens.weight"), "a language model"),
        (("transformer_blocks.0.attn.to_q.weight",), "diffusers"),
        (("double_blocks.0.img_attn.qkv.weight",), "FLUX"),
        (("vision_model.post_layernorm.weight",), "SigLIP"),
        (("encoder.conv_in.weight", "decoder.conv_in.weight"), "an autoencoder"),
        (("base.layers.0.q_proj.lora_A.weight",), "LoRA"),
        (("language_model.model.layers.0.mlp.up_proj.weight",), "without BAGEL's generation experts"),
        (("stranger",), "unknown"),
    ],
)
def test_another_model_is_named(tmp_path: Path, names: tuple[str, ...], words: str) -> None:
    path = tmp_path / "model.safetensors"
    save_file({name: torch.ones(2) for name in names}, path)
    assert words in describe(inspect(path))[0]
    if not names[0].startswith("language_model"):
        with pytest.raises(Mistake, match=words):
            load_weights(Bagel(MICRO), path)


def test_folders_without_weights(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no weights here"):
        inspect(tmp_path)
    with pytest.raises(Mistake, match="no such folder"):
        inspect(tmp_path / "nowhere")
    (tmp_path / "model_index.json").write_text("{}")
    with pytest.raises(Mistake, match="diffusers"):
        inspect(tmp_path)
    (tmp_path / "run" / "step-000003").mkdir(parents=True)
    for folder in (tmp_path / "run", tmp_path / "run" / "step-000003"):
        with pytest.raises(Mistake, match="a training run"):
            inspect(folder)
