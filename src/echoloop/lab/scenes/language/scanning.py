"""Reads a scene prompt from left to right into pieces, blanks included."""

from dataclasses import dataclass

import msgspec

from echoloop.lab.scenes.language.grammar import WORD_BLANK
from echoloop.lab.scenes.language.matching import Matcher, slot
from echoloop.lab.scenes.requests import SceneRequest, Wanted
from echoloop.lab.scenes.scene import Face, Lettering
from echoloop.lab.scenes.vocabulary import BANDS, Background, Band, Cell, Colour, Noun, Size


@dataclass(frozen=True)
class GroupPiece:
    """Like things; noun or colour is None where the text has a blank."""

    noun: Noun | None
    colour: Colour | None
    count: int
    size: Size | None
    cells: tuple[Cell, ...]
    start: int
    end: int

    @property
    def blank(self) -> bool:
        return self.noun is None or self.colour is None


@dataclass(frozen=True)
class WordPiece:
    """A word in a band; None where the text has a blank."""

    word: str | None
    band: Band
    start: int
    end: int

    @property
    def blank(self) -> bool:
        return self.word is None


@dataclass(frozen=True)
class Scan:
    """A scene prompt found at [start, end) of a text."""

    start: int
    end: int
    groups: tuple[GroupPiece, ...]
    faces: tuple[Face, ...]
    words: tuple[WordPiece, ...]
    background: Background

    @property
    def blanks(self) -> tuple[GroupPiece | WordPiece, ...]:
        return tuple(piece for piece in (*self.groups, *self.words) if piece.blank)


def scan_scene(matcher: Matcher, text: str, start: int) -> Scan | None:
    """The scene prompt that begins at `start`, as far as it reaches."""
    opening = matcher.opening.match(text, start)
    if opening is None:
        return None
    groups: list[GroupPiece] = []
    faces: list[Face] = []
    at = _items(matcher, text, opening.end(), groups, faces)
    if at is None:
        return None
    words: list[WordPiece] = []
    background: Background | None = None
    while True:
        if background is None and (found := matcher.background_tail.match(text, at)):
            background = matcher.backgrounds.meaning(slot(found, "background")[0])
        elif found := matcher.word_tail.match(text, at):
            word, begin, end = slot(found, "word")
            band = matcher.bands.meaning(slot(found, "band")[0])
            words.append(WordPiece(None if word.upper() == WORD_BLANK else word, band, begin, end))
        elif not (found := matcher.filler.match(text, at)):
            break
        at = found.end()
    if background is None:
        return None
    stop = matcher.stop.match(text, at)
    ordered = tuple(sorted(words, key=lambda piece: BANDS.index(piece.band)))
    return Scan(start, stop.end() if stop else at, tuple(groups), tuple(faces), ordered, background)


def request_from(scan: Scan) -> SceneRequest | None:
    """The request a scan without blanks makes; None where it contradicts itself."""
    if scan.blanks:
        return None
    things: list[Wanted] = []
    for piece in scan.groups:
        if piece.noun is None or piece.colour is None or len(piece.cells) not in (0, piece.count):
            return None
        things.append(
            Wanted(
                noun=piece.noun, colour=piece.colour, count=piece.count, size=piece.size, cells=piece.cells
            )
        )
    words = tuple(
        Lettering(word=piece.word, band=piece.band) for piece in scan.words if piece.word is not None
    )
    return SceneRequest(things=tuple(things), faces=scan.faces, background=scan.background, words=words)


def _items(matcher: Matcher, text: str, at: int, groups: list[GroupPiece], faces: list[Face]) -> int | None:
    if empty := matcher.nothing.match(text, at):
        return empty.end()
    end: int | None = None
    while item := matcher.item.match(text, at):
        places: tuple[Cell, ...] = tuple(
            matcher.cells.meaning(found[0]) for found in matcher.cell.finditer(item["cells"] or "")
        )
        if item["group"] is not None:
            kind = matcher.groups.meaning(item["group"])
            groups.append(GroupPiece(*kind, places, item.start("group"), item.end("group")))
        elif len(places) == 1:
            faces.append(msgspec.structs.replace(matcher.faces.meaning(item["face"]), cell=places[0]))
        else:
            return None
        end = item.end()
        separator = matcher.separator.match(text, end)
        if separator is None:
            break
        at = separator.end()
    return end
