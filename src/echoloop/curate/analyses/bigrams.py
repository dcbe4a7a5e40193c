"""How differently instructions begin: unique first bigrams, and how their number grows with the data set.

Words are lowercase Unicode words; in scripts without spaces a pair of letters is a bigram, so that no language falls out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from echoloop.curate.analyses.rows import Analysis, Dataset
from echoloop.curate.near_prompts import words_of

_POINTS = 40


def first_bigrams(prompts: Sequence[str]) -> Counter[tuple[str, str]]:
    """How often each pair of first words begins a prompt; a prompt of one word begins with no pair."""
    found: Counter[tuple[str, str]] = Counter()
    for prompt in prompts:
        words = words_of(prompt)[:2]
        if len(words) == 2:
            found[words[0], words[1]] += 1
    return found


def expected_unique(counts: Sequence[int], sizes: Sequence[int]) -> NDArray[np.float64]:
    """How many kinds a random subset of each size holds on average: exact, by the chance that a kind is missed."""
    total = sum(counts)
    if any(not 0 <= size <= total for size in sizes):
        raise ValueError(
            f"a subset of {total} prompts has between 0 and {total}, and {list(sizes)} were asked for"
        )
    alike, kinds = np.unique(np.asarray(counts, dtype=np.int64), return_counts=True)
    grown = np.zeros(len(sizes))
    for place, size in enumerate(sizes):
        drawn_before = np.arange(min(int(alike.max(initial=0)), total - size))
        steps = np.concatenate([[0.0], np.cumsum(np.log1p(-size / (total - drawn_before)))])
        possible = alike < len(steps)
        missed = np.exp(steps[np.where(possible, alike, 0)]) * possible
        grown[place] = float((kinds * (1.0 - missed)).sum())
    return grown


def bigram_rows(datasets: Sequence[Dataset]) -> Iterator[Analysis]:
    """Unique first bigrams of each, of as many prompts as the smallest has, and the curves."""
    found = {one.name: list(first_bigrams(one.prompts).values()) for one in datasets}
    common = min((sum(counts) for counts in found.values() if counts), default=0)
    for name, counts in found.items():
        total = sum(counts)
        yield Analysis(
            dataset=name,
            analysis="first bigrams",
            name="unique",
            value=float(len(counts)),
            note=f"of {total:,} prompts of two words or more",
        )
        yield Analysis(
            dataset=name,
            analysis="first bigrams",
            place=1,
            name=f"expected in {common:,} prompts",
            value=float(expected_unique(counts, [common])[0]) if counts else None,
            note="" if counts else "no prompt of two words",
        )
        sizes = sorted({round(share * total) for share in np.linspace(0, 1, _POINTS + 1)})
        for size, value in zip(sizes, expected_unique(counts, sizes), strict=True):
            yield Analysis(dataset=name, analysis="growth", place=size, name=f"{size}", value=float(value))
