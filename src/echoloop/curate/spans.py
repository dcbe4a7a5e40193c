"""Whether words stand in a text in order, with others left out between: a search that stays fast on any text."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from echoloop.curate.folding import Words, fold, weight, words

Triple: TypeAlias = tuple[str, str, str]
_NEAR = 12
_LEAST_WEIGHT = 6
_MOST_PLACES = 16


class Source:
    """One post's text. Folded, split and indexed when somebody first asks."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def folded(self) -> str:
        """The text as it is compared."""
        return fold(self._text)

    @cached_property
    def split(self) -> Words:
        """The text's words in order, and the spaces between them."""
        return words(self.folded)

    @property
    def words(self) -> list[str]:
        """The words alone."""
        return self.split.texts

    @cached_property
    def pairs(self) -> set[tuple[str, str]]:
        """Every two words that stand side by side."""
        return set(zip(self.words, self.words[1:], strict=False))

    @cached_property
    def places(self) -> dict[Triple, list[int]]:
        """Where every three words stand."""
        places: dict[Triple, list[int]] = {}
        for at, three in enumerate(triples(self.words)):
            places.setdefault(three, []).append(at)
        return places

    def spans(self, wanted: Sequence[str], taken: int, start: int) -> Iterator[tuple[int, int]]:
        """Places from `start` on where the words from `taken` on stand, with how many of them do: three at least."""
        places = self.places.get((wanted[taken], wanted[taken + 1], wanted[taken + 2]), [])
        first = bisect_left(places, start)
        for place in places[first : first + _MOST_PLACES]:
            yield place, _run(wanted, taken, self.words, place)

    def near(self, word: str, start: int) -> int | None:
        """Where a word stands within a few words from `start` on."""
        try:
            return self.words.index(word, start, start + _NEAR)
        except ValueError:
            return None


def triples(texts: Sequence[str]) -> Iterator[Triple]:
    """Every three words that stand side by side."""
    return zip(texts, texts[1:], texts[2:], strict=False)


def in_order(wanted: list[str], source: Source) -> bool:
    """Every wanted word is in spans of this one text, the spans in order.

    What lies between spans was left out. A span of a word or two counts only within a few words of the one before: an author
    who skips a word is not an author whose letters can be found somewhere in a long text.
    """
    return any(_in_order(wanted, source, words_first) for words_first in (False, True))


def in_any_order(wanted: list[str], sources: Sequence[Source]) -> bool:
    """Every wanted word is in spans of these texts; which span comes from which text, and where, is free."""
    taken, here, after = 0, None, 0
    while taken < len(wanted):
        found = _longest(wanted, taken, sources)
        if found is not None:
            here, after, length = found
            after, taken = after + length, taken + length
            continue
        near = here.near(wanted[taken], after) if here is not None else None
        if near is None:
            return False
        after, taken = near + 1, taken + 1
    return bool(wanted)


def _in_order(wanted: list[str], source: Source, words_first: bool) -> bool:
    begun = _beginning(wanted, source)
    if begun is None:
        return False
    taken, after = 0, begun
    while taken < len(wanted):
        near = source.near(wanted[taken], after)
        span = None if words_first and near is not None else _next_span(wanted, taken, source, after)
        if span is not None:
            place, length = span
            taken, after = taken + length, place + length
        elif near is not None:
            taken, after = taken + 1, near + 1
        else:
            return False
    return True


def _beginning(wanted: list[str], source: Source) -> int | None:
    """From where on to look: a little before the first three words that stand together."""
    for taken in range(min(3, len(wanted) - 2)):
        for place, _ in source.spans(wanted, taken, 0):
            return max(0, place - _NEAR + 1) if taken else place
    if len(wanted) < 3 and wanted and wanted[0] in source.words:
        return source.words.index(wanted[0])
    return None


def _next_span(wanted: list[str], taken: int, source: Source, after: int) -> tuple[int, int] | None:
    if taken + 3 > len(wanted):
        return None
    for place, length in source.spans(wanted, taken, after):
        if place - after < _NEAR or weight(wanted[taken : taken + length]) >= _LEAST_WEIGHT:
            return place, length
    return None


def _longest(wanted: list[str], taken: int, sources: Sequence[Source]) -> tuple[Source, int, int] | None:
    if taken + 3 > len(wanted):
        return None
    best: tuple[Source, int, int] | None = None
    for source in sources:
        for place, length in source.spans(wanted, taken, 0):
            if best is None or length > best[2]:
                best = source, place, length
    return best if best and weight(wanted[taken : taken + best[2]]) >= _LEAST_WEIGHT else None


def _run(wanted: Sequence[str], taken: int, found: Sequence[str], place: int) -> int:
    length = 0
    most = min(len(wanted) - taken, len(found) - place)
    while length < most and wanted[taken + length] == found[place + length]:
        length += 1
    return length
