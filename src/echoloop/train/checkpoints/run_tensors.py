"""The tensors of a run, each rank's rows in a file of its own, read back by any number of ranks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import torch
from torch import Tensor
from torch.distributed.tensor import DTensor, Shard

from echoloop.records import Problem
from echoloop.train.checkpoints.headers import read_header
from echoloop.train.checkpoints.weights import Weights
from echoloop.train.checkpoints.writing import Planned, Written, planned, write_safetensors


class Rows(msgspec.Struct, frozen=True):
    """Which rows of the whole tensor a rank holds: from `first` on; the whole has `total`."""

    first: int
    total: int


class Held(msgspec.Struct, frozen=True):
    """This rank's part of a tensor, and where it belongs; `own` is False where another rank writes the same rows."""

    value: Tensor
    rows: Rows | None
    own: bool


def held(tensor: Tensor) -> Held:
    """A tensor as this rank holds it. Sharding is by rows, in equal pieces from the first rank on, as FSDP does it."""
    if not isinstance(tensor, DTensor):
        rows = Rows(0, tensor.shape[0]) if tensor.dim() else None
        return Held(tensor, rows, True)
    mesh, total = tensor.device_mesh, tensor.shape[0]
    first, own = 0, True
    for axis, placement in enumerate(tensor.placements):
        place = mesh.get_local_rank(axis)
        if isinstance(placement, Shard):
            if placement.dim:
                raise ValueError(f"rows are sharded here, not axis {placement.dim}")
            piece = -(-total // mesh.size(axis))
            first = min(total, place * piece)
        else:
            own = own and place == 0
    return Held(tensor.to_local(), Rows(first, total), own)


def write_rows(path: Path, tensors: Mapping[str, Tensor]) -> tuple[Written, dict[str, Rows]]:
    """Write this rank's rows of sharded tensors, and plain tensors whole."""
    mine = {name: part for name, tensor in tensors.items() if (part := held(tensor)).own}
    plan: dict[str, Planned] = {name: planned(part.value) for name, part in mine.items()}
    written = write_safetensors(path, plan, lambda name: mine[name].value, {})
    return written, {name: part.rows for name, part in mine.items() if part.rows}


class RunTensors:
    """What all ranks of a run wrote, by name, whatever number of ranks reads it."""

    def __init__(self, files: Sequence[Path], rows: Sequence[Mapping[str, Rows]]) -> None:
        self._files = [Weights(read_header(path)) for path in files]
        self._rows = rows

    def names(self) -> list[str]:
        """Every name once."""
        return list(dict.fromkeys(name for rows in self._rows for name in rows))

    def plan(self, name: str) -> Planned:
        """Type and whole shape."""
        at = next(at for at, rows in enumerate(self._rows) if name in rows)
        part = self._files[at].rows(name, 0, 0)
        return Planned(part.dtype, (self._rows[at][name].total, *part.shape[1:]))

    def of_rank(self, rank: int, name: str) -> Tensor | None:
        """A tensor that belongs to one rank alone."""
        return self._files[rank].read(name) if name in self._files[rank] else None

    def whole(self, name: str) -> Tensor:
        """All rows."""
        plan = self.plan(name)
        value = torch.empty(plan.shape, dtype=plan.dtype)
        self._copy(name, Rows(0, plan.shape[0]), value)
        return value

    def restore(self, name: str, target: Tensor) -> None:
        """Fill this rank's rows of `target`. Raises Problem where the run's tensor has another shape."""
        part = held(target)
        plan = self.plan(name) if any(name in rows for rows in self._rows) else None
        if plan is None or plan.shape != tuple(target.shape):
            raise Problem(
                f"{name} is {list(plan.shape) if plan else 'not in the checkpoint'}, the model's is {list(target.shape)}",
                remedy="The run was begun with another model or tuning: go on with the same, or begin a new run.",
            )
        with torch.no_grad():
            self._copy(name, part.rows or Rows(0, 1), part.value)

    def _copy(self, name: str, wanted: Rows, target: Tensor) -> None:
        for file, rows in zip(self._files, self._rows, strict=True):
            if name not in rows:
                continue
            start, count = rows[name].first, file.entries[name].shape[0]
            first = max(start, wanted.first)
            last = min(start + count, wanted.first + target.shape[0])
            if first < last:
                target[first - wanted.first : last - wanted.first].copy_(
                    file.rows(name, first - start, last - start)
                )
