"""What each keyword brought in each window, with costs that are known or unknown but never zero for want of a price."""

from datetime import UTC, date, datetime, timedelta

from echoloop.collect.errands import Window
from echoloop.collect.plan import Phase, Plan, windows
from echoloop.collect.plan.yields import OUTSIDE, Finding, Searched, YieldRow, keyword_yield
from echoloop.records.arrow import from_table, to_table

RELEASED = datetime(2025, 3, 25, tzinfo=UTC)
NOW = RELEASED + timedelta(days=20)
BROAD = Phase(name="broad", keywords=("pixmo", "acme"), from_day=0, days=14, window_days=1)
NARROW = Phase(name="narrow", keywords=("pixmo prompt", "pixmo"), from_day=14, days=None, window_days=7)
PLAN = Plan(released=date(2025, 3, 25), phases=(BROAD, NARROW))


def found(keyword: str, post: str, day: float | None, platform: str = "x") -> Finding:
    at = None if day is None else RELEASED + timedelta(days=day)
    return Finding(platform=platform, keyword=keyword, post=post, at=at)


def rows_of(
    findings: list[Finding], searches: list[Searched] | None = None, **scores: int | None
) -> list[YieldRow]:
    return keyword_yield(PLAN, NOW, findings, searches or [], scores)


def test_found_new_kept_and_alone_are_told_apart() -> None:
    rows = rows_of(
        [
            *(found("pixmo", post, 0.5) for post in ("a", "b", "c", "a")),
            *(found("acme", post, 0.5) for post in ("b", "d")),
            found("pixmo", "e", 15),
            found("pixmo prompt", "e", 15),
        ],
        a=5, b=4, c=2, d=None, e=5,
    )  # fmt: skip
    shown = {
        (r.phase, r.window, r.keyword): (r.found, r.new, r.kept, r.dropped, r.unscored, r.alone) for r in rows
    }
    assert shown == {
        ("broad", "2025-03-25", "pixmo"): (3, 3, 2, 1, 0, 1),
        ("broad", "2025-03-25", "acme"): (2, 1, 1, 0, 1, 0),
        ("narrow", "2025-04-08", "pixmo prompt"): (1, 1, 1, 0, 0, 0),
        ("narrow", "2025-04-08", "pixmo"): (1, 0, 1, 0, 0, 0),
    }
    assert list(shown) == list({**shown})
    assert [row.start for row in rows] == sorted(row.start for row in rows if row.start)


def test_a_window_is_of_the_phase_that_its_time_belongs_to() -> None:
    rows = rows_of([found("pixmo", "a", 13.99), found("pixmo", "b", 14)])
    assert [(row.phase, row.window) for row in rows] == [("broad", "2025-04-07"), ("narrow", "2025-04-08")]


def test_what_fits_no_window_is_shown_and_comes_last() -> None:
    rows = rows_of(
        [found("pixmo", "a", None), found("gone", "b", 1), found("pixmo", "c", -3), found("pixmo", "d", 1)]
    )
    assert [(row.keyword, row.window, row.found) for row in rows] == [
        ("pixmo", "2025-03-26", 1), ("gone", OUTSIDE, 1), ("pixmo", OUTSIDE, 2),
    ]  # fmt: skip


def test_costs_are_summed_over_the_searches_of_a_window() -> None:
    day = windows(PLAN, BROAD, NOW)[0]
    rest = Window(start=day.start - timedelta(minutes=15) + timedelta(hours=20), end=day.end, phase="broad")

    def searched(keyword: str, window: Window, reads: int, cost: float | None) -> Searched:
        return Searched(platform="x", keyword=keyword, window=window, reads=reads, cost=cost)

    rows = rows_of(
        [],
        [
            searched("pixmo", day, 10, 0.05),
            searched("pixmo", rest, 4, 0.02),
            searched("acme", day, 3, 0.01),
            searched("acme", day, 3, None),
            searched("gone", day, 1, 0.5),
        ],
    )
    assert [(row.keyword, row.window, row.reads, row.found) for row in rows] == [
        ("pixmo", "2025-03-25", 14, 0), ("acme", "2025-03-25", 6, 0), ("gone", OUTSIDE, 1, 0),
    ]  # fmt: skip
    assert [None if row.cost is None else round(row.cost, 6) for row in rows] == [0.07, None, 0.5]


def test_rows_are_a_table_with_a_key() -> None:
    rows = rows_of([found("pixmo", "a", None), found("pixmo", "d", 1), found("pixmo", "d", 1, "reddit")])
    assert from_table(to_table(rows, YieldRow), YieldRow) == rows
    assert len({tuple(getattr(row, name) for name in YieldRow.KEY) for row in rows}) == len(rows)
