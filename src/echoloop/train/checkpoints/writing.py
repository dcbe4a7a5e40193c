"""Safetensors files written tensor by tensor: nothing is held twice, and the checksum is of what was meant to be written."""

import json
import os
import zlib
from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor

from echoloop.records import Problem
from echoloop.train.checkpoints.headers import ITEM_BYTES

_NAMES: dict[torch.dtype, str] = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip


class CouldNotSave(Problem):
    """The disk would not take a checkpoint. What was there before is untouched."""


class Planned(msgspec.Struct, frozen=True):
    """A tensor that is going to be written."""

    dtype: torch.dtype
    shape: tuple[int, ...]

    @property
    def bytes(self) -> int:
        return prod(self.shape) * ITEM_BYTES[_NAMES[self.dtype]]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was meant to be."""

    bytes: int
    crc32: int


def planned(value: Tensor) -> Planned:
    """The plan for a tensor that exists."""
    return Planned(value.dtype, tuple(value.shape))


def write_safetensors(
    path: Path, plan: Mapping[str, Planned], read: Callable[[str], Tensor], metadata: Mapping[str, str]
) -> Written:
    """Write the planned tensors; `read` gives each when its turn comes. Flushed to the disk before this returns."""
    head: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for name, one in plan.items():
        head[name] = {"dtype": _NAMES[one.dtype], "shape": one.shape, "data_offsets": (end, end + one.bytes)}
        end += one.bytes
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return write_pieces(path, _pieces(text, plan, read))


def write_pieces(path: Path, pieces: Any) -> Written:
    """Write bytes in order, flushed to the disk. Raises CouldNotSave where the disk refuses."""
    size = checksum = 0
    try:
        with path.open("wb", buffering=1 << 20) as file:
            for piece in pieces:
                file.write(piece)
                size, checksum = size + len(piece), zlib.crc32(piece, checksum)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CouldNotSave(
            f"a checkpoint was not written: {error.strerror or error}",
            where=path,
            remedy="Free some space and run the same command again; the last good checkpoint is untouched.",
        ) from error
    return Written(bytes=size, crc32=checksum)


def _pieces(text: bytes, plan: Mapping[str, Planned], read: Callable[[str], Tensor]) -> Any:
    yield len(text).to_bytes(8, "little") + text
    for name, one in plan.items():
        value = read(name).detach().to("cpu", one.dtype).contiguous()
        if tuple(value.shape) != one.shape:
            raise ValueError(f"{name} was planned as {one.shape} and came as {tuple(value.shape)}")
        if value.numel():
            flat: Any = value.reshape(-1).view(torch.uint8).numpy()
            yield memoryview(flat)
