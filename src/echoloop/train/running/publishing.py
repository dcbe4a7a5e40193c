"""From a checkpoint of a run to the published layout: averaged weights, LoRA merged, frozen weights from where they came."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from echoloop.train.bagel import Bagel, BagelConfig
from echoloop.train.bagel.positions import sincos_table
from echoloop.train.checkpoints import Checkpoint, Planned, Published, is_table, reader_of, save_published
from echoloop.train.running.lora import merged
from echoloop.train.running.resuming import Notes, notes_of
from echoloop.train.running.settings import Lora


def publish(
    checkpoint: Checkpoint,
    folder: Path,
    *,
    averaged: bool = True,
    dtype: torch.dtype | None = None,
    autoencoder: Path | None = None,
    tokens: Path | None = None,
) -> None:
    """Write what a run has learned as a checkpoint that other tools serve. Reads files alone: no GPU, no other ranks."""
    notes = notes_of(checkpoint)
    base = Path(notes.base) if notes.base else None
    with torch.device("meta"):
        model = Bagel(notes.config)
    read, names = _reader(checkpoint, notes, averaged)
    tuning = notes.settings.tuning
    if isinstance(tuning, Lora):
        read = merged(read, names, tuning.scale)
    if dtype is None:
        dtype = torch.bfloat16 if notes.settings.precision == "bf16" else torch.float32
    plan = {name: Planned(dtype, tuple(value.shape)) for name, value in model.state_dict().items()}

    def value(name: str) -> Tensor:
        return _table(name, notes.config) if is_table(name) else read(name)

    save_published(
        folder,
        Published(plan=plan, read=value),
        notes.config,
        autoencoder=autoencoder or base,
        tokens=tokens or base,
    )


def _reader(
    checkpoint: Checkpoint, notes: Notes, averaged: bool
) -> tuple[Callable[[str], Tensor], frozenset[str]]:
    """Reads a tensor where it is newest, and the names of those that the run holds."""
    saved = checkpoint.tensors()
    held = frozenset(saved.names())
    frozen = reader_of(Path(notes.base), Path(notes.fill) if notes.fill else None) if notes.base else None

    def read(name: str) -> Tensor:
        for prefix in ("ema/", "model/") if averaged else ("model/",):
            if prefix + name in held:
                return saved.whole(prefix + name)
        if frozen is None:
            raise KeyError(name)
        return frozen(name)

    return read, frozenset(name.removeprefix("model/") for name in held if name.startswith("model/"))


def _table(name: str, config: BagelConfig) -> Tensor:
    side = config.max_latent_size if name.startswith("latent") else config.vit_max_num_patch_per_side
    return sincos_table(side, config.llm.hidden_size)
