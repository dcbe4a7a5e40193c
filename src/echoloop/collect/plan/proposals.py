"""The plan that improves itself: which keywords no longer earn their reads, and which words of kept posts to search for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from echoloop.collect.plan.adding import AddTerm, Text, heaps_of, terms_to_add
from echoloop.collect.plan.dropping import DropTerm, terms_to_drop
from echoloop.collect.plan.pasting import toml_of
from echoloop.collect.plan.windows import Phase, Plan
from echoloop.collect.plan.yields import Calendar, Finding, Searched


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """When there is enough to say something, and how sure it must be."""

    keep_from: int = 4
    scored_at_least: int = 20
    kept_share: float = 0.10
    voices_at_least: int = 3
    heap_at_least: int = 20
    chance: float = 0.05
    most: int = 20


class Proposals(msgspec.Struct, frozen=True, kw_only=True):
    """What to change, each with its numbers; `silent` says in words what could not be proposed, and why."""

    drop: tuple[DropTerm, ...] = ()
    add: tuple[AddTerm, ...] = ()
    silent: tuple[str, ...] = ()
    toml: str = ""


def propose(
    plan: Plan,
    now: datetime,
    subject: str,
    findings: Sequence[Finding],
    searches: Iterable[Searched],
    scores: Mapping[str, int | None],
    texts: Iterable[Text],
    thresholds: Thresholds | None = None,
) -> Proposals:
    """Proposals for the plan as it stands. Terms to add go to its last phase: the one that still runs.

    `texts` are all posts that are here, also those that no keyword found.
    """
    bounds = thresholds or Thresholds()
    phase = plan.phases[-1] if plan.phases else None
    drop, silent_drop = terms_to_drop(
        Calendar(plan, now),
        findings,
        searches,
        scores,
        keep_from=bounds.keep_from,
        scored_at_least=bounds.scored_at_least,
        kept_share=bounds.kept_share,
    )
    add, silent_add = terms_to_add(
        subject,
        _keywords(plan),
        _keywords_of(phase),
        heaps_of(texts, {finding.post for finding in findings}, scores, bounds.keep_from),
        voices_at_least=bounds.voices_at_least,
        heap_at_least=bounds.heap_at_least,
        chance=bounds.chance,
        most=bounds.most,
    )
    return Proposals(
        drop=drop, add=add, silent=(*silent_drop, *silent_add), toml=toml_of(plan, drop, add, phase)
    )


def _keywords(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for phase in plan.phases for word in _keywords_of(phase)))


def _keywords_of(phase: Phase | None) -> tuple[str, ...]:
    if phase is None:
        return ()
    own = [word for words in phase.platforms.values() for word in words]
    return tuple(dict.fromkeys((*phase.keywords, *own)))
