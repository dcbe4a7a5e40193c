"""Published weights into a model: by name, tensor by tensor, with a report of what did not fit."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
from torch import Tensor, nn

from echoloop.records import Mistake
from echoloop.train.bagel import Autoencoder, BagelConfig, Codec, open_autoencoder
from echoloop.train.checkpoints.headers import FLOATS, TensorEntry
from echoloop.train.checkpoints.placing import put
from echoloop.train.checkpoints.recognising import is_table, what_model
from echoloop.train.checkpoints.weights import Weights, open_weights

_VISION_LAYER = re.compile(r"(?:vit_model\.)?vision_model\.encoder\.layers\.(\d+)\.")
_PATCHES = "vit_model.vision_model.embeddings.patch_embedding.weight"
_DTYPES = {"torch.float32": "F32", "torch.bfloat16": "BF16", "torch.float16": "F16", "torch.float64": "F64"}


class WrongShape(msgspec.Struct, frozen=True, kw_only=True):
    """A tensor of the file that has no room in the model."""

    name: str
    file: tuple[int, ...]
    model: tuple[int, ...]


class LoadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came from where. `remarks` are sentences for the person who loads."""

    loaded: tuple[str, ...]
    filled: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    remarks: tuple[str, ...]


def load_weights(
    model: nn.Module, folder: Path, *, fill: Path | None = None, allow_missing: bool = False
) -> LoadReport:
    """Fill the model (whole or sharded) from a published checkpoint; what is missing, from a second one.

    Values are converted to the types the model has. Position tables are the model's own. Raises Mistake for another
    model's weights, for shapes that do not fit, and for what is missing unless that is allowed.
    """
    wanted = {name: value for name, value in model.state_dict().items() if _comes_from_files(name)}
    first = open_weights(folder)
    second = open_weights(fill) if fill else Weights({})
    kind = what_model(first.entries)
    if not any(name in first for name in wanted):
        raise Mistake(f"these are the weights of {kind}", where=folder, remedy="Give a checkpoint of BAGEL.")
    found = {name: _source(name, first, second) for name in wanted}
    wrong = _wrong_shapes(wanted, found)
    if wrong:
        raise _does_not_fit(wrong, folder)
    missing = tuple(name for name, source in found.items() if source is None)
    if missing and not allow_missing:
        raise _lacks(missing, folder, fill)
    for name, source in found.items():
        if source:
            put(wanted[name], _as_model_has_it(name, source[0].read(source[1])))
    unexpected = tuple(name for name in first if name not in wanted and not is_table(name))
    return LoadReport(
        loaded=tuple(name for name, source in found.items() if source and source[0] is first),
        filled=tuple(name for name, source in found.items() if source and source[0] is second),
        missing=missing,
        unexpected=tuple(name for name in unexpected if not _VISION_LAYER.match(name)),
        remarks=tuple(_remarks(wanted, found, unexpected, second)),
    )


def reader_of(folder: Path, fill: Path | None) -> Callable[[str], Tensor]:
    """Reads the tensors of a checkpoint as the model has them, and what it lacks from a second one."""
    first = open_weights(folder)
    second = open_weights(fill) if fill else Weights({})

    def read(name: str) -> Tensor:
        source = _source(name, first, second)
        if source is None:
            raise _lacks((name,), folder, fill)
        return _as_model_has_it(name, source[0].read(source[1]))

    return read


def load_autoencoder(folder: Path, config: BagelConfig) -> Codec:
    """The frozen autoencoder of a checkpoint; the patch codec needs no file."""
    codec = open_autoencoder(config.vae)
    if isinstance(codec, Autoencoder):
        load_weights(codec, folder / "ae.safetensors" if folder.is_dir() else folder)
    return codec.requires_grad_(False).eval()


def _comes_from_files(name: str) -> bool:
    return not is_table(name) and name.rpartition(".")[2] not in ("lora_a", "lora_b")


def _source(name: str, first: Weights, second: Weights) -> tuple[Weights, str] | None:
    """Where a tensor lies: in the checkpoint, else in the second file, which may be a vision tower alone."""
    if name in first:
        return first, name
    for other in (name, name.removeprefix("vit_model.")):
        if other in second:
            return second, other
    return None


def _as_model_has_it(name: str, value: Tensor) -> Tensor:
    """SigLIP's patch embedding is a convolution; as a linear layer it reads a patch as (row, column, colour)."""
    if name == _PATCHES and value.dim() == 4:
        return value.permute(0, 2, 3, 1).reshape(value.shape[0], -1)
    return value


def _shape_in_model(name: str, entry: TensorEntry) -> tuple[int, ...]:
    if name == _PATCHES and len(entry.shape) == 4:
        return (entry.shape[0], entry.shape[1] * entry.shape[2] * entry.shape[3])
    return entry.shape


def _wrong_shapes(
    wanted: dict[str, Tensor], found: dict[str, tuple[Weights, str] | None]
) -> list[WrongShape]:
    wrong: list[WrongShape] = []
    for name, source in found.items():
        if source is None:
            continue
        entry = source[0].entries[source[1]]
        if entry.dtype not in FLOATS:
            raise Mistake(
                f"{name} is stored as {entry.dtype}: a quantised checkpoint cannot be trained",
                where=entry.file,
                remedy="Give the checkpoint in bf16, f16 or f32.",
            )
        if _shape_in_model(name, entry) != tuple(wanted[name].shape):
            wrong.append(WrongShape(name=name, file=entry.shape, model=tuple(wanted[name].shape)))
    return wrong


def _does_not_fit(wrong: list[WrongShape], folder: Path) -> Mistake:
    shown = "; ".join(f"{one.name} is {list(one.file)}, the model's {list(one.model)}" for one in wrong[:5])
    more = f" (and {len(wrong) - 5} more)" if len(wrong) > 5 else ""
    return Mistake(
        f"{len(wrong)} tensors do not fit the model: {shown}{more}",
        where=folder,
        remedy="Weights and configuration (llm_config.json, vit_config.json, config.json) are of different models.",
    )


def _lacks(missing: tuple[str, ...], folder: Path, fill: Path | None) -> Mistake:
    vision = sum(name.startswith("vit_model.") for name in missing)
    remedy = "Name a second file to fill them from (a whole checkpoint, or SigLIP's weights)."
    if fill:
        remedy = f"The second file ({fill}) lacks them too."
    return Mistake(
        f"{len(missing)} tensors are missing ({vision} of the vision tower): {', '.join(missing[:3])}, ...",
        where=folder,
        remedy=remedy,
    )


def _remarks(
    wanted: dict[str, Tensor],
    found: dict[str, tuple[Weights, str] | None],
    unexpected: tuple[str, ...],
    second: Weights,
) -> list[str]:
    said: list[str] = []
    changed: Counter[str] = Counter()
    for name, source in found.items():
        if source:
            entry, own = source[0].entries[source[1]], _DTYPES.get(str(wanted[name].dtype), "")
            if own and entry.dtype != own:
                changed[f"{entry.dtype} to {own}"] += 1
    said += [f"{count} tensors were converted from {kinds}" for kinds, count in changed.items()]
    layers = {int(layer.group(1)) for name in (*unexpected, *second) if (layer := _VISION_LAYER.match(name))}
    known = {int(layer.group(1)) for name in wanted if (layer := _VISION_LAYER.match(name))}
    if layers - known:
        extra = ", ".join(map(str, sorted(layers - known)))
        said.append(f"the vision tower's layer {extra} is ignored: BAGEL does not use SigLIP's last layer")
    return said
