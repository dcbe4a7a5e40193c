"""What a checkpoint holds, from the heads of its files alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec
import torch

from echoloop.records import Mistake, Problem
from echoloop.train.bagel import Bagel, BagelConfig, open_autoencoder
from echoloop.train.checkpoints.configs import load_config
from echoloop.train.checkpoints.headers import TensorEntry
from echoloop.train.checkpoints.recognising import Part, is_table, part_of, what_model
from echoloop.train.checkpoints.weights import Weights, open_weights

_SHOWN = 8


class PartSize(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the model."""

    part: Part
    tensors: int
    parameters: int
    bytes: int


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint in numbers. `model`: whose weights these are; what is missing is counted only for BAGEL's."""

    where: Path
    model: str
    parts: tuple[PartSize, ...]
    dtypes: dict[str, int]
    sizes: dict[str, int]
    config: BagelConfig | None
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    wrong_shape: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def parameters(self) -> int:
        return sum(part.parameters for part in self.parts)

    @property
    def bytes(self) -> int:
        return sum(part.bytes for part in self.parts)


def inspect(path: Path) -> Inspection:
    """Look at a folder or file. Faults of single files are told, not raised, as long as some weights can be read."""
    problems: list[str] = []
    weights = open_weights(path)
    entries = list(weights.entries.values())
    model = what_model(weights.entries)
    config = _config(path, problems) if model == "BAGEL" else None
    missing: list[str] = []
    unexpected: list[str] = []
    wrong: list[str] = []
    if config:
        missing, unexpected, wrong = _compared(weights, config)
    beside = path / "ae.safetensors"
    if path.is_dir() and beside.exists():
        entries += _autoencoder(beside, config, problems)
    elif model == "BAGEL" and path.is_dir() and not (config and config.vae.kind == "patches"):
        problems.append("ae.safetensors, the autoencoder, is not there")
    return Inspection(
        where=path,
        model=model,
        parts=_parts(entries),
        dtypes=dict(Counter(entry.dtype for entry in entries)),
        sizes=_sizes(weights),
        config=config,
        missing=tuple(missing),
        unexpected=tuple(unexpected),
        wrong_shape=tuple(wrong),
        problems=tuple(problems),
    )


def describe(seen: Inspection) -> list[str]:
    """The inspection as lines for a person."""
    lines = [f"{seen.where}: {seen.model}, {seen.parameters:,} parameters, {seen.bytes / 1e9:,.2f} GB"]
    width = max((len(part.part) for part in seen.parts), default=0)
    lines += [
        f"  {part.part:<{width}}  {part.tensors:>5,} tensors {part.parameters:>15,} parameters"
        f" {part.bytes / 1e9:>8.2f} GB"
        for part in seen.parts
    ]
    lines.append("  types: " + ", ".join(f"{count:,} {dtype}" for dtype, count in seen.dtypes.items()))
    if seen.sizes:
        lines.append("  sizes: " + ", ".join(f"{name} {size:,}" for name, size in seen.sizes.items()))
    for words, names in (
        ("missing", seen.missing),
        ("unexpected", seen.unexpected),
        ("wrong shape", seen.wrong_shape),
    ):
        if names:
            lines.append(f"  {words}: {len(names):,} tensors")
            lines += [f"    {name}" for name in names[:_SHOWN]]
            lines += [f"    ... and {len(names) - _SHOWN:,} more"] * (len(names) > _SHOWN)
    if seen.config and not (seen.missing or seen.unexpected or seen.wrong_shape):
        lines.append("  complete: every tensor of the model, and no other")
    return lines + [f"  ! {problem}" for problem in seen.problems]


def _config(path: Path, problems: list[str]) -> BagelConfig | None:
    try:
        return load_config(path if path.is_dir() else path.parent)
    except Mistake as error:
        problems.append(f"what is missing cannot be told: {error.what} ({error.where})")
        return None


def _compared(weights: Weights, config: BagelConfig) -> tuple[list[str], list[str], list[str]]:
    """Names missing, names unexpected, and shapes that differ from the configuration's model."""
    with torch.device("meta"):
        wanted = {name: tuple(value.shape) for name, value in Bagel(config).state_dict().items()}
    missing = [name for name in wanted if name not in weights and not is_table(name)]
    unexpected = [name for name in weights if name not in wanted and not is_table(name)]
    wrong = [
        f"{name}: {list(weights.entries[name].shape)}, expected {list(shape)}"
        for name, shape in wanted.items()
        if name in weights and weights.entries[name].shape != shape and not is_table(name)
    ]
    return missing, unexpected, wrong


def _autoencoder(path: Path, config: BagelConfig | None, problems: list[str]) -> list[TensorEntry]:
    try:
        found = open_weights(path)
    except Problem as error:
        problems.append(f"{error.what} ({error.where})")
        return []
    if config and config.vae.kind == "flux":
        with torch.device("meta"):
            wanted = open_autoencoder(config.vae).state_dict()
        lacking = [name for name in wanted if name not in found]
        if lacking:
            problems.append(f"ae.safetensors lacks {len(lacking)} tensors, the first {lacking[0]}")
    return list(found.entries.values())


def _parts(entries: Iterable[TensorEntry]) -> tuple[PartSize, ...]:
    parts: defaultdict[Part, list[TensorEntry]] = defaultdict(list)
    for entry in entries:
        parts[part_of(entry.name)].append(entry)
    return tuple(
        PartSize(
            part=part,
            tensors=len(held),
            parameters=sum(entry.parameters for entry in held),
            bytes=sum(entry.bytes for entry in held),
        )
        for part, held in parts.items()
    )


def _sizes(weights: Weights) -> dict[str, int]:
    """What the shapes alone say of the model's sizes."""
    sizes: dict[str, int] = {}
    for label, name, axis in (
        ("vocabulary", "language_model.model.embed_tokens.weight", 0),
        ("width", "language_model.model.embed_tokens.weight", 1),
        ("head", "language_model.model.layers.0.self_attn.q_norm.weight", 0),
        ("inner width", "language_model.model.layers.0.mlp.gate_proj.weight", 0),
        ("latent token", "vae2llm.weight", 1),
        ("vision width", "connector.fc1.weight", 1),
        ("latent grid", "latent_pos_embed.pos_embed", 0),
    ):
        entry = weights.entries.get(name)
        if entry and len(entry.shape) > axis:
            sizes[label] = entry.shape[axis]
    for label, prefix in (
        ("layers", "language_model.model.layers."),
        ("vision layers", "vit_model.vision_model.encoder.layers."),
    ):
        numbers = {name.removeprefix(prefix).split(".")[0] for name in weights if name.startswith(prefix)}
        if numbers:
            sizes[label] = len(numbers)
    return sizes
