"""Seeded scenes, as varied as the vocabulary allows."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from echoloop.lab.scenes.scene import Face, Lettering, Scene, Thing
from echoloop.lab.scenes.vocabulary import (
    BACKGROUNDS,
    BANDS,
    CELLS,
    COLOURS,
    EYES,
    HAIRS,
    MOUTHS,
    NOUNS,
    SIZES,
    SKINS,
    Cell,
)

_T = TypeVar("_T")

WORDS = (
    "HELLO", "OPEN", "SALE", "JAZZ", "CAFE", "MOON", "2026", "WELCOME", "FRESH", "ZEBRA", "QUIZ", "NORTH", "BAKERY",
    "LEMONADE", "GO", "HAPPY", "ROCK", "SUNDAY", "LIBRARY", "EXIT", "POP", "VOTE", "MAGIC", "KIWI", "TAXI", "B612",
)  # fmt: skip


def pick(rng: np.random.Generator, options: Sequence[_T]) -> _T:
    return options[int(rng.integers(len(options)))]


def sample_scene(
    rng: np.random.Generator,
    *,
    width: int = 192,
    height: int = 192,
    word: float = 0.34,
    face: float = 0.2,
    groups: int = 3,
) -> Scene:
    """One to `groups` groups of like things; `word` and `face` are probabilities."""
    free = list(rng.permutation(len(CELLS)))
    faces: tuple[Face, ...] = ()
    if rng.random() < face:
        faces = (sample_face(rng, CELLS[free.pop()]),)
    things: list[Thing] = []
    kinds: set[tuple[str, str]] = set()
    for _ in range(int(rng.integers(1, groups + 1))):
        noun, colour, size = pick(rng, NOUNS), pick(rng, COLOURS), pick(rng, SIZES)
        if (noun, colour) in kinds:
            continue
        kinds.add((noun, colour))
        count = min(int(rng.choice((1, 1, 1, 2, 2, 3, 4))), len(free))
        things += [Thing(noun=noun, colour=colour, size=size, cell=CELLS[free.pop()]) for _ in range(count)]
    words: tuple[Lettering, ...] = ()
    if rng.random() < word:
        words = (Lettering(word=sample_word(rng), band=pick(rng, BANDS)),)
    background = pick(rng, BACKGROUNDS)
    return Scene(
        width=width, height=height, background=background, things=tuple(things), words=words, faces=faces
    )


def sample_word(rng: np.random.Generator) -> str:
    return pick(rng, WORDS)


def sample_face(rng: np.random.Generator, cell: Cell) -> Face:
    return Face(
        skin=pick(rng, SKINS), hair=pick(rng, HAIRS), eyes=pick(rng, EYES), mouth=pick(rng, MOUTHS), cell=cell
    )
