"""Rows for BLIP3-o: WebDataset shards, a member for each part of a sample under one key.

A sample is `key.jpg` or `key.png` (other formats are re-encoded as PNG, which those loaders expect), `key.txt` (the
instruction) and `key.json` (where it came from; how many references, which stand as `key.ref0.png` and so on).
"""

import io
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from echoloop.images import decode, encode_png
from echoloop.train.data.rows import Bad, Dataset
from echoloop.train.exporting.folder import whole_folder
from echoloop.train.exporting.pictures import Copied, WholeRow, whole_rows
from echoloop.train.exporting.report import Exported


def export_blip3o(
    dataset: Dataset,
    target: Path,
    *,
    seed: int = 0,
    rows_per_shard: int = 5_000,
    bad: Callable[[Bad], None] = lambda _: None,
) -> Exported:
    """Write every row that is whole; `bad` is told of the others. The same data set gives the same bytes."""
    rows = pictures = 0
    left_out = Counter[str]()
    with whole_folder(target) as draft, _Shards(draft, rows_per_shard) as shards:
        for made in whole_rows(dataset, seed):
            if isinstance(made, Bad):
                left_out[made.reason] += 1
                bad(made)
                continue
            shards.add(_members(made))
            rows += 1
            pictures += len(made.inputs) + 1
    return Exported(rows=rows, pictures=pictures, left_out=dict(left_out))


class _Shards:
    """Archives of so many samples each, one open at a time."""

    def __init__(self, folder: Path, samples: int) -> None:
        self._folder = folder
        self._samples = samples
        self._written = 0
        self._open: tarfile.TarFile | None = None

    def __enter__(self) -> "_Shards":
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            self._open.close()

    def add(self, members: Iterable[tuple[str, bytes]]) -> None:
        shard = self._shard()
        for name, data in members:
            about = tarfile.TarInfo(name)
            about.size = len(data)
            shard.addfile(about, io.BytesIO(data))
        self._written += 1

    def _shard(self) -> tarfile.TarFile:
        number, within = divmod(self._written, self._samples)
        if self._open is None or within == 0:
            self.__exit__()
            path = self._folder / f"{number:06}.tar"
            self._open = tarfile.TarFile(path, "w", format=tarfile.USTAR_FORMAT)
        return self._open


def _members(made: WholeRow) -> Iterator[tuple[str, bytes]]:
    key = f"{made.number:08}"
    ending, data = _common(made.output)
    yield f"{key}.{ending}", data
    yield f"{key}.txt", made.row.instruction.encode()
    for place, picture in enumerate(made.inputs):
        ending, data = _common(picture)
        yield f"{key}.ref{place}.{ending}", data
    told = {
        "key": key,
        "kind": made.row.kind,
        "dataset": made.row.dataset,
        "source": made.row.name,
        "references": len(made.inputs),
        "thought": made.row.thought,
    }
    yield f"{key}.json", msgspec.json.encode(told)


def _common(picture: Copied) -> tuple[str, bytes]:
    """As it is where every loader reads it."""
    if picture.ending in ("jpg", "png"):
        return picture.ending, picture.data
    return "png", encode_png(decode(picture.data).pixels)
