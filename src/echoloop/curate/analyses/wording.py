"""How long prompts are, and in which language."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from echoloop.curate.analyses.rows import Analysis, Dataset
from echoloop.curate.near_prompts import words_of

_SCRIPTS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "ja": re.compile("[\u3040-\u30ff]"),
        "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
        "zh": re.compile("[\u3400-\u9fff\uf900-\ufaff]"),
        "th": re.compile("[\u0e01-\u0e5b]"),
        "el": re.compile("[\u0370-\u03ff]"),
        "he": re.compile("[\u0590-\u05ff]"),
        "und-Arab": re.compile("[\u0600-\u06ff]"),
        "und-Cyrl": re.compile("[\u0400-\u04ff]"),
        "und-Deva": re.compile("[\u0900-\u097f]"),
        "und-Latn": re.compile("[A-Za-z\u00c0-\u024f]"),
    }
)
_LETTER = re.compile(r"[^\W\d_]")
_TENTH = 0.1


def guess_language(text: str) -> str:
    """By script alone: a language where a script has one, else the script ("und-Latn": some language in Latin letters).

    The first script that holds a tenth of the letters decides, so that a Japanese prompt with English names is Japanese.
    """
    letters = len(_LETTER.findall(text))
    for name, pattern in _SCRIPTS.items():
        count = len(pattern.findall(text))
        if letters and count >= _TENTH * letters:
            return name
    return "und"


def length_rows(datasets: Sequence[Dataset]) -> Iterator[Analysis]:
    """Quartiles and mean, in words (letters where a script has no spaces) and in characters."""
    for one in datasets:
        texts = [prompt for prompt in one.prompts if prompt.strip()]
        sizes = {
            "words": [len(words_of(text)) for text in texts],
            "characters": [len(text) for text in texts],
        }
        place = 0
        for unit, counts in sizes.items():
            for name, at in (
                ("first quartile", 0.25),
                ("median", 0.5),
                ("third quartile", 0.75),
                ("mean", None),
            ):
                value = None if not counts else np.mean(counts) if at is None else np.quantile(counts, at)
                yield Analysis(
                    dataset=one.name,
                    analysis="length",
                    place=place,
                    name=f"{unit}, {name}",
                    value=None if value is None else float(value),
                    note="" if counts else "no prompt",
                )
                place += 1


def language_rows(datasets: Sequence[Dataset]) -> Iterator[Analysis]:
    """The share of each language; what the post did not say is guessed from the script, and counted."""
    for one in datasets:
        said = [
            (language or guess_language(text), language is None)
            for text, language in zip(one.prompts, one.languages, strict=True)
        ]
        counts = Counter(name for name, _ in said)
        guessed = Counter(name for name, guess in said if guess)
        for place, (name, count) in enumerate(sorted(counts.items(), key=lambda each: (-each[1], each[0]))):
            yield Analysis(
                dataset=one.name,
                analysis="language",
                place=place,
                name=name,
                value=count / len(said),
                note=f"{count:,} prompts, {guessed[name]:,} of them guessed from the script",
            )
