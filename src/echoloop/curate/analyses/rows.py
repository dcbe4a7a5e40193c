"""What an analysis found, as rows of one long table: plain to read, to plot and to lay beside another."""

from typing import ClassVar, Literal, TypeAlias

import msgspec

Subject: TypeAlias = Literal[
    "size",
    "first bigrams",
    "growth",
    "perplexity",
    "length",
    "language",
    "task",
    "novelty",
    "activity",
    "funnel",
    "cost",
]


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """One number of one data set. `value` is None where it was not measured, and `note` then says why.

    `place` is the order within an analysis; `low` and `high` are bounds where there are any.
    """

    KEY: ClassVar[tuple[str, ...]] = ("dataset", "analysis", "place", "name")

    dataset: str
    analysis: Subject
    place: int = 0
    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """Prompts under a name; `languages` says what each post said of its language, or None."""

    name: str
    prompts: tuple[str, ...]
    languages: tuple[str | None, ...]
