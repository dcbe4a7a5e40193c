"""The queue of what people have to look at before a benchmark may go out, as a table."""

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from echoloop.curate.differences import changes, shown
from echoloop.curate.folding import fold, words
from echoloop.curate.passing import equals, holds, is_among
from echoloop.curate.reviewed import REVIEWS, Reviewed, after_review
from echoloop.curate.spans import Source
from echoloop.engine import Desk
from echoloop.records import Item, Keep, ReviewCase, ReviewEvent, Sample, Split
from echoloop.records.arrow import from_table

QUEUE = "review_queue"
IN_BENCHMARK = "it stands in a benchmark split"
FLAGGED = "a reviewer flagged it"


def queue_for_people(
    desk: Desk[None], samples: pa.Table, items: pa.Table, reviews: pa.Table
) -> Iterator[Keep[ReviewCase]]:
    """The queue as a table, for whoever shows it."""
    del desk
    events = from_table(reviews, ReviewEvent)
    drawn = items.filter(pa.array(~equals(items, "split", "analysis"))).column("sample").to_pylist()
    spoken_of = {*drawn, *(event.sample for event in events)}
    shown = samples.filter(pa.array(holds(samples, "for_people") | is_among(samples, "id", spoken_of)))
    placed = items.filter(pa.array(is_among(items, "sample", shown.column("id").to_pylist())))
    for case in review_cases(from_table(shown, Sample), from_table(placed, Item), events):
        yield Keep(case)


def review_cases(
    samples: Sequence[Sample], items: Iterable[Item], events: Iterable[ReviewEvent]
) -> Iterator[ReviewCase]:
    """Whatever needs a person, whatever stands in the benchmark, and whatever people have spoken about."""
    splits: dict[str, Split] = {item.sample: item.split for item in items}
    for one in after_review(samples, events):
        why = _why(one, splits.get(one.sample.id))
        if why or one.state.reviewers:
            yield _case(one, splits.get(one.sample.id), why)


def _why(one: Reviewed, split: Split | None) -> tuple[str, ...]:
    reasons = list(one.found.for_people)
    if one.state.flagged:
        reasons.append(FLAGGED)
    if one.state.decision == "disputed":
        reasons.append(one.leaves)
    if split is not None and split != "analysis":
        reasons.append(IN_BENCHMARK)
    return tuple(reasons)


def _case(one: Reviewed, split: Split | None, why: tuple[str, ...]) -> ReviewCase:
    edited = one.sample.prompt != one.found.prompt
    return ReviewCase(
        sample=one.sample.id,
        split=split,
        needed=one.state.decision == "disputed" or (one.waits and one.state.decision == "open"),
        why=why,
        decision=one.state.decision,
        flagged=one.state.flagged,
        reviewers=one.state.reviewers,
        note=one.detail,
        prompt=one.sample.prompt,
        prompt_before=one.found.prompt if edited else "",
        prompt_diff=_difference(one.found.prompt, one.sample.prompt) if edited else one.found.prompt_diff,
        language=one.sample.language,
        input_images=one.sample.input_images,
        output_images=one.sample.output_images,
        post_urls=one.sample.post_urls,
        source_posts=one.sample.source_posts,
    )


def _difference(before: str, after: str) -> str:
    """What a reviewer changed, for the next one to see."""
    source, new = Source(before), words(fold(after))
    return shown(source.split, new, changes(source.words, new.texts, source.places))


__all__ = ["FLAGGED", "IN_BENCHMARK", "QUEUE", "REVIEWS", "ReviewCase", "queue_for_people", "review_cases"]
