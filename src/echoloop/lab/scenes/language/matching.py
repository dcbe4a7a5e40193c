"""The inverse of a grammar: every phrase it can write, enumerated once and compiled."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Generic, TypeVar

from echoloop.lab.scenes.language.choosing import grammar_of
from echoloop.lab.scenes.language.grammar import Grammar, Language, Tails
from echoloop.lab.scenes.requests import Edit
from echoloop.lab.scenes.scene import Face
from echoloop.lab.scenes.vocabulary import (
    COLOURS,
    EYES,
    HAIRS,
    MOUTHS,
    NOUNS,
    SIZES,
    SKINS,
    Background,
    Band,
    Cell,
    Colour,
    Noun,
    Size,
)

_T = TypeVar("_T")
_QUOTES = "\"'“”‘’„«»「」『』"
_QUOTE = f"[{_QUOTES}]?"
_WORD = r"(?-i:[A-Z0-9]{1,10})(?![A-Za-z0-9])"
_WORD_OR_BLANK = rf"(?:{_WORD}|\[WORD\])"

Kind = tuple[Noun | None, Colour | None, int, Size | None]


@dataclass(frozen=True)
class Phrases(Generic[_T]):
    """Texts of one sort, as a pattern and as a table of meanings."""

    pattern: str
    meanings: Mapping[str, _T]

    def meaning(self, text: str) -> _T:
        return self.meanings[_plain(text)]


@dataclass(frozen=True)
class Matcher:
    """Everything one language can say."""

    grammar: Grammar
    opening: re.Pattern[str]
    item: re.Pattern[str]
    nothing: re.Pattern[str]
    separator: re.Pattern[str]
    background_tail: re.Pattern[str]
    word_tail: re.Pattern[str]
    filler: re.Pattern[str]
    stop: re.Pattern[str]
    edits: tuple[tuple[type[Edit], re.Pattern[str]], ...]
    edit_filler: re.Pattern[str]
    groups: Phrases[Kind]
    faces: Phrases[Face]
    cells: Phrases[Cell]
    backgrounds: Phrases[Background]
    bands: Phrases[Band]
    colours: Phrases[Colour]
    every: Phrases[tuple[Noun, Colour]]
    ones: Phrases[Kind]
    cell: re.Pattern[str]


@cache
def matcher_of(language: Language) -> Matcher:
    grammar = grammar_of(language)
    end = r"(?!\w)" if grammar.spaced else ""

    def phrases(pairs: Iterable[tuple[str, _T]]) -> Phrases[_T]:
        meanings = {_plain(text): value for text, value in pairs}
        longest = sorted(meanings, key=len, reverse=True)
        return Phrases(f"(?:{'|'.join(map(_loose, longest))}){end}", meanings)

    cells = phrases((text, cell) for cell, text in grammar.cells.items())
    groups = phrases((grammar.group(*kind), kind) for kind in _kinds())
    faces = phrases((grammar.face(face), face) for face in _faces())
    backgrounds = phrases((text, name) for name, text in grammar.backgrounds.items())
    bands = phrases((text, band) for band, text in grammar.bands.items())
    colours = phrases((text, colour) for colour, text in grammar.colours.items())
    every = phrases((grammar.every(*kind), kind) for kind in _noun_colours())
    ones = phrases((grammar.group(*kind), kind) for kind in _kinds() if kind[2] == 1 and None not in kind)
    slots = {
        "every": every.pattern,
        "one": ones.pattern,
        "colour": colours.pattern,
        "cell": cells.pattern,
        "background": backgrounds.pattern,
        "band": bands.pattern,
        "word": _WORD,
        "old": _WORD,
        "new": _WORD,
    }
    start = r"(?<!\w)" if grammar.spaced else ""
    return Matcher(
        grammar=grammar,
        opening=_compiled(start + _either(_loose(text) for text in _longest_first(grammar.openings))),
        item=_compiled(_item(grammar, groups.pattern, faces.pattern, cells.pattern)),
        nothing=_compiled(_loose(grammar.nothing) + end),
        separator=_compiled(_either(_loose(text) for text in _longest_first(grammar.separators))),
        background_tail=_compiled(_tails(grammar.background_tails, slots)),
        word_tail=_compiled(_tails(grammar.word_tails, {**slots, "word": _WORD_OR_BLANK})),
        filler=_compiled(_either(_loose(text) for text in grammar.fillers) + end),
        stop=_compiled(r"[.!?。！]?"),
        edits=tuple(
            (kind, _compiled(start + _template(template, slots)))
            for kind, templates in grammar.edits.items()
            for template in templates
        ),
        edit_filler=_compiled(_either(_loose(text) for text in grammar.edit_fillers) + end),
        groups=groups,
        faces=faces,
        cells=cells,
        backgrounds=backgrounds,
        bands=bands,
        colours=colours,
        every=every,
        ones=ones,
        cell=_compiled(cells.pattern),
    )


def _kinds() -> list[Kind]:
    counted = range(1, 10)
    sizes: tuple[Size | None, ...] = (None, *SIZES)
    whole: list[Kind] = list(product(NOUNS, COLOURS, counted, sizes))
    no_noun: list[Kind] = [
        (None, colour, count, size) for colour, count, size in product(COLOURS, counted, sizes)
    ]
    no_colour: list[Kind] = [
        (noun, None, count, size) for noun, count, size in product(NOUNS, counted, sizes)
    ]
    return whole + no_noun + no_colour


def _noun_colours() -> list[tuple[Noun, Colour]]:
    return list(product(NOUNS, COLOURS))


def _faces() -> list[Face]:
    """Every face; where it is, the cells around the phrase say."""
    return [
        Face(skin=skin, hair=hair, eyes=eyes, mouth=mouth, cell="centre")
        for skin, hair, eyes, mouth in product(SKINS, HAIRS, EYES, MOUTHS)
    ]


def _item(grammar: Grammar, group: str, face: str, cell: str) -> str:
    between = _either(_loose(text) for text in _longest_first(grammar.cell_separators))
    cells = f"(?P<cells>{cell}(?:{between}{cell})*)"
    thing = f"(?:(?P<group>{group})|(?P<face>{face}))"
    link = _loose(grammar.place_link)
    return f"(?:{cells}{link})?{thing}" if grammar.placed_before else f"{thing}(?:{link}{cells})?"


def _tails(tails: Tails, slots: Mapping[str, str]) -> str:
    """One alternation; a slot's name is numbered because each template repeats it."""
    return _either(
        _template(template, slots, suffix=str(at))
        for at, template in enumerate((*tails.clauses, *tails.sentences))
    )


