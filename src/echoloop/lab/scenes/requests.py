"""What a person asks for: a picture, or a change to one. Prompts in any language say exactly one of these."""

from typing import Literal

import msgspec

from echoloop.lab.scenes.scene import Face, Lettering, Scene
from echoloop.lab.scenes.vocabulary import BANDS, CELLS, Background, Band, Cell, Colour, Noun, Size

Style = Literal["plain", "counted", "placed"]
STYLES: tuple[Style, ...] = ("plain", "counted", "placed")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Like things: how many, and, where the person said so, how large and in which cells (in grid order)."""

    noun: Noun
    colour: Colour
    count: int = 1
    size: Size | None = None
    cells: tuple[Cell, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.count <= 9:
            raise ValueError(f"Wanted.count is {self.count}; prompts name 1..9 things")
        if self.cells and len(self.cells) != self.count:
            raise ValueError(
                f"Wanted names {len(self.cells)} cells for {self.count} things; name all or none"
            )


class SceneRequest(msgspec.Struct, frozen=True, kw_only=True, tag="scene"):
    """A picture from words alone."""

    things: tuple[Wanted, ...] = ()
    faces: tuple[Face, ...] = ()
    background: Background = "white"
    words: tuple[Lettering, ...] = ()


class Recolour(msgspec.Struct, frozen=True, kw_only=True, tag="recolour"):
    """Every thing of this noun and colour changes colour."""

    noun: Noun
    old: Colour
    new: Colour


class Remove(msgspec.Struct, frozen=True, kw_only=True, tag="remove"):
    """Every thing of this noun and colour goes."""

    noun: Noun
    colour: Colour


class Add(msgspec.Struct, frozen=True, kw_only=True, tag="add"):
    """One new thing; whatever was in its cell gives way."""

    noun: Noun
    colour: Colour
    size: Size
    cell: Cell


class ChangeBackground(msgspec.Struct, frozen=True, kw_only=True, tag="background"):
    """Only the background changes."""

    background: Background


class AddWord(msgspec.Struct, frozen=True, kw_only=True, tag="add_word"):
    """A word is written in a band."""

    word: str
    band: Band


class RewriteWord(msgspec.Struct, frozen=True, kw_only=True, tag="rewrite_word"):
    """A word that is there becomes another."""

    old: str
    new: str


class Combine(msgspec.Struct, frozen=True, kw_only=True, tag="combine"):
    """The things of the first picture on the background of the second."""

    noun: Noun
    colour: Colour


class KeepFace(msgspec.Struct, frozen=True, kw_only=True, tag="keep_face"):
    """The person stays who they are; the background changes."""

    background: Background


Edit = Recolour | Remove | Add | ChangeBackground | AddWord | RewriteWord | Combine | KeepFace


class EditRequest(msgspec.Struct, frozen=True, kw_only=True, tag="edit"):
    """A change to one picture (two for Combine)."""

    edit: Edit

    @property
    def inputs(self) -> int:
        return 2 if isinstance(self.edit, Combine) else 1


Request = SceneRequest | EditRequest


def request_of(scene: Scene, style: Style = "placed") -> SceneRequest:
    """What a person who wants this scene asks for: `plain` leaves out sizes and places, `counted` places."""
    groups: dict[tuple[Noun, Colour, Size | None], list[Cell]] = {}
    for thing in scene.things:
        size = None if style == "plain" else thing.size
        groups.setdefault((thing.noun, thing.colour, size), []).append(thing.cell)
    wanted = tuple(
        Wanted(
            noun=noun,
            colour=colour,
            size=size,
            count=len(cells),
            cells=tuple(sorted(cells, key=CELLS.index)) if style == "placed" else (),
        )
        for (noun, colour, size), cells in groups.items()
    )
    words = tuple(sorted(scene.words, key=lambda lettering: BANDS.index(lettering.band)))
    return SceneRequest(things=wanted, faces=scene.faces, background=scene.background, words=words)
