"""What somebody changed in a text, word by word, so that a person sees it at a glance."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from echoloop.curate.folding import Words
from echoloop.curate.spans import Triple, triples

_MOST_COMPARED = 100_000
_LONGEST_KEPT, _LONGEST_CHANGED, _SHOWN_OF_LONG = 30, 120, 12
_LONGEST = 6_000


class Change(NamedTuple):
    """A stretch of words: `old[start:end]` became `new[first:last]`."""

    kind: Literal["same", "gone", "new"]
    start: int
    end: int
    first: int
    last: int


def changes(old: Sequence[str], new: Sequence[str], places: Mapping[Triple, Sequence[int]]) -> list[Change]:
    """How the old words became the new ones; what stands before the first and after the last common word does not count.

    `places` says where every three old words stand.
    Three words that both texts hold exactly once are pinned together first; only what lies between pins is compared word by
    word, and only where that is short. So the time grows with the length of the texts and not with its square.
    """
    blocks = _common(old, new, places)
    found: list[Change] = []
    at, taken = (blocks[0][0] if blocks else 0), 0
    for start, first, length in blocks:
        found += _replaced(at, start, taken, first)
        found.append(Change("same", start, start + length, first, first + length))
        at, taken = start + length, first + length
    return [*found, *_replaced(at, at, taken, len(new))]


def shown(old: Words, new: Words, made: Sequence[Change]) -> str:
    """The changes as text: [-gone-] and {+new+}. Long stretches are shortened and say by how much."""
    parts: list[str] = []
    for change in made:
        if change.kind == "gone":
            said = _said(old, change.start, change.end, _LONGEST_CHANGED)
            parts.append(f"{_gap(old, change.start)}[-{said}-]")
        elif change.kind == "new":
            said = _said(new, change.first, change.last, _LONGEST_CHANGED)
            parts.append(f"{_gap(new, change.first)}{{+{said}+}}")
        else:
            parts.append(_gap(new, change.first) + _said(new, change.first, change.last, _LONGEST_KEPT))
    text = "".join(parts).strip()
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… ({len(text) - _LONGEST:,} characters more)"


def _replaced(start: int, end: int, first: int, last: int) -> Iterator[Change]:
    if start < end:
        yield Change("gone", start, end, first, first)
    if first < last:
        yield Change("new", end, end, first, last)


def _common(
    old: Sequence[str], new: Sequence[str], places: Mapping[Triple, Sequence[int]]
) -> list[tuple[int, int, int]]:
    """Stretches that both share, in order: where in the old, where in the new, how long."""
    blocks: list[tuple[int, int, int]] = []
    at = taken = 0
    for start, first in [*_pins(new, places), (len(old), len(new))]:
        if first < taken or start < at:
            continue
        inner = _between(old, new, at, start, taken, first)
        blocks += inner
        length = 0
        while start + length < len(old) and first + length < len(new):
            if old[start + length] != new[first + length]:
                break
            length += 1
        if length:
            blocks.append((start, first, length))
        at, taken = start + length, first + length
    return _joined(blocks)


def _pins(new: Sequence[str], places: Mapping[Triple, Sequence[int]]) -> list[tuple[int, int]]:
    """Three words that each text holds once, as many as stand in the same order in both."""
    counted = Counter(triples(new))
    pairs: list[tuple[int, int]] = []
    for at, three in enumerate(triples(new)):
        old = places.get(three, ())
        if len(old) == 1 and counted[three] == 1:
            pairs.append((old[0], at))
    return _rising(pairs)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose old places rise as their new ones do."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (start, _) in enumerate(pairs):
        at = bisect_left(ends, start)
        before.append(last[at - 1] if at else -1)
        if at == len(ends):
            ends.append(start)
            last.append(number)
        else:
            ends[at], last[at] = start, number
    run: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _between(
    old: Sequence[str], new: Sequence[str], at: int, start: int, taken: int, first: int
) -> list[tuple[int, int, int]]:
    """What lies between two pins, compared word by word; where that would take long, only near the pins."""
    if start == at or first == taken:
        return []
    reach = max(1, _MOST_COMPARED // (first - taken))
    if start - at > reach:
        at = start - reach if start < len(old) else at
        start = at + reach
    matcher = SequenceMatcher(None, old[at:start], new[taken:first], autojunk=False)
    return [
        (at + block.a, taken + block.b, block.size) for block in matcher.get_matching_blocks() if block.size
    ]


def _joined(blocks: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    whole: list[tuple[int, int, int]] = []
    for start, first, length in blocks:
        if whole and whole[-1][0] + whole[-1][2] == start and whole[-1][1] + whole[-1][2] == first:
            begun, other, before = whole.pop()
            start, first, length = begun, other, before + length
        whole.append((start, first, length))
    return whole


def _said(text: Words, start: int, end: int, longest: int) -> str:
    if end - start <= longest:
        return _plain(text, start, end)
    left_out = end - start - 2 * _SHOWN_OF_LONG
    return (
        f"{_plain(text, start, start + _SHOWN_OF_LONG)} …({left_out:,} words)… "
        f"{_plain(text, end - _SHOWN_OF_LONG, end)}"
    )


def _plain(text: Words, start: int, end: int) -> str:
    return "".join(
        (" " if text.spaced[at] and at > start else "") + text.texts[at] for at in range(start, end)
    )


def _gap(text: Words, at: int) -> str:
    return " " if text.spaced[at] else ""
