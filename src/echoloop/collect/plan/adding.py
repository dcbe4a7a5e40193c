"""Words that kept posts use and dropped ones do not: what to search for next, with the evidence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist

import msgspec
import numpy as np

from echoloop.collect.plan.matching import Keywords, fold
from echoloop.collect.plan.words import terms_of
from echoloop.statistics import log_odds, share_interval

_LEAST_Z = 3.0
_ALIKE = 0.8


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A post that is here. `author` is its pseudonym, None where nobody knows who wrote it."""

    post: str
    text: str
    author: str | None = None


class AddTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A keyword to add because of a `term`; `kept` and `dropped` posts hold the term, written by so many `voices`.

    `waiting` posts that are here and that no keyword found would be found by it; of those about `likely` are worth
    keeping, at least `low` and at most `high` if they are like the posts that were scored (95 %).
    """

    keyword: str
    term: str
    z: float
    kept: int
    dropped: int
    voices: int
    waiting: int
    likely: float
    low: float
    high: float
    sentence: str


class Heaps(msgspec.Struct, frozen=True):
    """The texts by what became of them, each text once: a flood of copies is one text."""

    kept: list[Text]
    dropped: list[Text]
    unfound: list[Text]


def terms_to_add(
    subject: str,
    known: Sequence[str],
    target: Sequence[str],
    heaps: Heaps,
    *,
    voices_at_least: int,
    heap_at_least: int,
    chance: float,
    most: int,
) -> tuple[tuple[AddTerm, ...], tuple[str, ...]]:
    """Keywords for a phase that has the keywords `target`, the strongest evidence first; or in words why there are none.

    A term that kept posts use mostly beside the subject is searched for together with it; one that stands alone, alone.
    """
    smaller = min(len(_voices(heaps.kept)), len(_voices(heaps.dropped)))
    if smaller < heap_at_least:
        said = f"{len(heaps.kept):,} kept and {len(heaps.dropped):,} dropped texts"
        return (), (f"too little to compare words: {said}, and {heap_at_least} voices of each are needed",)
    table = _Table(heaps, known)
    chosen = table.standing_out(voices_at_least, chance)
    added: list[AddTerm] = []
    for term, z in chosen:
        keyword = table.keyword(term, subject)
        if not _covered(keyword, target) and keyword not in {one.keyword for one in added}:
            added.append(table.proposal(term, z, keyword))
        if len(added) == most:
            break
    return tuple(added), (
        () if added else ("no word sets kept posts apart that is not searched for already",)
    )


def heaps_of(
    texts: Iterable[Text], found: set[str], scores: Mapping[str, int | None], keep_from: int
) -> Heaps:
    """Sort texts into heaps; what was found and is not scored yet belongs to none."""
    heaps = Heaps([], [], [])
    seen: set[str] = set()
    for text in texts:
        folded, score = fold(text.text), scores.get(text.post)
        heap = heaps.unfound if text.post not in found else None
        if score is not None:
            heap = heaps.kept if score >= keep_from else heaps.dropped
        if heap is not None and folded and folded not in seen:
            seen.add(folded)
            heap.append(text)
    return heaps


class _Table:
    """Which texts of the scored heaps hold which terms."""

    def __init__(self, heaps: Heaps, known: Sequence[str]) -> None:
        self._heaps = heaps
        self._unfound = [fold(text.text) for text in heaps.unfound]
        self._kept = _index(heaps.kept)
        self._dropped = _index(heaps.dropped)
        self._words = {word for keyword in known for word in fold(keyword).split()}

    def standing_out(self, voices_at_least: int, chance: float) -> list[tuple[str, float]]:
        """Terms of the kept heap by their z, so few that at most a share of `chance` of them is there by accident.

        What is compared are voices: somebody who says a word in a hundred posts says it once.
        """
        terms = sorted(self._kept.keys() | self._dropped.keys())
        first = np.array([self._voices(self._kept, self._heaps.kept, term) for term in terms])
        second = np.array([self._voices(self._dropped, self._heaps.dropped, term) for term in terms])
        found = log_odds(first, second)
        able = [at for at in range(len(terms)) if first[at] + second[at] >= voices_at_least]
        least = max(_LEAST_Z, _least_z([float(found.z[at]) for at in able], chance))
        strong = [at for at in able if first[at] >= voices_at_least and found.z[at] >= least]
        strong.sort(key=lambda at: (-found.z[at], -len(terms[at]), terms[at]))
        return self._unlike(
            [(terms[at], float(found.z[at])) for at in strong if not self._is_known(terms[at])]
        )

    def keyword(self, term: str, subject: str) -> str:
        """The term, with the subject before it where kept posts mostly say both."""
        named = Keywords((subject,))
        texts = [fold(self._heaps.kept[at].text) for at in self._kept[term]]
        together = sum(bool(named.found_in(text)) for text in texts)
        return f"{subject} {term}" if 2 * together > len(texts) and not named.found_in(term) else term

    def proposal(self, term: str, z: float, keyword: str) -> AddTerm:
        kept, dropped = len(self._kept[term]), len(self._dropped.get(term, ()))
        finds = Keywords((keyword,))
        waiting = sum(bool(finds.found_in(text)) for text in self._unfound)
        _, low, high = share_interval(kept, kept + dropped)
        likely = waiting * kept / (kept + dropped)
        voices = self._voices(self._kept, self._heaps.kept, term)
        evidence = f"{term!r} is in {kept:,} kept posts by {voices:,} voices and in {dropped:,} dropped ones (z = {z:.1f})"
        here = f"{waiting:,} posts that are here and that no keyword found hold it"
        guess = (
            f", of which about {likely:.0f} ({waiting * low:.0f} to {waiting * high:.0f}) are worth keeping"
        )
        return AddTerm(
            keyword=keyword,
            term=term,
            z=z,
            kept=kept,
            dropped=dropped,
            voices=voices,
            waiting=waiting,
            likely=likely,
            low=waiting * low,
            high=waiting * high,
            sentence=f"Add {keyword!r}: {evidence}; {here}{guess if waiting else ''}.",
        )

    def _voices(self, index: Mapping[str, Sequence[int]], heap: Sequence[Text], term: str) -> int:
        return len(_voices(heap[at] for at in index.get(term, ())))

    def _is_known(self, term: str) -> bool:
        """Its words are searched for already, each somewhere."""
        return all(word in self._words for word in term.split()) or any(
            term in word and not word.isascii() for word in self._words
        )

    def _unlike(self, ranked: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
        """Without terms that stand in nearly the same posts as a stronger one: they are parts of one phrase."""
        left: list[tuple[str, float]] = []
        for term, z in ranked:
            own = set(self._kept[term])
            if not any(_alike(own, set(self._kept[other])) for other, _ in left):
                left.append((term, z))
        return left


def _least_z(z: Sequence[float], chance: float) -> float:
    """Benjamini and Hochberg's bound: the more words are looked at, the more one must stand out, unless many do."""
    normal = NormalDist()
    ranked = sorted(z, reverse=True)
    bounds = [normal.inv_cdf(1 - chance * rank / len(z)) for rank in range(1, len(z) + 1)]
    passing = [bound for one, bound in zip(ranked, bounds, strict=True) if one >= bound]
    return passing[-1] if passing else float("inf")


def _index(heap: Sequence[Text]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for at, text in enumerate(heap):
        for term in terms_of(text.text):
            index.setdefault(term, []).append(at)
    return index


def _voices(texts: Iterable[Text]) -> Counter[str]:
    """Who speaks. A text whose author is unknown speaks for itself."""
    return Counter(text.author or f"of {text.post}" for text in texts)


def _alike(one: set[int], other: set[int]) -> bool:
    return len(one & other) >= _ALIKE * len(one | other)


def _covered(keyword: str, target: Sequence[str]) -> bool:
    """Whatever the keyword finds, one of the phase's keywords finds as well."""
    return bool(Keywords(target).found_in(fold(keyword)))
