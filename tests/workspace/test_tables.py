"""A manifest means complete; anything less is never trusted."""

import contextlib
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from echoloop.records import Mistake, Post
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import DamagedTable, Origin, Workspace, reading, writing


def posts(*urls: str) -> list[Post]:
    return [Post(url=url, platform="x", text=f"text of {url}", created_at=None) for url in urls]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    with writing(tmp_path / "ws") as opened:
        pass
    return opened


def write(workspace: Workspace, *urls: str) -> None:
    workspace.tables.write("posts", to_table(posts(*urls), Post), Post, Origin(act="collect"))


def test_rows_come_back_sorted_by_their_key(workspace: Workspace) -> None:
    write(workspace, "b", "a")
    assert from_table(workspace.tables.read("posts"), Post) == posts("a", "b")


def test_the_same_rows_are_the_same_bytes_in_any_order(workspace: Workspace, tmp_path: Path) -> None:
    write(workspace, "a", "b", "c")
    with writing(tmp_path / "other") as other:
        write(other, "c", "a", "b")
    for ours in sorted(workspace.tables.folder.rglob("*")):
        if ours.is_file():
            theirs = other.tables.folder / ours.relative_to(workspace.tables.folder)
            assert ours.read_bytes() == theirs.read_bytes()


def test_an_empty_table_is_complete(workspace: Workspace) -> None:
    write(workspace)
    assert workspace.tables.read("posts").num_rows == 0


def test_a_replaced_table_leaves_nothing_behind(workspace: Workspace) -> None:
    write(workspace, "a")
    write(workspace, "b")
    home = workspace.tables.folder / "posts"
    assert len([folder for folder in home.iterdir() if folder.is_dir()]) == 1
    assert from_table(workspace.tables.read("posts"), Post) == posts("b")


def test_parts_without_a_manifest_are_no_table(workspace: Workspace) -> None:
    write(workspace, "a")
    (workspace.tables.folder / "posts" / "manifest.json").unlink()
    assert workspace.tables.manifest("posts") is None
    with pytest.raises(Mistake, match="no table 'posts'"):
        workspace.tables.read("posts")


@pytest.mark.parametrize("harm", ["truncate", "flip", "remove"])
def test_a_damaged_part_is_named_with_its_remedy(workspace: Workspace, harm: str) -> None:
    write(workspace, "a")
    part = next((workspace.tables.folder / "posts").rglob("*.parquet"))
    data = part.read_bytes()
    if harm == "remove":
        part.unlink()
    else:
        part.write_bytes(data[:-10] if harm == "truncate" else data[:20] + bytes([data[20] ^ 1]) + data[21:])
    with pytest.raises(DamagedTable, match="Delete") as caught:
        workspace.tables.read("posts")
    assert str(part) in str(caught.value)


def test_a_manifest_that_does_not_read_is_no_silent_miss(workspace: Workspace) -> None:
    write(workspace, "a")
    (workspace.tables.folder / "posts" / "manifest.json").write_text("{")
    with pytest.raises(DamagedTable):
        workspace.tables.manifest("posts")


def generations(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in (workspace.tables.folder / "posts").iterdir() if path.is_dir())


class Killed(BaseException):
    """The process ends here."""


def kill(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize("urls", ["a", "b"], ids=["the same rows", "other rows"])
@pytest.mark.parametrize("step", ["rename", "replace"])
def test_a_writer_killed_at_a_rename_leaves_the_old_table(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, urls: str, step: str
) -> None:
    write(workspace, "a")
    with monkeypatch.context() as patch, contextlib.suppress(Killed):
        patch.setattr(Path, step, kill)
        patch.setattr(shutil, "rmtree", shutil.rmtree if urls == "a" else kill)
        write(workspace, urls)
    assert from_table(workspace.tables.read("posts"), Post) == posts("a")
    write(workspace, urls)
    assert from_table(workspace.tables.read("posts"), Post) == posts(urls)
    assert len(generations(workspace)) == 1


def test_the_same_rows_from_elsewhere_change_the_manifest_alone(workspace: Workspace) -> None:
    write(workspace, "a")
    part = next((workspace.tables.folder / "posts").rglob("*.parquet"))
    before = part.stat()
    workspace.tables.write("posts", to_table(posts("a"), Post), Post, Origin(act="curate"))
    assert part.stat() == before
    manifest = workspace.tables.manifest("posts")
    assert manifest is not None
    assert manifest.origin.act == "curate"


def test_a_damaged_table_is_healed_by_the_same_rows(workspace: Workspace) -> None:
    write(workspace, "a")
    next((workspace.tables.folder / "posts").rglob("*.parquet")).write_bytes(b"torn")
    write(workspace, "a")
    assert from_table(workspace.tables.read("posts"), Post) == posts("a")
    assert len(generations(workspace)) == 1


def test_a_reader_overtaken_by_a_writer_reads_the_new_table(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer replaces the table between the reader's look at the manifest and its look at the parts."""
    write(workspace, "a")
    read_bytes, overtaken = Path.read_bytes, False

    def overtake(path: Path) -> bytes:
        nonlocal overtaken
        if path.suffix == ".parquet" and not overtaken:
            overtaken = True
            write(workspace, "b")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", overtake)
    assert from_table(workspace.tables.read("posts"), Post) == posts("b")


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_tables import write
from echoloop.records import Problem
from echoloop.workspace import writing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with writing(Path({path!r})) as workspace:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    try:
        write(workspace, *[f"https://example.org/{{number}}" for number in range(5000)])
    except Problem as problem:
        print(problem)
        sys.exit(problem.exit_status)
"""


def test_a_full_disk_leaves_the_old_table_as_it_was(workspace: Workspace) -> None:
    """A file-size limit is how a disk is full without filling it: the write itself fails."""
    assert resource.RLIMIT_FSIZE
    write(workspace, "a")
    script = FULL_DISK.format(tests=str(Path(__file__).parent), path=str(workspace.path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "was not written" in done.stdout
    assert "Free some space" in done.stdout
    assert from_table(reading(workspace.path).tables.read("posts"), Post) == posts("a")
    assert not list(workspace.tables.folder.rglob(".draft*"))


def test_reading_what_is_no_workspace_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="echoloop collect"):
        reading(tmp_path)


def test_a_workspace_of_another_version_is_refused(workspace: Workspace) -> None:
    (workspace.path / "LAYOUT").write_text("echoloop workspace 99\n")
    with pytest.raises(Mistake, match="99"):
        reading(workspace.path)
