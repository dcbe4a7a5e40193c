"""What a safetensors file says it holds, read from its head alone and checked against the size of the file."""

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import msgspec

from echoloop.records import Mistake, Problem

ITEM_BYTES = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1,
    "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}  # fmt: skip
FLOATS = ("F64", "F32", "F16", "BF16")
_LONGEST_HEAD = 100_000_000
_POINTER = b"version https://git-lfs"
_AGAIN = "Download it again; a download that breaks off can be resumed by most tools."


class Damaged(Problem):
    """A checkpoint's file is not whole."""


class TensorEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A tensor as a file's head describes it."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    file: Path

    @property
    def parameters(self) -> int:
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        return self.parameters * ITEM_BYTES[self.dtype]


def read_header(path: Path) -> dict[str, TensorEntry]:
    """The tensors of one file by name. Raises Damaged for half a file, Mistake for one of another kind."""
    head, room = _head(path)
    entries: dict[str, TensorEntry] = {}
    end = 0
    for name, value in head.items():
        if name == "__metadata__":
            continue
        entry, (first, last) = _entry(path, name, value)
        if last - first != entry.bytes:
            raise Damaged(f"{name} is described with a wrong number of bytes", where=path, remedy=_AGAIN)
        entries[name], end = entry, max(end, last)
    if end > room:
        raise Damaged(
            f"half a download: the file holds {room:,} of {end:,} bytes of tensors", where=path, remedy=_AGAIN
        )
    return entries


def _head(path: Path) -> tuple[dict[str, Any], int]:
    """The parsed head, and how many bytes follow it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(8)
            length = int.from_bytes(first, "little")
            text = file.read(length) if length <= min(size, _LONGEST_HEAD) else b""
    except OSError as error:
        raise Mistake(
            f"the file cannot be read: {error.strerror}", where=path, remedy="Check the path."
        ) from error
    if not size:
        raise Damaged("the file is empty: its download never began", where=path, remedy=_AGAIN)
    if first == _POINTER[:8]:
        raise Damaged(
            "a Git LFS pointer, not the weights", where=path, remedy="Run `git lfs pull` in its folder."
        )
    if len(text) < length:
        if text[:1] == b"{" or (size > 8 and length <= _LONGEST_HEAD):
            raise Damaged(
                f"half a download: the head alone has {length:,} bytes, the file {size:,}",
                where=path,
                remedy=_AGAIN,
            )
        raise _other_kind(path)
    try:
        head = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _other_kind(path) from error
    if not isinstance(head, dict):
        raise _other_kind(path)
    return head, size - 8 - length  # pyright: ignore[reportUnknownVariableType]


def _other_kind(path: Path) -> Mistake:
    return Mistake(
        "not a safetensors file",
        where=path,
        remedy="Give weights as .safetensors; pickled ones (.bin, .pt) can run code and are not opened.",
    )


class _Described(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def _entry(path: Path, name: str, value: Mapping[str, Any]) -> tuple[TensorEntry, tuple[int, int]]:
    try:
        said = msgspec.convert(value, _Described)
    except msgspec.ValidationError as error:
        raise Damaged(f"{name} is not described as a tensor: {error}", where=path, remedy=_AGAIN) from error
    if said.dtype not in ITEM_BYTES or min(said.shape, default=0) < 0 or said.data_offsets[0] < 0:
        raise Damaged(f"{name} is described as {said.dtype} {said.shape}", where=path, remedy=_AGAIN)
    return TensorEntry(name=name, dtype=said.dtype, shape=said.shape, file=path), said.data_offsets
