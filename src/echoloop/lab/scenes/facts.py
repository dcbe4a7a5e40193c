"""A request as a list of facts that a reading either shows or does not: what judging in the lab rests on."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from echoloop.lab.scenes.applying import apply_edit
from echoloop.lab.scenes.requests import (
    Add,
    AddWord,
    ChangeBackground,
    Combine,
    EditRequest,
    KeepFace,
    Recolour,
    Remove,
    Request,
    RewriteWord,
    SceneRequest,
)
from echoloop.lab.scenes.scene import Face, Scene, SceneReading, SeenThing, Thing
from echoloop.lab.scenes.vocabulary import Background, Band, Cell, Colour, Noun, Size

Part = Literal["skin", "hair", "eyes", "mouth"]
PARTS: tuple[Part, ...] = ("skin", "hair", "eyes", "mouth")
IDENTITY: tuple[Part, ...] = ("skin", "hair", "eyes")


class CountFact(msgspec.Struct, frozen=True, kw_only=True, tag="count"):
    """Exactly so many things of this kind; 0 means none are left."""

    noun: Noun
    colour: Colour
    count: int
    size: Size | None = None


class PlaceFact(msgspec.Struct, frozen=True, kw_only=True, tag="place"):
    """Such a thing lies in this cell."""

    noun: Noun
    colour: Colour
    cell: Cell


class WordFact(msgspec.Struct, frozen=True, kw_only=True, tag="word"):
    """The word is there, spelt so (in this band, where one was asked for)."""

    word: str
    band: Band | None = None


class BackgroundFact(msgspec.Struct, frozen=True, kw_only=True, tag="background"):
    """The background is this one."""

    background: Background


class FaceFact(msgspec.Struct, frozen=True, kw_only=True, tag="face"):
    """One feature of the face in a cell."""

    part: Part
    value: str
    cell: Cell


class RestFact(msgspec.Struct, frozen=True, kw_only=True, tag="rest"):
    """Everything the edit did not name is still there: things, words, and the background where given."""

    things: tuple[tuple[Noun, Colour, Size, Cell], ...] = ()
    words: tuple[str, ...] = ()
    background: Background | None = None


Fact = CountFact | PlaceFact | WordFact | BackgroundFact | FaceFact | RestFact


def facts(request: Request, inputs: Sequence[SceneReading] = ()) -> tuple[Fact, ...]:
    """Every checkable claim of the request; edits need the readings of their input pictures."""
    if isinstance(request, SceneRequest):
        return _scene_facts(request)
    if len(inputs) < request.inputs:
        raise ValueError(
            f"{type(request.edit).__name__} needs {request.inputs} input readings, got {len(inputs)}"
        )
    return _edit_facts(request, inputs)


def check(claims: Sequence[Fact], reading: SceneReading) -> list[bool]:
    """Which claims the picture that was read fulfils."""
    return [_holds(claim, reading) for claim in claims]


def _scene_facts(request: SceneRequest) -> tuple[Fact, ...]:
    found: list[Fact] = []
    for wanted in request.things:
        found.append(CountFact(noun=wanted.noun, colour=wanted.colour, size=wanted.size, count=wanted.count))
        found += [PlaceFact(noun=wanted.noun, colour=wanted.colour, cell=cell) for cell in wanted.cells]
    for face in request.faces:
        found += _face_facts(face, PARTS)
    found.append(BackgroundFact(background=request.background))
    found += [WordFact(word=lettering.word, band=lettering.band) for lettering in request.words]
    return tuple(found)


def _face_facts(face: Face, parts: Sequence[Part]) -> list[Fact]:
    return [FaceFact(part=part, value=getattr(face, part), cell=face.cell) for part in parts]


def _edit_facts(request: EditRequest, inputs: Sequence[SceneReading]) -> tuple[Fact, ...]:
    after = apply_edit(request.edit, inputs)
    named: list[Fact] = _named_facts(request, after)
    kept_faces = [fact for face in after.faces for fact in _face_facts(face, IDENTITY)]
    touched = _touched(request)
    rest = RestFact(
        things=tuple(
            sorted(_key(thing) for thing in after.things if (thing.noun, thing.colour) not in touched)
        ),
        words=_kept_words(request, after),
        background=None if any(isinstance(fact, BackgroundFact) for fact in named) else after.background,
    )
    return (*named, *kept_faces, rest) if rest != RestFact() else (*named, *kept_faces)


def _named_facts(request: EditRequest, after: Scene) -> list[Fact]:
    match request.edit:
        case Recolour(noun=noun, old=old, new=new):
            return [_count(noun, old, after), _count(noun, new, after)]
        case Remove(noun=noun, colour=colour):
            return [_count(noun, colour, after)]
        case Add(noun=noun, colour=colour, cell=cell):
            return [_count(noun, colour, after), PlaceFact(noun=noun, colour=colour, cell=cell)]
        case ChangeBackground(background=background) | KeepFace(background=background):
            return [BackgroundFact(background=background)]
        case AddWord(word=word, band=band):
            return [WordFact(word=word, band=band)]
        case RewriteWord(new=new):
            return [WordFact(word=new)]
        case Combine(noun=noun, colour=colour):
            return [_count(noun, colour, after), BackgroundFact(background=after.background)]


def _count(noun: Noun, colour: Colour, scene: Scene) -> CountFact:
    count = sum(thing.noun == noun and thing.colour == colour for thing in scene.things)
    return CountFact(noun=noun, colour=colour, count=count)


def _touched(request: EditRequest) -> set[tuple[Noun, Colour]]:
    match request.edit:
        case Recolour(noun=noun, old=old, new=new):
            return {(noun, old), (noun, new)}
        case (
            Remove(noun=noun, colour=colour)
            | Add(noun=noun, colour=colour)
            | Combine(noun=noun, colour=colour)
        ):
            return {(noun, colour)}
        case _:
            return set()


def _kept_words(request: EditRequest, after: Scene) -> tuple[str, ...]:
    match request.edit:
        case AddWord(word=new) | RewriteWord(new=new):
            return tuple(sorted(lettering.word for lettering in after.words if lettering.word != new))
        case _:
            return tuple(sorted(lettering.word for lettering in after.words))


def _key(thing: Thing | SeenThing) -> tuple[Noun, Colour, Size, Cell]:
    return thing.noun, thing.colour, thing.size, thing.cell


def _holds(claim: Fact, reading: SceneReading) -> bool:
    match claim:
        case CountFact(noun=noun, colour=colour, count=count, size=size):
            like = [seen for seen in reading.things if seen.noun == noun and seen.colour == colour]
            return sum(size is None or seen.size == size for seen in like) == count
        case PlaceFact(noun=noun, colour=colour, cell=cell):
            return any((seen.noun, seen.colour, seen.cell) == (noun, colour, cell) for seen in reading.things)
        case WordFact(word=word, band=band):
            return any(seen.word == word and band in (None, seen.band) for seen in reading.words)
        case BackgroundFact(background=background):
            return reading.background == background
        case FaceFact(part=part, value=value, cell=cell):
            return any(seen.cell == cell and getattr(seen, part) == value for seen in reading.faces)
        case RestFact(things=things, words=words, background=background):
            gone = Counter(things) - Counter(_key(seen) for seen in reading.things)
            lost = set(words) - {seen.word for seen in reading.words}
            return not gone and not lost and background in (None, reading.background)


def say(claim: Fact) -> str:
    """The claim in plain English, for a judge's rationale."""
    match claim:
        case CountFact(noun=noun, colour=colour, count=count, size=size):
            return f"exactly {count} x {f'{size} ' if size else ''}{colour} {noun}"
        case PlaceFact(noun=noun, colour=colour, cell=cell):
            return f"a {colour} {noun} in the {cell}"
        case WordFact(word=word, band=band):
            return f"the word {word}{f' at the {band}' if band else ''}"
        case BackgroundFact(background=background):
            return f"background: {background}"
        case FaceFact(part=part, value=value, cell=cell):
            return f"the face in the {cell} has {part}: {value}"
        case RestFact():
            return "everything else as before"
