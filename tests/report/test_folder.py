"""The folder: whole or not at all, the same bytes every time."""

import hashlib
import shutil
from pathlib import Path

import pytest

from echoloop.records import Item, Problem
from echoloop.records.arrow import to_table
from echoloop.report import write_report
from echoloop.report.folder import DraftFolder
from echoloop.workspace import Workspace


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_whole(folder: Path) -> None:
    with DraftFolder(folder) as draft:
        draft.write("index.html", b"whole")


def write_half(folder: Path) -> None:
    with DraftFolder(folder) as draft:
        draft.write("index.html", b"half")
        raise ZeroDivisionError


def test_twice_over_the_same_tables_gives_the_same_bytes(workspace: Workspace) -> None:
    first = contents(write_report(workspace, "GPT-4o").parent)
    again = contents(write_report(workspace, "GPT-4o").parent)
    shutil.rmtree(workspace.report)
    afresh = contents(write_report(workspace, "GPT-4o").parent)
    assert first == again == afresh


def test_the_sums_name_every_file_and_hold(tmp_path: Path) -> None:
    with DraftFolder(tmp_path / "report") as draft:
        draft.write("index.html", b"whole")
        draft.write("data/funnel.csv", b"1,2")
    found = contents(tmp_path / "report")
    lines = found.pop("SHA256SUMS").decode().splitlines()
    assert {line[66:]: line[:64] for line in lines} == {
        name: hashlib.sha256(data).hexdigest() for name, data in found.items()
    }


def test_a_failure_leaves_the_old_folder_as_it_was(tmp_path: Path) -> None:
    write_whole(tmp_path / "report")
    with pytest.raises(ZeroDivisionError):
        write_half(tmp_path / "report")
    assert contents(tmp_path / "report")["index.html"] == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_run_killed_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    write_whole(tmp_path / "report")
    (tmp_path / "report").rename(tmp_path / ".report.old")
    with pytest.raises(ZeroDivisionError):
        write_half(tmp_path / "report")
    assert contents(tmp_path / "report")["index.html"] == b"whole"


def test_a_damaged_copy_of_a_picture_is_made_again(read_only_workspace: Workspace) -> None:
    workspace = read_only_workspace
    before = contents(write_report(workspace, "GPT-4o").parent)
    damaged = next((workspace.report / "pictures").rglob("*.jpg"))
    damaged.write_bytes(b"not a picture")
    assert contents(write_report(workspace, "GPT-4o").parent) == before


def test_pictures_of_items_that_are_gone_leave_the_report(workspace: Workspace) -> None:
    for table in ("verdicts", "standings", "feedback", "effects"):
        workspace.tables.remove(table)
    write_report(workspace, "GPT-4o")
    assert list(workspace.report.rglob("*.jpg"))
    workspace.tables.write("items", to_table([], Item), Item)
    workspace.tables.remove("outputs")
    write_report(workspace, "GPT-4o")
    assert not list(workspace.report.rglob("*.jpg"))
    assert not (workspace.report / "samples").exists()


def test_a_full_disk_is_a_problem_with_a_remedy(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(Problem, match="the report was not written: No space left"):
        write_report(workspace, "GPT-4o")
    assert not workspace.report.exists()


@pytest.mark.parametrize("theirs", ["thesis.tex", "SHA256SUMS"])
def test_a_folder_that_is_no_report_is_never_replaced(tmp_path: Path, theirs: str) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / theirs).write_text("years of work")
    with pytest.raises(Problem, match="not a report"):
        write_whole(tmp_path / "report")
    assert contents(tmp_path / "report") == {theirs: b"years of work"}
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_an_empty_folder_becomes_a_report(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    write_whole(tmp_path / "report")
    assert contents(tmp_path / "report")["index.html"] == b"whole"
