"""Echo-4o-Image as published: three folders, rows in JSON Lines, pictures in tar shards or plain folders."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from echoloop.records import Mistake
from echoloop.train.data.json_lines import JsonLines
from echoloop.train.data.picture_files import PictureFiles
from echoloop.train.data.rows import Bad, Picture, Row, Unusable

TRACKS = (
    "Surrel-Fantasy-Image",
    "Surreal-Fantasy-Image",
    "Instruction-Following-Image",
    "Multi-Reference-Image",
)
"""Folders of the published data set; the first is spelt as published."""
_WITH_REFERENCES = "Multi-Reference-Image"
CACHE = ".echoloop-unpacked"


class _Stated(msgspec.Struct):
    instruction: str
    output_image: str
    input_images: list[str] | None = None
    task_type: str | None = None
    type: str | None = None


class Echo4o:
    """Rows of all tracks in the order of their names. `faults`: archives that are damaged, with what is left of them."""

    def __init__(self, root: Path, *, name: str = "echo4o", cache: Path | None = None) -> None:
        self.name = name
        self.faults: list[Bad] = []
        self._parts: list[tuple[str, JsonLines[_Stated], PictureFiles]] = []
        for folder in track_folders(root):
            tables = [JsonLines(path, _Stated) for path in sorted(folder.rglob("*.jsonl"))]
            pictures = PictureFiles(folder, cache or root / CACHE, _paths(tables))
            self.faults += pictures.faults
            self._parts += [(folder.name, rows, pictures) for rows in tables]
        self._ends = np.cumsum([len(rows) for _, rows, _ in self._parts]).tolist()
        if not self._ends or not self._ends[-1]:
            raise Mistake(
                "no rows: the tracks hold no JSON Lines file with rows",
                where=root,
                remedy=f"Fetch the *.jsonl files into {', '.join(TRACKS[:1] + TRACKS[2:])}.",
            )

    @property
    def chunks(self) -> Sequence[int]:
        return (self._ends[-1],)

    def row(self, index: int, rng: np.random.Generator) -> Row | Bad:
        del rng
        part = int(np.searchsorted(self._ends, index, side="right"))
        track, rows, pictures = self._parts[part]
        place = index - (self._ends[part - 1] if part else 0)
        name = f"{track}/{rows.path.name}:{rows.line_number(place)}"
        try:
            return self._row(name, track, rows.row(place), pictures)
        except Unusable as fault:
            return Bad(name=name, dataset=self.name, reason=fault.reason, detail=fault.detail)

    def _row(self, name: str, track: str, stated: _Stated, pictures: PictureFiles) -> Row:
        inputs = stated.input_images or []
        if track == _WITH_REFERENCES and not inputs:
            raise Unusable("no_pictures", "a row of the multi-reference track without input_images")
        if not stated.output_image:
            raise Unusable("no_output", "output_image is empty")
        return Row(
            name=name,
            dataset=self.name,
            instruction=stated.instruction,
            inputs=tuple(
                _found(pictures, told, f"reference {place} of {len(inputs)}")
                for place, told in enumerate(inputs, start=1)
            ),
            output=_found(pictures, stated.output_image, "the output"),
        )


def track_folders(root: Path) -> list[Path]:
    """The tracks in a folder; the folder itself where it is one."""
    if root.name in TRACKS:
        return [root]
    return [root / name for name in TRACKS if (root / name).is_dir()]


def _paths(tables: Sequence[JsonLines[_Stated]]) -> Iterator[str]:
    for rows in tables:
        for stated in rows.readable():
            yield stated.output_image
            yield from stated.input_images or ()


def _found(pictures: PictureFiles, told: str, what: str) -> Picture:
    try:
        stretch = pictures.find(told)
    except Unusable as fault:
        raise Unusable(fault.reason, f"{what}: {fault.detail}") from fault
    return Picture(stretch.where, partial(type(stretch).read, stretch))
