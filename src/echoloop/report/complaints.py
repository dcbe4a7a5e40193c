"""What people complained about, counted by the name of the fault."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from echoloop.records import FeedbackLabel, Item, Split

SPLITS: tuple[Split, ...] = ("text_to_image", "image_to_image", "analysis")


class ComplaintRow(msgspec.Struct, frozen=True, kw_only=True):
    """One fault: how often, its share of all complaints, and in which split's samples. `by_split` follows SPLITS, then
    samples that became no item."""

    keyword: str
    count: int
    share: float
    by_split: tuple[int, ...]


class Complaints(msgspec.Struct, frozen=True, kw_only=True):
    """All remarks accounted for: complaints by keyword, praise, neither, and those that could not be read."""

    rows: tuple[ComplaintRow, ...]
    remarks: int
    failures: int
    successes: int
    neither: int
    unread: tuple[tuple[str, int], ...]


def count_complaints(labels: Sequence[FeedbackLabel], items: Sequence[Item] | None) -> Complaints:
    """Fold labelled feedback."""
    places: dict[str, Split] = {item.sample: item.split for item in items or ()}
    failures = [label for label in labels if label.polarity == "failure"]
    counts = Counter(_name(label) for label in failures)
    where = Counter((_name(label), places.get(label.sample)) for label in failures)
    polarities = Counter(label.polarity for label in labels)
    unread = Counter(label.state for label in labels if label.polarity is None)
    return Complaints(
        rows=tuple(
            ComplaintRow(
                keyword=keyword,
                count=count,
                share=count / len(failures),
                by_split=tuple(where[keyword, split] for split in (*SPLITS, None)),
            )
            for keyword, count in sorted(counts.items(), key=lambda end: (-end[1], end[0]))
        ),
        remarks=len(labels),
        failures=len(failures),
        successes=polarities["success"],
        neither=polarities["neither"],
        unread=tuple(sorted(unread.items())),
    )


def _name(label: FeedbackLabel) -> str:
    return label.keyword or "(not named)"
