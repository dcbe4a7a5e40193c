"""The folder: whole or not at all, the same bytes every time."""

import hashlib
import shutil
from pathlib import Path

import pytest

from echoloop.records import Item, Problem
from echoloop.records.arrow import from_table, to_table
from echoloop.report import write_report
from echoloop.report.folder import DraftFolder
from echoloop.workspace import Workspace


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_twice_over_the_same_tables_gives_the_same_bytes(workspace: Workspace) -> None:
    first = contents(write_report(workspace, "GPT-4o").parent)
    again = contents(write_report(workspace, "GPT-4o").parent)
    shutil.rmtree(workspace.report)
    afresh = contents(write_report(workspace, "GPT-4o").parent)
    assert first == again == afresh


def test_the_sums_name_every_file_and_hold(workspace: Workspace) -> None:
    found = contents(write_report(workspace, "GPT-4o").parent)
    lines = found.pop("SHA256SUMS").decode().splitlines()
    assert {line[66:]: line[:64] for line in lines} == {
        name: hashlib.sha256(data).hexdigest() for name, data in found.items()
    }


def test_a_failure_leaves_the_old_report_as_it_was(workspace: Workspace) -> None:
    before = contents(write_report(workspace, "GPT-4o").parent)
    with pytest.raises(ZeroDivisionError), DraftFolder(workspace.report) as draft:
        draft.write("index.html", b"half")
        raise ZeroDivisionError
    assert contents(workspace.report) == before
    assert sorted(path.name for path in workspace.path.glob(".report*")) == []


def test_a_run_killed_between_the_two_renames_loses_nothing(workspace: Workspace) -> None:
    before = contents(write_report(workspace, "GPT-4o").parent)
    workspace.report.rename(workspace.path / ".report.old")
    with pytest.raises(ZeroDivisionError), DraftFolder(workspace.report):
        raise ZeroDivisionError
    assert contents(workspace.report) == before


def test_a_damaged_copy_of_a_picture_is_made_again(workspace: Workspace) -> None:
    before = contents(write_report(workspace, "GPT-4o").parent)
    damaged = next((workspace.report / "pictures").rglob("*.jpg"))
    damaged.write_bytes(b"not a picture")
    assert contents(write_report(workspace, "GPT-4o").parent) == before


def test_pictures_of_items_that_are_gone_leave_the_report(workspace: Workspace) -> None:
    write_report(workspace, "GPT-4o")
    items = from_table(workspace.tables.read("items"), Item)
    workspace.tables.write("items", to_table([], Item), Item)
    workspace.tables.remove("outputs")
    write_report(workspace, "GPT-4o")
    assert items
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
