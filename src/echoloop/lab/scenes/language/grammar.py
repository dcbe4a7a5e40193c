"""What a language must provide. Only the forward direction is written; the inverse is derived by enumeration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from echoloop.lab.scenes.requests import Edit
from echoloop.lab.scenes.scene import Face
from echoloop.lab.scenes.vocabulary import Background, Band, Cell, Colour, Noun, Size

Language = Literal["en", "es", "zh", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "es", "zh", "ja")

Slot = Literal["COLOUR", "OBJECT", "WORD"]
OBJECT_BLANK, COLOUR_BLANK, WORD_BLANK = "[OBJECT]", "[COLOUR]", "[WORD]"


@dataclass(frozen=True, kw_only=True)
class Tails:
    """What may follow the list of things: clauses come first, then sentences."""

    clauses: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """Templates use {every} {one} {colour} {cell} {background} {band} {word} {old} {new}.

    `group(noun, colour, count, size)` writes a blank for a noun or colour that is None.
    """

    spaced: bool
    full_stop: str
    openings: tuple[str, ...]
    group: Callable[[Noun | None, Colour | None, int, Size | None], str]
    every: Callable[[Noun, Colour], str]
    face: Callable[[Face], str]
    nothing: str
    placed_before: bool
    place_link: str
    separators: tuple[str, str]
    cell_separators: tuple[str, str]
    cells: Mapping[Cell, str]
    bands: Mapping[Band, str]
    backgrounds: Mapping[Background, str]
    colours: Mapping[Colour, str]
    background_tails: Tails
    word_tails: Tails
    fillers: tuple[str, ...]
    edits: Mapping[type[Edit], tuple[str, ...]]
    edit_fillers: tuple[str, ...]
