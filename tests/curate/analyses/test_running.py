"""Costs, activity and lists of prompts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from echoloop.curate.analyses import Spent, activity_rows, cost_rows, read_prompt_list
from echoloop.records import Mistake, Post


def test_an_unknown_price_is_not_free() -> None:
    rows = {
        row.name: row
        for row in cost_rows(
            "ours",
            [
                Spent(stage="a", calls=3, cost=None, unpriced=3),
                Spent(stage="b", calls=2, cost=0.5, unpriced=1),
            ],
        )
    }
    assert rows["a"].value is None
    assert rows["b"].value == 0.5
    assert "1 of unknown price" in rows["b"].note


def test_posts_without_a_date_are_counted_as_such() -> None:
    dates = (datetime(2025, 12, 30, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), None)
    posts = [
        Post(url=f"https://x.com/i/status/{n}", platform="x", text="", created_at=date)
        for n, date in enumerate(dates)
    ]
    assert [(row.name, row.value) for row in activity_rows("ours", posts)] == [
        ("2026-W01", 2.0),
        ("no date", 1.0),
    ]


def test_a_list_of_prompts_is_one_a_line(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes("\ufeffa boat\r\n\n猫\n".encode())
    one = read_prompt_list(f"old={tmp_path / 'old.txt'}")
    assert (one.name, one.prompts[1]) == ("old", "猫")
    for wrong in ("old", "=x.txt", f"old={tmp_path / 'none.txt'}"):
        with pytest.raises(Mistake):
            read_prompt_list(wrong)
