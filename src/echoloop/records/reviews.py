"""Pure folds over review events: the present state of a sample is what its events add up to."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from echoloop.records.posts import ImageRef
from echoloop.records.samples import ReviewEvent, Sample, Split


class ReviewState(msgspec.Struct, frozen=True, kw_only=True):
    """What people have decided about one sample so far."""

    decision: str = "open"
    prompt: str | None = None
    flagged: bool = False
    reviewers: tuple[str, ...] = ()


def fold_reviews(events: Iterable[ReviewEvent]) -> dict[str, ReviewState]:
    """The last decision of a person counts; people who disagree make the sample `disputed`."""
    decisions: dict[str, dict[str, str]] = {}
    states: dict[str, ReviewState] = {}
    for event in sorted(events, key=lambda e: (e.at, e.id)):
        state = states.get(event.sample, ReviewState())
        votes = decisions.setdefault(event.sample, {})
        if event.action in ("accept", "reject"):
            votes[event.reviewer] = event.action
        distinct = set(votes.values())
        states[event.sample] = msgspec.structs.replace(
            state,
            decision="open" if not distinct else distinct.pop() if len(distinct) == 1 else "disputed",
            prompt=event.prompt if event.action == "edit" else state.prompt,
            flagged=state.flagged or event.action == "flag",
            reviewers=tuple(sorted({*state.reviewers, event.reviewer})),
        )
    return states


def apply_review(sample: Sample, state: ReviewState | None) -> Sample:
    """An edited prompt is no longer what its author wrote, and says so."""
    if state is None or state.prompt is None or state.prompt == sample.prompt:
        return sample
    return msgspec.structs.replace(sample, prompt=state.prompt, prompt_modified=True, prompt_origin="edited")


class ReviewCase(msgspec.Struct, frozen=True, kw_only=True):
    """One sample as a reviewer meets it: why it is shown, and what people have decided so far.

    `needed`: it may not be published before somebody accepts it; the others are shown because every item deserves a look.
    `prompt` is what stands now, `prompt_before` what it was where somebody edited it.
    """

    KEY: ClassVar[tuple[str, ...]] = ("sample",)

    sample: str
    split: Split | None = None
    needed: bool
    why: tuple[str, ...]
    decision: str
    flagged: bool = False
    reviewers: tuple[str, ...] = ()
    note: str = ""
    prompt: str
    prompt_before: str = ""
    prompt_diff: str = ""
    language: str | None = None
    input_images: tuple[ImageRef, ...] = ()
    output_images: tuple[ImageRef, ...] = ()
    post_urls: tuple[str, ...] = ()
    source_posts: tuple[str, ...] = ()

    @property
    def undecided(self) -> bool:
        """Somebody still has something to say."""
        return self.needed or self.decision in ("open", "disputed")
