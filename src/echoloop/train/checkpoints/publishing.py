"""A checkpoint in the published layout, which other tools serve."""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from echoloop.records import Mistake
from echoloop.train.bagel import BagelConfig
from echoloop.train.checkpoints.configs import config_files
from echoloop.train.checkpoints.writing import Planned, planned, write_pieces, write_safetensors

_SHARD_BYTES = 20_000_000_000
TOKEN_FILES = (
    "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "special_tokens_map.json",
    "added_tokens.json", "generation_config.json", "chat_template.jinja", "sampling.json",
)  # fmt: skip


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be published: the tensors by name, each read when its turn comes."""

    plan: dict[str, Planned]
    read: Callable[[str], Tensor]


def of_model(model: nn.Module, dtype: torch.dtype | None = None) -> Published:
    """A model that is whole in memory."""
    state = model.state_dict()
    plan = {name: Planned(dtype or value.dtype, tuple(value.shape)) for name, value in state.items()}
    return Published(plan=plan, read=state.__getitem__)


def save_published(
    folder: Path,
    tensors: Published,
    config: BagelConfig,
    *,
    autoencoder: nn.Module | Path | None = None,
    tokens: Path | None = None,
    shard_bytes: int = _SHARD_BYTES,
) -> None:
    """Write the folder whole or not at all. It must not be there yet, and what is written is flushed before it appears."""
    if folder.exists():
        raise Mistake("the folder is already there", where=folder, remedy="Name another, or remove it first.")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.draft")
    draft.mkdir(parents=True)
    try:
        _write_shards(draft, tensors, shard_bytes)
        for name, text in config_files(config).items():
            write_pieces(draft / name, [text])
        _write_autoencoder(draft, autoencoder)
        for file in _token_files(tokens):
            write_pieces(draft / file.name, [file.read_bytes()])
        settle(draft)
        draft.rename(folder)
        settle(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def settle(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_shards(draft: Path, tensors: Published, shard_bytes: int) -> None:
    shards = list(_shards(tensors.plan, shard_bytes))
    format_ = {"format": "pt"}
    if len(shards) == 1:
        write_safetensors(draft / "ema.safetensors", tensors.plan, tensors.read, format_)
        return
    files: dict[str, str] = {}
    for number, plan in enumerate(shards, start=1):
        name = f"ema-{number:05}-of-{len(shards):05}.safetensors"
        write_safetensors(draft / name, plan, tensors.read, format_)
        files |= dict.fromkeys(plan, name)
    total = sum(one.bytes for one in tensors.plan.values())
    index = msgspec.json.encode({"metadata": {"total_size": total}, "weight_map": files})
    write_pieces(draft / "ema.safetensors.index.json", [msgspec.json.format(index)])


def _shards(plan: Mapping[str, Planned], most: int) -> Iterable[dict[str, Planned]]:
    shard: dict[str, Planned] = {}
    size = 0
    for name, one in plan.items():
        if shard and size + one.bytes > most:
            yield shard
            shard, size = {}, 0
        shard[name] = one
        size += one.bytes
    yield shard


def _write_autoencoder(draft: Path, autoencoder: nn.Module | Path | None) -> None:
    """A path is a checkpoint's folder whose autoencoder is copied; a codec without weights has no file."""
    if isinstance(autoencoder, nn.Module):
        state = autoencoder.state_dict()
        if state:
            plan = {name: planned(value) for name, value in state.items()}
            write_safetensors(draft / "ae.safetensors", plan, state.__getitem__, {"format": "pt"})
    elif autoencoder and (autoencoder / "ae.safetensors").exists():
        shutil.copyfile(autoencoder / "ae.safetensors", draft / "ae.safetensors")


def _token_files(tokens: Path | None) -> list[Path]:
    return [tokens / name for name in TOKEN_FILES if (tokens / name).exists()] if tokens else []
