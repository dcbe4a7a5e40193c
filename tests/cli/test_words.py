"""What the verbs say where a newcomer would stumble: numbers with their nouns, what to do next, what is there already."""

from pathlib import Path

import pytest

from echoloop.cli.acts import summary
from echoloop.cli.lab import town
from echoloop.cli.messages import counted
from echoloop.cli.yields import _table
from echoloop.collect import YieldRow
from echoloop.engine import Counts, StageResult
from echoloop.records import Mistake


def result(calls: int, unanswered: int = 0) -> StageResult:
    counts = Counts(paid_calls=calls, unpriced=calls)
    return StageResult(
        act="curate", stage="extraction", table="extracted", fresh=False, kept=1, dropped=0,
        unanswered=unanswered, counts=counts,
    )  # fmt: skip


def test_a_number_has_its_noun() -> None:
    assert [counted(number, "call") for number in (0, 1, 2, 1_000)] == [
        "0 calls",
        "1 call",
        "2 calls",
        "1,000 calls",
    ]
    assert counted(2, "person", "people") == "2 people"
    assert summary([result(1, 1)]) == (
        "1 call was paid ($0.0000 and 1 call of unknown price). "
        "1 question got no answer; the same command asks that one again."
    )
    assert summary([result(2)]) == "2 calls were paid ($0.0000 and 2 calls of unknown price)."


def test_a_town_is_not_written_over_another_nor_into_a_full_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    town(tmp_path / "empty", threads=4)
    assert "The town is in" in capsys.readouterr().out
    before = (tmp_path / "empty" / "posts.jsonl").read_bytes()
    with pytest.raises(Mistake, match="a town here already") as caught:
        town(tmp_path / "empty", threads=4, seed=1)
    assert "echoloop lab town empty-2" in str(caught.value)
    assert (tmp_path / "empty" / "posts.jsonl").read_bytes() == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(Mistake, match="no empty folder"):
        town(tmp_path / "full", threads=4)


def yields(window: str) -> YieldRow:
    return YieldRow(
        platform="x", phase="", window=window, keyword="lab painter", start=None, end=None, found=3, new=2,
        kept=1, dropped=1, unscored=1, alone=1, reads=3, cost=None,
    )  # fmt: skip


def test_the_columns_of_a_yield_are_explained_below_it() -> None:
    plain, outside = ("\n".join(_table([yields(window)])) for window in ("2025-03-25", "outside"))
    assert "alone: kept, and" in plain
    assert "'outside'" not in plain
    assert "Window 'outside': posts from before or after" in outside
    assert "alone:" not in "\n".join(_table([]))
