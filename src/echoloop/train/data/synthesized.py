"""Rows that echoloop made itself, in the one layout where everything can be checked.

A folder with

- `card.json`: {"format": "echoloop-training-1", "rows": n, "pictures": n, "tracks": {track: rows},
  "files": {"rows.jsonl": sha256, "pictures-00000.tar": sha256, ...}}; it is written last, so a folder with a card is whole.
- `rows.jsonl`: one object a line, {"id", "track", "cell", "instruction", "input_images": [{"file", "sha256"}],
  "output_image": {"file", "sha256"}, "evidence"} and, where there is one, "thought" (what to think before drawing). A
  question about pictures has an "answer" in place of "output_image".
- `pictures-*.tar`: uncompressed archives; "file" is the name of a member, unique over all of them.

On opening, the rows are counted and hashed against the card. On reading, each picture is hashed against its row: a wrong
picture under a right name is found before it is learned.
"""

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from echoloop.images import content_hash
from echoloop.records import Mistake, Problem
from echoloop.train.data.archives import open_tar
from echoloop.train.data.json_lines import JsonLines
from echoloop.train.data.rows import Bad, Picture, Row, Unusable
from echoloop.train.data.stretches import Stretch

FORMAT = "echoloop-training-1"
CARD, ROWS = "card.json", "rows.jsonl"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the folder should hold."""

    format: str
    rows: int
    pictures: int
    tracks: dict[str, int]
    files: dict[str, str]


class PictureName(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an archive, and the hash of its bytes."""

    file: str
    sha256: str


class StatedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `rows.jsonl`."""

    id: str
    track: str
    cell: str
    instruction: str
    output_image: PictureName | None = None
    input_images: tuple[PictureName, ...] = ()
    evidence: str = ""
    thought: str = ""
    answer: str = ""


class Damaged(Problem):
    """The folder is not what its card says."""


class Synthesized:
    """Rows of one release of our own."""

    def __init__(self, root: Path, *, name: str = "synthesized") -> None:
        self.name = name
        self.faults: Sequence[Bad] = ()
        self.card = read_card(root)
        self._rows = JsonLines(root / ROWS, StatedRow)
        _check_rows(root, self.card, len(self._rows))
        self._pictures: dict[str, Stretch | None] = {}
        for path in sorted(root.glob("pictures-*.tar")):
            shard = open_tar(path)
            if shard.fault:
                raise _damaged(f"{shard.fault}", path)
            for stretch in shard.stretches():
                self._pictures[stretch.name] = None if stretch.name in self._pictures else stretch
        if len(self._pictures) != self.card.pictures:
            raise _damaged(f"{len(self._pictures):,} pictures, the card says {self.card.pictures:,}", root)

    @property
    def chunks(self) -> Sequence[int]:
        return (len(self._rows),)

    def row(self, index: int, rng: np.random.Generator) -> Row | Bad:
        del rng
        name = f"{ROWS}:{self._rows.line_number(index)}"
        try:
            return self._row(name, self._rows.row(index))
        except Unusable as fault:
            return Bad(name=name, dataset=self.name, reason=fault.reason, detail=fault.detail)

    def _row(self, name: str, stated: StatedRow) -> Row:
        if (stated.output_image is None) == (not stated.answer):
            raise Unusable("no_output", "a row needs an output_image or an answer, and not both")
        return Row(
            name=f"{name} {stated.id}",
            dataset=self.name,
            instruction=stated.instruction,
            inputs=tuple(self._picture(picture) for picture in stated.input_images),
            output=self._picture(stated.output_image) if stated.output_image is not None else None,
            answer=stated.answer,
            thought=stated.thought,
        )

    def _picture(self, told: PictureName) -> Picture:
        if told.file not in self._pictures:
            raise Unusable("picture_missing", f"no archive holds {told.file!r}")
        stretch = self._pictures[told.file]
        if stretch is None:
            raise Unusable("picture_ambiguous", f"several archives hold {told.file!r}")
        return Picture(stretch.where, partial(_checked, stretch, told.sha256))


def read_card(root: Path) -> Card:
    """The card, or `Mistake` where there is none of this format."""
    try:
        card = msgspec.json.decode((root / CARD).read_bytes(), type=Card)
    except (OSError, msgspec.DecodeError) as fault:
        raise Mistake(
            f"no card of a training release: {fault}",
            where=root / CARD,
            remedy="A release is whole once its card is there; finish writing it or fetch it again.",
        ) from fault
    if card.format != FORMAT:
        raise Mistake(
            f"the card's format is {card.format!r}, this version reads {FORMAT!r}",
            where=root / CARD,
            remedy="Use the echoloop that wrote it, or write it again.",
        )
    return card


def _check_rows(root: Path, card: Card, rows: int) -> None:
    if rows != card.rows:
        raise _damaged(f"{rows:,} rows, the card says {card.rows:,}", root / ROWS)
    with (root / ROWS).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != card.files.get(ROWS):
        raise _damaged("its hash is not the one on the card", root / ROWS)


def _checked(stretch: Stretch, sha256: str) -> bytes:
    data = stretch.read()
    if content_hash(data) != sha256:
        raise Unusable("picture_changed", f"{stretch.where}: its bytes are not those the row was made with")
    return data


def _damaged(what: str, where: Path) -> Damaged:
    return Damaged(what, where=where, remedy="Fetch or make the release again.")
