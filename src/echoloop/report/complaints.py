"""What people complained about: the taxonomy as a page shows it, and all remarks accounted for."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from echoloop.records import (
    Complaint,
    ComplaintPart,
    FaultKeyword,
    FeedbackKind,
    FeedbackLabel,
    PartKind,
    Split,
)

SPLITS: tuple[Split, ...] = ("text_to_image", "image_to_image", "analysis")
NO_ITEM = "no item"
_QUOTED = 5


class ComplaintRow(msgspec.Struct, frozen=True, kw_only=True):
    """A cluster, the samples with it by split (in the order of SPLITS, then those that became no item), and what people said."""

    complaint: Complaint
    by_split: tuple[int, ...]
    quotes: tuple[str, ...]


class Complaints(msgspec.Struct, frozen=True, kw_only=True):
    """All remarks accounted for. `rows` is None where no taxonomy was made; `of` are the samples that somebody spoke of."""

    rows: tuple[ComplaintRow, ...] | None
    keywords: tuple[FaultKeyword, ...]
    of: int
    remarks: int
    failures: int
    successes: int
    neither: int
    solutions: int
    explorations: int
    solution_quotes: tuple[str, ...]
    exploration_quotes: tuple[str, ...]
    unread: tuple[tuple[str, int], ...]


def count_complaints(
    labels: Sequence[FeedbackLabel],
    complaints: Sequence[Complaint] | None,
    keywords: Sequence[FaultKeyword] | None,
) -> Complaints:
    """Labels and the taxonomy that was made of them."""
    polarities = Counter(label.polarity for label in labels)
    kinds = Counter(label.kind for label in labels)
    unread = Counter(label.state for label in labels if label.polarity is None)
    texts = {label.id: label.text for label in labels}
    return Complaints(
        rows=None if complaints is None else tuple(_row(one, texts) for one in in_order(complaints)),
        keywords=tuple(sorted(keywords or (), key=lambda one: (-one.remarks, one.keyword))),
        of=len({label.sample for label in labels if label.polarity is not None}),
        remarks=len(labels),
        failures=polarities["failure"],
        successes=polarities["success"],
        neither=polarities["neither"],
        solutions=kinds["solution"],
        explorations=kinds["exploration"],
        solution_quotes=_quotes(labels, "solution"),
        exploration_quotes=_quotes(labels, "exploration"),
        unread=tuple(sorted(unread.items())),
    )


def in_order(complaints: Sequence[Complaint]) -> list[Complaint]:
    """The commonest first."""
    return sorted(complaints, key=lambda one: (-one.samples, -one.remarks, one.cluster))


def parts_of(complaint: Complaint, kind: PartKind) -> list[ComplaintPart]:
    """In the order of their names: months follow each other."""
    return sorted((part for part in complaint.parts if part.kind == kind), key=lambda part: part.name)


def _quotes(labels: Sequence[FeedbackLabel], kind: FeedbackKind) -> tuple[str, ...]:
    """A few in the order of their ids, which are hashes: nobody chose them. The same words stand once."""
    ordered = sorted((label for label in labels if label.kind == kind), key=lambda label: label.id)
    return tuple(dict.fromkeys(label.text for label in ordered))[:_QUOTED]


def _row(complaint: Complaint, texts: dict[str, str]) -> ComplaintRow:
    counts = {part.name: part.complaints for part in parts_of(complaint, "split")}
    return ComplaintRow(
        complaint=complaint,
        by_split=tuple(counts.get(name, 0) for name in (*SPLITS, NO_ITEM)),
        quotes=tuple(dict.fromkeys(texts[one] for one in complaint.examples if one in texts))[:_QUOTED],
    )
