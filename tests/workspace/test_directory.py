"""A folder becomes a workspace only when nobody else's things are in it."""

from pathlib import Path

import pytest

from echoloop.records import Mistake, Problem
from echoloop.workspace import reading, writing


def opened(path: Path, *, create: bool) -> set[str]:
    with writing(path, create=create) as workspace:
        return {entry.name for entry in workspace.path.iterdir()}


@pytest.mark.parametrize("name", ["new", "deep/er", "."])
def test_a_new_or_an_empty_folder_becomes_one(tmp_path: Path, name: str) -> None:
    assert opened(tmp_path / name, create=True) == {"LAYOUT", "images", "tables", "writer.lock"}
    assert reading(tmp_path / name).tables.names() == []
    assert opened(tmp_path / name, create=False) == opened(tmp_path / name, create=True)


@pytest.mark.parametrize("create", [True, False])
def test_a_folder_with_other_things_is_never_adopted(tmp_path: Path, create: bool) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "thesis.tex").write_text("years of work")
    with pytest.raises(Mistake, match="--workspace"):
        opened(tmp_path, create=create)
    assert [path.name for path in tmp_path.rglob("*")] == ["report", "thesis.tex"]


@pytest.mark.parametrize("made", [None, "folder"])
def test_who_does_not_create_needs_one(tmp_path: Path, made: str | None) -> None:
    path = tmp_path / "ws"
    if made:
        path.mkdir()
    with pytest.raises(Mistake, match="echoloop collect"):
        opened(path, create=False)
    assert path.exists() == bool(made)
    assert not made or not list(path.iterdir())


def test_a_run_killed_while_it_made_one_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "writer.lock").write_bytes(b"")
    (tmp_path / ".LAYOUT.77.0a1b2c3d").write_text("echoloop wor")
    assert "LAYOUT" in opened(tmp_path, create=True)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "ws").write_text("words")
    with pytest.raises(Mistake, match="this is a file"):
        opened(tmp_path / "ws", create=True)


def test_a_place_that_takes_no_folder_is_a_problem_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(Problem, match="cannot be written"):
        opened(tmp_path / "file" / "ws", create=True)


def test_a_layout_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "LAYOUT").write_bytes(b"\xff\x00")
    with pytest.raises(Mistake, match="layout"):
        opened(tmp_path, create=True)
