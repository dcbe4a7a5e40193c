"""Fill-in-the-blank prompts: one word becomes a blank, a picture tells what stood there."""

from collections.abc import Mapping, Sequence

import numpy as np

from echoloop.lab.scenes.language.grammar import LANGUAGES, WORD_BLANK, Slot
from echoloop.lab.scenes.language.matching import Matcher, evened, matcher_of
from echoloop.lab.scenes.language.scanning import GroupPiece, Scan, WordPiece, scan_scene
from echoloop.lab.scenes.sampling import pick
from echoloop.lab.scenes.scene import WORD, SceneReading
from echoloop.lab.scenes.vocabulary import COLOURS, NOUNS, Colour, Noun

_NOUN_BY_NAME: Mapping[str, Noun] = {noun: noun for noun in NOUNS}
_COLOUR_BY_NAME: Mapping[str, Colour] = {colour: colour for colour in COLOURS}


def blank_template(prompt: str, slot: Slot, rng: np.random.Generator) -> str | None:
    """`prompt` (from `describe`) with one blank of this sort; None where it has nothing to blank."""
    located = _locate(prompt)
    if located is None or located[1].blanks:
        return None
    matcher, scan = located
    pieces = scan.words if slot == "WORD" else scan.groups
    if not pieces:
        return None
    piece = pick(rng, pieces)
    if isinstance(piece, WordPiece):
        return _splice(prompt, piece, WORD_BLANK)
    noun, colour = (None, piece.colour) if slot == "OBJECT" else (piece.noun, None)
    return _splice(prompt, piece, matcher.grammar.group(noun, colour, piece.count, piece.size))


def fill(template: str, value: str) -> str:
    """The plain prompt with `value` (a noun, a colour or a word of the vocabulary) in the blank, agreement included."""
    matcher, piece = _one_blank(template)
    if isinstance(piece, WordPiece):
        if not WORD.fullmatch(value):
            raise ValueError(f"{value!r} is no word of 1..10 letters A-Z0-9")
        return _splice(template, piece, value)
    noun, colour = piece.noun or _NOUN_BY_NAME.get(value), piece.colour or _COLOUR_BY_NAME.get(value)
    if noun is None or colour is None:
        raise ValueError(f"{value!r} is not in the vocabulary of this blank")
    return _splice(template, piece, matcher.grammar.group(noun, colour, piece.count, piece.size))


def complete(template: str, reading: SceneReading) -> str | None:
    """The prompt that the picture shows to be meant; None where the picture does not tell."""
    located = _locate(template)
    if located is None or len(located[1].blanks) != 1:
        return None
    scan, piece = located[1], located[1].blanks[0]
    if isinstance(piece, WordPiece):
        others = {other.word for other in scan.words}
        values: list[str] = [seen.word for seen in reading.words if seen.band == piece.band]
        values = [value for value in values if value not in others]
    else:
        values = _kinds_seen(piece, scan.groups, reading)
    return fill(template, values[0]) if len(values) == 1 else None


def is_template(text: str) -> bool:
    """Whether the text is a prompt with exactly one blank."""
    located = _locate(text)
    return located is not None and len(located[1].blanks) == 1


def _kinds_seen(piece: GroupPiece, groups: Sequence[GroupPiece], reading: SceneReading) -> list[str]:
    """Names for the blank, best evidence only: the right count (and cells) before any count."""
    spoken_for = {(group.noun, group.colour) for group in groups if not group.blank}
    tally: dict[tuple[Noun, Colour], list[str]] = {}
    for seen in reading.things:
        kind = seen.noun, seen.colour
        fits = piece.noun in (None, seen.noun) and piece.colour in (None, seen.colour)
        if fits and kind not in spoken_for and piece.size in (None, seen.size):
            tally.setdefault(kind, []).append(seen.cell)
    right = {kind for kind, cells in tally.items() if len(cells) == piece.count}
    placed = {kind for kind in right if not piece.cells or set(tally[kind]) == set(piece.cells)}
    return [noun if piece.noun is None else colour for noun, colour in (placed or right or set(tally))]


def _one_blank(template: str) -> tuple[Matcher, GroupPiece | WordPiece]:
    located = _locate(template)
    if located is None or len(located[1].blanks) != 1:
        raise ValueError(f"not a prompt with exactly one blank: {template[:80]!r}")
    return located[0], located[1].blanks[0]


def _locate(text: str) -> tuple[Matcher, Scan] | None:
    plain = evened(text)
    found: list[tuple[Matcher, Scan]] = []
    for language in LANGUAGES:
        matcher = matcher_of(language)
        scans = [scan_scene(matcher, plain, match.start()) for match in matcher.opening.finditer(plain)]
        found += [(matcher, scan) for scan in scans if scan is not None]
    return max(found, key=lambda pair: pair[1].end - pair[1].start, default=None)


def _splice(text: str, piece: GroupPiece | WordPiece, new: str) -> str:
    return text[: piece.start] + new + text[piece.end :]
