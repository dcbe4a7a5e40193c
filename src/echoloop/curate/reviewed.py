"""Samples as people have left them: edited, taken out, or still waiting for somebody to look."""

from collections.abc import Iterable, Sequence

import msgspec

from echoloop.curate.minors import ABOUT_MINORS
from echoloop.records import ReviewEvent, ReviewState, Sample, apply_review, fold_reviews

REVIEWS = "reviews"
"""The table of what people decided. It is appended to by hand, and no stage makes it."""

REJECTED = "rejected by people"
DISPUTED = "people disagree about it"
UNSEEN_MINOR = "waits for a person: apparent minor"
WAITS = "it waits for people"


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """A sample after review. `found` is what it was before, `leaves` why it may be in no split, `waits` that it may be in none
    of the benchmark splits until somebody accepts it."""

    sample: Sample
    found: Sample
    state: ReviewState
    leaves: str = ""
    detail: str = ""
    waits: bool = False


def after_review(samples: Sequence[Sample], events: Iterable[ReviewEvent]) -> list[Reviewed]:
    """Each sample with what its review events add up to."""
    known = list(events)
    states = fold_reviews(known)
    said = {
        event.sample: event.note
        for event in sorted(known, key=lambda event: (event.at, event.id))
        if event.action == "reject"
    }
    return [
        _after_review(sample, states.get(sample.id, ReviewState()), said.get(sample.id, ""))
        for sample in samples
    ]


def _after_review(sample: Sample, state: ReviewState, said: str) -> Reviewed:
    """Only an acceptance without contradiction ends the waiting."""
    accepted = state.decision == "accept"
    leaves, detail = "", ""
    if state.decision == "reject":
        leaves, detail = REJECTED, said
    elif state.decision == "disputed":
        leaves, detail = DISPUTED, said
    elif not accepted and not ABOUT_MINORS.isdisjoint(sample.for_people):
        leaves = UNSEEN_MINOR
    return Reviewed(
        sample=apply_review(sample, state),
        found=sample,
        state=state,
        leaves=leaves,
        detail=detail,
        waits=not accepted and (bool(sample.for_people) or state.flagged),
    )