def _template(template: str, slots: Mapping[str, str], suffix: str = "") -> str:
    pieces = re.split(r"\{(\w+)\}", template)
    literal = [_loose(piece) for piece in pieces[0::2]]
    named = [f"(?P<{name}{suffix}>{slots[name]})" for name in pieces[1::2]] + [""]
    return "".join(part for pair in zip(literal, named, strict=True) for part in pair)


def slot(match: re.Match[str], name: str) -> tuple[str, int, int]:
    """The text and span of a slot, whichever alternative matched."""
    found = next(
        key for key, value in match.groupdict().items() if value is not None and key.startswith(name)
    )
    return match[found], match.start(found), match.end(found)


def _loose(text: str) -> str:
    """`text` as a pattern that forgives white space and the shape of quotes."""
    quoted = re.sub(f"[{_QUOTES}]", "\0", text)
    return re.escape(quoted).replace("\0", _QUOTE).replace(re.escape("\0"), _QUOTE).replace("\\ ", r"\s+")


def evened(text: str) -> str:
    """`text` with each white-space character made a plain space: same length, same places."""
    return re.sub(r"\s", " ", text)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _either(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=len, reverse=True)


def _compiled(pattern: str) -> re.Pattern[str]:
    """ASCII: a dotless or long letter must not match its plain twin and then miss its meaning."""
    return re.compile(pattern, re.IGNORECASE | re.ASCII)
