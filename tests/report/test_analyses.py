"""The page of the analyses: side by side, absent numbers with their reason, hostile names harmless."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from echoloop.records import Mistake
from echoloop.report.curate import sections, write_analyses


def row(dataset: str, analysis: str, name: str, value: float | None, **more: Any) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "analysis": analysis,
        "place": 0,
        "name": name,
        "value": value,
        "low": None,
        "high": None,
        "note": "",
        **more,
    }


ROWS = [
    row("ours", "perplexity", "tiny", None, note="not measured: run `hf download tiny`"),
    row("ours", "size", "prompts", 41.0),
    row("old", "size", "prompts", 3.0),
    row("ours", "task", "<script>alert(1)</script>", 0.5),
    row("ours", "task", "=SUM(A1)", 0.5, place=1),
    row("ours", "growth", "0", 0.0),
    row("ours", "growth", "41", 25.0, place=41),
]


def table() -> pa.Table:
    kinds = [
        ("dataset", pa.string()),
        ("analysis", pa.string()),
        ("place", pa.int64()),
        ("name", pa.string()),
    ]
    numbers = [(name, pa.float64()) for name in ("value", "low", "high")]
    return pa.Table.from_pylist(ROWS, schema=pa.schema([*kinds, *numbers, ("note", pa.string())]))


def test_what_two_sets_share_stands_on_one_line() -> None:
    size = next(one for one in sections(ROWS) if one.title == "Size")
    assert size.datasets == ["ours", "old"]
    ((name, cells),) = size.lines
    assert (name, [cell and cell["value"] for cell in cells]) == ("prompts", [41.0, 3.0])


def test_the_page_escapes_and_says_what_is_missing(tmp_path: Path) -> None:
    page = write_analyses(tmp_path / "analyses", table(), "Lab Painter").read_text()
    assert "<script>alert" not in page
    assert "not measured: run `hf download tiny`" in page
    data = (tmp_path / "analyses" / "data" / "analyses.csv").read_text()
    assert "'=SUM(A1)" in data
    assert (tmp_path / "analyses" / "figures" / "growth.pdf").exists()


def test_the_same_table_is_the_same_folder_and_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_analyses(tmp_path / name, table(), "Lab Painter")
    assert (tmp_path / "one" / "SHA256SUMS").read_text() == (tmp_path / "two" / "SHA256SUMS").read_text()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    with pytest.raises(Mistake):
        write_analyses(tmp_path / "mine", table(), "Lab Painter")
