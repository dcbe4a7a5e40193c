"""Keywords that bring noise, or only what others bring as well."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from echoloop.collect.plan.yields import Calendar, Finding, Searched
from echoloop.statistics import share_interval


class DropTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A keyword of a phase that could go. `upper` is the most its kept share may be (95 %).

    `alone` of its kept posts were found by no other keyword; `cost` is None where the price of some read is unknown.
    """

    phase: str
    keyword: str
    why: Literal["noise", "redundant"]
    found: int
    kept: int
    scored: int
    alone: int
    upper: float
    reads: int
    cost: float | None
    sentence: str


class _Term(msgspec.Struct):
    kept: set[str] = msgspec.field(default_factory=set[str])
    scored: set[str] = msgspec.field(default_factory=set[str])
    found: set[str] = msgspec.field(default_factory=set[str])
    reads: int = 0
    cost: float | None = 0.0

    @property
    def share(self) -> float:
        return len(self.kept) / len(self.scored) if self.scored else 0.0

    @property
    def upper(self) -> float:
        """Everything is possible where nothing was scored."""
        return share_interval(len(self.kept), len(self.scored))[2] if self.scored else 1.0

    def add(self, post: str, score: int | None, keep_from: int) -> None:
        self.found.add(post)
        if score is not None:
            self.scored.add(post)
            if score >= keep_from:
                self.kept.add(post)

    def spend(self, search: Searched) -> None:
        self.reads += search.reads
        unknown = self.cost is None or (search.cost is None and search.reads > 0)
        self.cost = None if unknown else (self.cost or 0.0) + (search.cost or 0.0)


_Key = tuple[str, str]


def terms_to_drop(
    calendar: Calendar,
    findings: Iterable[Finding],
    searches: Iterable[Searched],
    scores: Mapping[str, int | None],
    *,
    keep_from: int,
    scored_at_least: int,
    kept_share: float,
) -> tuple[tuple[DropTerm, ...], tuple[str, ...]]:
    """Keywords to drop, noise first, and in words which ones there is too little to say of.

    A phase always keeps the best of its keywords. Of keywords that find the same, one stays.
    """
    terms = _gather(calendar, findings, searches, scores, keep_from)
    known = {key: term for key, term in terms.items() if len(term.scored) >= scored_at_least}
    free = sorted(known.keys() - _best_of_each_phase(terms), key=lambda key: (terms[key].share, key))
    noise = [key for key in free if terms[key].upper < kept_share]
    redundant = _redundant(terms, noise, [key for key in free if key not in noise])
    drops = [_drop(key, terms, "noise", kept_share) for key in noise]
    drops += [_drop(key, terms, "redundant", kept_share) for key in redundant]
    few = ", ".join(sorted(f"{keyword!r} ({phase})" for phase, keyword in terms.keys() - known.keys()))
    silent = f"too little is scored (fewer than {scored_at_least} posts) to judge {few}"
    return tuple(drops), ((silent,) if few else ())


def _best_of_each_phase(terms: Mapping[_Key, _Term]) -> set[_Key]:
    phases = {phase for phase, _ in terms}
    return {
        max(
            (key for key in terms if key[0] == phase),
            key=lambda key: (len(terms[key].kept), terms[key].share, key),
        )
        for phase in phases
    }


def _redundant(terms: Mapping[_Key, _Term], noise: Sequence[_Key], free: Sequence[_Key]) -> list[_Key]:
    """Keywords whose kept posts the others bring too, each judged without those that go already."""
    left = {key: term for key, term in terms.items() if key not in noise}
    gone: list[_Key] = []
    for key in free:
        others = set[str]().union(*(term.kept for other, term in left.items() if other != key))
        if terms[key].kept <= others:
            gone.append(key)
            del left[key]
    return gone


def _drop(
    key: _Key, terms: Mapping[_Key, _Term], why: Literal["noise", "redundant"], kept_share: float
) -> DropTerm:
    term = terms[key]
    others = set[str]().union(*(one.kept for other, one in terms.items() if other[1] != key[1]))
    alone = len(term.kept - others)
    shown = f"{len(term.kept):,} of {len(term.scored):,} scored posts were kept"
    reason = (
        f"{shown}: surely less than {kept_share:.0%} (at most {term.upper:.1%}); {alone:,} of them nobody else found"
        if why == "noise"
        else f"{shown}, and other keywords found every one of them"
    )
    return DropTerm(
        phase=key[0],
        keyword=key[1],
        why=why,
        found=len(term.found),
        kept=len(term.kept),
        scored=len(term.scored),
        alone=alone,
        upper=term.upper,
        reads=term.reads,
        cost=term.cost,
        sentence=f"Drop {key[1]!r} from {key[0]}: {reason}. {_price(term)}",
    )


def _price(term: _Term) -> str:
    if not term.reads:
        return "It has cost no reads."
    cost = "at an unknown price" if term.cost is None else f"for ${term.cost:,.2f}"
    return f"It has cost {term.reads:,} reads {cost}."


def _gather(
    calendar: Calendar,
    findings: Iterable[Finding],
    searches: Iterable[Searched],
    scores: Mapping[str, int | None],
    keep_from: int,
) -> dict[_Key, _Term]:
    """By phase and keyword, over all platforms and windows. What lies outside of the plan cannot be dropped from it."""
    terms: dict[_Key, _Term] = defaultdict(_Term)
    for one in findings:
        window = calendar.cell(one.platform, one.keyword, one.at).window
        if window is not None:
            terms[window.phase, one.keyword].add(one.post, scores.get(one.post), keep_from)
    for search in searches:
        window = calendar.cell_of_search(search).window
        if window is not None:
            terms[window.phase, search.keyword].spend(search)
    return dict(terms)
