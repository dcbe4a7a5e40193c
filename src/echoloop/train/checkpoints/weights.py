"""The tensors of a checkpoint, in one file or many, read one at a time."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from safetensors import safe_open
from torch import Tensor

from echoloop.records import Mistake
from echoloop.train.checkpoints.headers import Damaged, TensorEntry, read_header

STEMS = ("ema", "model")
_INDEX = ".safetensors.index.json"


class Weights:
    """Names and shapes at once, values when asked for; the files stay open while this lives."""

    def __init__(self, entries: Mapping[str, TensorEntry]) -> None:
        self.entries = dict(entries)
        self._open: dict[Path, Any] = {}

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def read(self, name: str) -> Tensor:
        """The whole tensor."""
        return self._file(name).get_tensor(name)

    def rows(self, name: str, first: int, last: int) -> Tensor:
        """Some rows of a tensor, without reading the others."""
        return self._file(name).get_slice(name)[first:last]

    def _file(self, name: str) -> Any:
        path = self.entries[name].file
        if path not in self._open:
            self._open[path] = safe_open(path, framework="pt")  # type: ignore[no-untyped-call]
        return self._open[path]


def open_weights(path: Path) -> Weights:
    """The weights of a folder (`ema` before `model`, whole or sharded) or of one file."""
    if path.is_file():
        return Weights(_of_index(path) if path.name.endswith(_INDEX) else read_header(path))
    for stem in STEMS:
        whole, index = path / f"{stem}.safetensors", path / f"{stem}{_INDEX}"
        if whole.exists():
            return Weights(read_header(whole))
        if index.exists():
            return Weights(_of_index(index))
    raise _nothing(path)


def _nothing(path: Path) -> Mistake:
    remedy = (
        "Give a checkpoint's folder: it holds ema.safetensors or model.safetensors, or their .index.json."
    )
    if not path.is_dir():
        return Mistake("no such folder or file", where=path, remedy=remedy)
    if (path / "model_index.json").exists():
        return Mistake("a pipeline of diffusers, not a checkpoint of BAGEL", where=path, remedy=remedy)
    if path.name.startswith("step-") or any(path.glob("step-*")):
        remedy = "Give the folder published-... of the run, or publish its checkpoint first."
        return Mistake("a training run, not a published checkpoint", where=path, remedy=remedy)
    return Mistake("no weights here", where=path, remedy=remedy)


class _Index(msgspec.Struct, frozen=True):
    weight_map: dict[str, str]


def _of_index(index: Path) -> dict[str, TensorEntry]:
    try:
        files = msgspec.json.decode(index.read_bytes(), type=_Index).weight_map
    except msgspec.DecodeError as error:
        raise Damaged(f"not an index of shards: {error}", where=index, remedy="Download it again.") from error
    shards = sorted(set(files.values()))
    outside = [name for name in shards if Path(name).name != name or name.startswith(".")]
    if outside:
        raise Mistake(
            f"the index points out of its folder: {outside[0]!r}", where=index, remedy="Do not use it."
        )
    absent = [name for name in shards if not (index.parent / name).exists()]
    if absent:
        raise Damaged(
            f"{len(absent)} of {len(shards)} shards are not there: {', '.join(absent[:5])}",
            where=index,
            remedy="Half a download? Download the missing files into the same folder.",
        )
    held = {name: read_header(index.parent / name) for name in shards}
    lost = [name for name, shard in files.items() if name not in held[shard]]
    if lost:
        raise Damaged(
            f"{len(lost)} tensors are not in the shard that the index names, the first {lost[0]!r}",
            where=index,
            remedy="Index and shards belong to different downloads; download both again.",
        )
    return {name: held[shard][name] for name, shard in files.items()}
