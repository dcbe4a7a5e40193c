"""Pictures that are there already: taken from their folder into the store, each for the item that it was matched with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec

from echoloop.engine import Desk
from echoloop.generate.drawn import Drawn
from echoloop.generate.folders import UnreadableFile, listing, read_file
from echoloop.generate.matching import FilePlace, folders
from echoloop.generate.settings import GenerateSettings
from echoloop.records import Answer, Answered, Failed, FileMatch, Item
from echoloop.workspace import ImageStore

Wanted: TypeAlias = tuple[str, str, int]


class Taken(msgspec.Struct, frozen=True):
    """A file's bytes in the store, or why they are not there."""

    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Taking:
    """The `Source` of folders. Nobody is asked: what a folder lacks stays missing until the folder is another."""

    matches: Sequence[FileMatch]

    def draw(self, desk: Desk[GenerateSettings], items: Sequence[Item]) -> list[Drawn]:
        """Every item of every folder, taken or missing."""
        taken = self._take(desk)
        return [
            Drawn(
                item=item,
                model=model.name,
                number=number,
                answer=_answer(taken.get((model.name, item.id, number))),
                snapshot=model.pinned_model,
            )
            for model in folders(desk.settings)
            for item in items
            for number in range(desk.settings.samples)
        ]

    def _take(self, desk: Desk[GenerateSettings]) -> dict[Wanted, Taken]:
        """The matched file of each sample; where there is none, the first that cannot be read, for it says why."""
        folder = {model.name: model.folder for model in folders(desk.settings)}
        places = {name: _places(place) for name, place in folder.items()}
        rows: dict[Wanted, FileMatch] = {}
        for state in ("matched", "unreadable"):
            for row in self.matches:
                if row.state == state and row.model in folder:
                    rows.setdefault((row.model, row.item, row.number), row)
        files = [
            FilePlace(folder[row.model], places[row.model].get(row.file, (row.file,)))
            for row in rows.values()
        ]
        return dict(zip(rows, desk.map(files, take_file, Taken), strict=True))


def take_file(file: FilePlace, images: ImageStore) -> Taken:
    """Put it into the store as it is: whether it is a picture is seen there, as with every model."""
    try:
        return Taken(sha256=images.put(read_file(Path(file.folder), file.place)))
    except UnreadableFile as error:
        return Taken(problem=f"{'/'.join(file.place)}: {error}")


def _places(folder: str) -> Mapping[str, tuple[str, ...]]:
    return {file.path: file.place for file in listing(Path(folder))}


def _answer(taken: Taken | None) -> Answer[tuple[str, ...]]:
    """What is not there was not delivered: no loss, unless whoever judges says so."""
    if taken is None:
        return Failed("no file for this item")
    return Failed(taken.problem) if taken.problem else Answered((taken.sha256,))
