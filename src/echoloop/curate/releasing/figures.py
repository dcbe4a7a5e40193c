"""What a release says of itself in numbers: how much, from where, and the biases that can be counted."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from echoloop.curate.releasing.rows import Row
from echoloop.curate.releasing.shards import Written
from echoloop.curate.tasks import OTHER_TASKS
from echoloop.records import FeedbackLabel

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HOST = re.compile(r"[a-z0-9.-]{1,253}(:\d+)?")
_NAMED = 5


class Concentration(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the benchmark is about few things. `other` items are in no cluster that is common enough to count as one.

    `effective` clusters of equal size would be as mixed as the clusters there are.
    """

    items: int
    other: int
    clusters: int
    effective: float
    largest: tuple[tuple[str, int], ...]

    @property
    def top_share(self) -> float:
        """Of all benchmark items, those of the largest clusters."""
        return sum(count for _, count in self.largest) / self.items


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """How the feedback reads; each remark once."""

    success: int
    failure: int
    neither: int
    unread: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the card, the datasheet and Croissant say. None: nobody measured it."""

    subject: str
    version: str
    public: bool
    prompts: bool
    splits: Mapping[str, Written]
    languages: Mapping[str, int]
    hosts: Mapping[str, int]
    first: str
    last: str
    posts: int
    pictures: int
    feedback: int
    modified: int
    filled: int
    screenshots: int
    held_out: int
    concentration: Concentration | None
    balance: Balance | None
    losses: Mapping[str, Mapping[str, int]]

    @property
    def items(self) -> int:
        """All rows."""
        return sum(written.items for written in self.splits.values())


def figures_of(
    rows: Sequence[Row],
    splits: Mapping[str, Written],
    losses: Mapping[str, Mapping[str, int]],
    *,
    subject: str,
    version: str,
    public: bool,
    prompts: bool,
    labelled: bool,
) -> Figures:
    """Counted over the rows of this variant alone."""
    items = [row.item for row in rows]
    dates = sorted(f"{item.created_at:%Y-%m-%d}" for item in items if item.created_at)
    posts = {post for item in items for post in item.source_posts}
    pictures = {image.sha256 for item in items for image in (*item.input_images, *item.output_images)}
    return Figures(
        subject=subject,
        version=version,
        public=public,
        prompts=prompts,
        splits=splits,
        languages=_counted(_language(item.language) for item in items),
        hosts=_counted(_host(post) for post in posts),
        first=dates[0] if dates else "",
        last=dates[-1] if dates else "",
        posts=len(posts),
        pictures=len(pictures),
        feedback=sum(len(item.community_feedback) for item in items),
        modified=sum(item.prompt_modified for item in items),
        filled=sum(item.prompt_fill_blank for item in items),
        screenshots=sum(item.is_screenshot for item in items),
        held_out=sum(item.held_out for item in items),
        concentration=_concentration([item.task for item in items if item.split != "analysis" and item.task]),
        balance=_balance(rows) if labelled else None,
        losses=losses,
    )


def _concentration(tasks: Sequence[str]) -> Concentration | None:
    counts = Counter(tasks)
    other = counts.pop(OTHER_TASKS, 0)
    if not counts:
        return None
    common = sum(counts.values())
    shares = sorted(count / common for count in counts.values())
    order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Concentration(
        items=len(tasks),
        other=other,
        clusters=len(counts),
        effective=math.exp(-math.fsum(share * math.log(share) for share in shares)),
        largest=tuple(order[:_NAMED]),
    )


def _balance(rows: Iterable[Row]) -> Balance:
    labels: dict[str, FeedbackLabel] = {label.id: label for row in rows for label in row.labels}
    counts = Counter(label.polarity for label in labels.values())
    return Balance(
        success=counts["success"],
        failure=counts["failure"],
        neither=counts["neither"],
        unread=counts[None],
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0])))


def _language(tag: str | None) -> str:
    return tag if tag and _LANGUAGE.fullmatch(tag) else "not known"


def _host(url: str) -> str:
    host = urlsplit(url).netloc
    return host if _HOST.fullmatch(host) else "elsewhere"
