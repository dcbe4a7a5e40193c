"""Breaks facts of a scene on purpose, one at a time, each by a named kind of slip."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from echoloop.lab.painters.faults import FactKind, PainterFaults
from echoloop.lab.painters.spelling import misspelt
from echoloop.lab.scenes import (
    BackgroundFact,
    CountFact,
    FaceFact,
    Fact,
    Lettering,
    PlaceFact,
    RestFact,
    Scene,
    Thing,
    WordFact,
)
from echoloop.lab.scenes.sampling import pick
from echoloop.lab.scenes.vocabulary import BACKGROUNDS, CELLS, COLOURS, EYES, HAIRS, MOUTHS, SIZES, SKINS

Slip = Literal[
    "colour",
    "count",
    "dropped",
    "size",
    "ignored",
    "place",
    "spelling",
    "no_word",
    "background",
    "face",
    "rest",
]
_PARTS = {"skin": SKINS, "hair": HAIRS, "eyes": EYES, "mouth": MOUTHS}


def kind_of(claim: Fact) -> FactKind:
    match claim:
        case CountFact():
            return "count"
        case PlaceFact():
            return "place"
        case WordFact():
            return "word"
        case BackgroundFact():
            return "background"
        case FaceFact():
            return "face"
        case RestFact():
            return "rest"


def with_slips(
    scene: Scene,
    before: Scene | None,
    claims: Sequence[Fact],
    faults: PainterFaults,
    rng: np.random.Generator,
) -> tuple[Scene, tuple[Slip, ...]]:
    """The scene with some claims broken, and which slips did it; `before` is the first input of an edit."""
    slips: list[Slip] = []
    for claim in claims:
        special = rng.random() < _further(claim, faults)
        if rng.random() < faults.slip or special:
            broken = _broken(scene, before, claim, special, rng)
            if broken is not None:
                scene, slip = broken
                slips.append(slip)
    return scene, tuple(slips)


def _further(claim: Fact, faults: PainterFaults) -> float:
    match claim:
        case CountFact():
            return faults.miscount
        case WordFact():
            return faults.misspell
        case FaceFact():
            return faults.identity_drift
        case _:
            return 0.0


def _broken(
    scene: Scene, before: Scene | None, claim: Fact, special: bool, rng: np.random.Generator
) -> tuple[Scene, Slip] | None:
    """None where an earlier slip has broken the claim already, or nothing in the scene can break it."""
    match claim:
        case CountFact(count=0):
            return _ignored(scene, before, claim)
        case CountFact():
            return _miscounted(scene, claim, special, rng)
        case PlaceFact():
            return _misplaced(scene, claim, rng)
        case WordFact(word=word):
            return _misspelt(scene, word, special, rng)
        case BackgroundFact(background=wanted):
            other = pick(rng, [name for name in BACKGROUNDS if name != wanted])
            return msgspec.structs.replace(scene, background=other), "background"
        case FaceFact():
            return _drifted(scene, claim, rng)
        case RestFact():
            return _rest_lost(scene, claim, rng)


def _ignored(scene: Scene, before: Scene | None, claim: CountFact) -> tuple[Scene, Slip] | None:
    """What should have gone is still there."""
    kept = [t for t in before.things if (t.noun, t.colour) == (claim.noun, claim.colour)] if before else []
    if not kept:
        return None
    cells = {thing.cell for thing in kept}
    others = [thing for thing in scene.things if thing.cell not in cells]
    return msgspec.structs.replace(scene, things=(*others, *kept)), "ignored"


def _miscounted(
    scene: Scene, claim: CountFact, special: bool, rng: np.random.Generator
) -> tuple[Scene, Slip] | None:
    like = [t for t in scene.things if (t.noun, t.colour) == (claim.noun, claim.colour)]
    like = [t for t in like if claim.size in (None, t.size)]
    if len(like) != claim.count or not like:
        return None
    options: list[Slip] = (
        ["count"] if special else ["colour", "count", "dropped", *(["size"] if claim.size else [])]
    )
    slip = pick(rng, options)
    victim = pick(rng, like)
    match slip:
        case "count":
            return _one_more_or_less(scene, victim, rng), slip
        case "dropped":
            return _without(scene, like), slip
        case "size":
            other = SIZES[1 - SIZES.index(victim.size)]
            return _replaced(scene, victim, msgspec.structs.replace(victim, size=other)), slip
        case _:
            used = {t.colour for t in scene.things if t.noun == victim.noun}
            spare = [colour for colour in COLOURS if colour not in used] or [
                c for c in COLOURS if c != victim.colour
            ]
            return _replaced(scene, victim, msgspec.structs.replace(victim, colour=pick(rng, spare))), slip


def _one_more_or_less(scene: Scene, victim: Thing, rng: np.random.Generator) -> Scene:
    free = [cell for cell in CELLS if cell not in scene.taken()]
    if free and rng.random() < 0.5:
        extra = msgspec.structs.replace(victim, cell=pick(rng, free))
        return msgspec.structs.replace(scene, things=(*scene.things, extra))
    return _without(scene, [victim])


def _misplaced(scene: Scene, claim: PlaceFact, rng: np.random.Generator) -> tuple[Scene, Slip] | None:
    here = [t for t in scene.things if (t.noun, t.colour, t.cell) == (claim.noun, claim.colour, claim.cell)]
    free = [cell for cell in CELLS if cell not in scene.taken()]
    if not here or not free:
        return None
    return _replaced(scene, here[0], msgspec.structs.replace(here[0], cell=pick(rng, free))), "place"


def _misspelt(scene: Scene, word: str, special: bool, rng: np.random.Generator) -> tuple[Scene, Slip] | None:
    if not any(lettering.word == word for lettering in scene.words):
        return None
    if not special and rng.random() < 0.3:
        return msgspec.structs.replace(
            scene, words=tuple(w for w in scene.words if w.word != word)
        ), "no_word"
    wrong = misspelt(word, rng)
    words = tuple(Lettering(word=wrong, band=w.band) if w.word == word else w for w in scene.words)
    return msgspec.structs.replace(scene, words=words), "spelling"


def _drifted(scene: Scene, claim: FaceFact, rng: np.random.Generator) -> tuple[Scene, Slip] | None:
    values = [value for value in _PARTS[claim.part] if value != claim.value]
    changed = {claim.part: pick(rng, values)}
    faces = [msgspec.structs.replace(f, **changed) if f.cell == claim.cell else f for f in scene.faces]
    return msgspec.structs.replace(scene, faces=tuple(faces)), "face"


def _rest_lost(scene: Scene, claim: RestFact, rng: np.random.Generator) -> tuple[Scene, Slip] | None:
    """Something nobody spoke of is lost: a thing, else a word, else the background."""
    things = [t for t in scene.things if (t.noun, t.colour, t.size, t.cell) in claim.things]
    if things:
        return _without(scene, [pick(rng, things)]), "rest"
    if claim.words:
        lost = pick(rng, claim.words)
        return msgspec.structs.replace(scene, words=tuple(w for w in scene.words if w.word != lost)), "rest"
    if claim.background is None:
        return None
    other = pick(rng, [name for name in BACKGROUNDS if name != claim.background])
    return msgspec.structs.replace(scene, background=other), "rest"


def _without(scene: Scene, gone: Sequence[Thing]) -> Scene:
    return msgspec.structs.replace(scene, things=tuple(thing for thing in scene.things if thing not in gone))


def _replaced(scene: Scene, old: Thing, new: Thing) -> Scene:
    return msgspec.structs.replace(
        scene, things=tuple(new if thing == old else thing for thing in scene.things)
    )
