"""Forgetting a post takes everything that was made from it, and nothing else."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import echoloop.records as records
from echoloop.images import Rendition, encode_png
from echoloop.records import ImageRef, Post, Problem, Sample, Tombstone
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import TOMBSTONES, Forgotten, Origin, Workspace, forget, reading, unfinished, writing

RECORDS = {name: getattr(records, name) for name in records.__all__}


def build(workspace: Workspace) -> dict[str, str]:
    pictures = {name: workspace.images.put(name.encode()) for name in ("mine", "shared", "other")}

    def post(url: str, *names: str) -> Post:
        images = tuple(ImageRef(sha256=pictures[name]) for name in names)
        return Post(url=url, platform="x", text="t", created_at=None, images=images, source_posts=(url,))

    def sample(name: str, *urls: str) -> Sample:
        return Sample(id=name, thread="t", post_urls=urls, prompt="p", quality="Benchmark", source_posts=urls)

    tables = workspace.tables
    both = [post("a", "mine", "shared"), post("b", "shared", "other")]
    tables.write("posts", to_table(both, Post), Post, Origin(act="collect", position=0, fingerprint="f"))
    samples = [sample("one", "a"), sample("two", "b"), sample("joint", "a", "b")]
    tables.write("samples", to_table(samples, Sample), Sample, Origin(act="curate", position=100))
    return pictures


def test_forget_walks_from_a_post_to_everything_made_from_it(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        pictures = build(workspace)
        (workspace.report / "samples").mkdir(parents=True)
        (workspace.report / "samples" / "one.html").write_text("what a said")
        done = forget(workspace, ["a"], "asked by its author", RECORDS)
        assert not workspace.report.exists()
        assert done == Forgotten(posts=("a",), rows={"posts": 1, "samples": 2}, images=(pictures["mine"],))
        assert [post.url for post in from_table(workspace.tables.read("posts"), Post)] == ["b"]
        assert [one.id for one in from_table(workspace.tables.read("samples"), Sample)] == ["two"]
        assert pictures["mine"] not in workspace.images
        assert pictures["shared"] in workspace.images
        graves = from_table(workspace.tables.read(TOMBSTONES), Tombstone)
        assert graves == [Tombstone(url="a", reason="asked by its author")]


def test_what_was_seen_in_a_picture_goes_with_it(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        pictures = build(workspace)
        seen = {
            name: workspace.path / "features" / "faces-1" / sha256[:2] / sha256
            for name, sha256 in pictures.items()
        }
        for place in seen.values():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"a face")
        forget(workspace, ["a"], "asked", RECORDS)
        assert [name for name, place in seen.items() if place.exists()] == ["shared", "other"]


def test_forgetting_twice_changes_nothing(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        build(workspace)
        forget(workspace, ["a"], "asked", RECORDS)
        again = forget(workspace, ["a"], "asked", RECORDS)
        assert again == Forgotten(posts=("a",), rows={}, images=())
        assert workspace.tables.read(TOMBSTONES).num_rows == 1


def test_no_forgotten_bytes_stay_on_disk(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        build(workspace)
        forget(workspace, ["a"], "asked", RECORDS)
        for path in workspace.path.rglob("*"):
            assert not path.is_file() or path.read_bytes() != b"mine"


class Killed(BaseException):
    """The process ends here: nothing that comes after it happens."""


def kill_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """After so many changes to the disk, no change happens any more."""
    left = [steps]

    def mortal(function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*given, **named)

        return step

    for name in ("rename", "replace", "unlink", "mkdir"):
        monkeypatch.setattr(Path, name, mortal(getattr(Path, name)))
    monkeypatch.setattr(shutil, "rmtree", mortal(shutil.rmtree))


def everything(workspace: Workspace) -> dict[str, bytes]:
    return {
        str(path.relative_to(workspace.path)): path.read_bytes()
        for path in workspace.path.rglob("*")
        if path.is_file() and path.name != "writer.lock"
    }


def build_with_pictures(path: Path) -> tuple[bytes, bytes]:
    """A workspace where post a has a picture of its own, also as it was sent; the bytes of both."""
    with writing(path) as workspace:
        build(workspace)
        mine = encode_png(np.full((40, 60, 3), 7, np.uint8))
        sha256 = workspace.images.put(mine)
        sent = workspace.images.rendition(sha256, Rendition(shortest_side=20))
        post = Post(url="a", platform="x", text="t", created_at=None, images=(ImageRef(sha256=sha256),))
        table = to_table([post, Post(url="b", platform="x", text="t", created_at=None)], Post)
        workspace.tables.write("posts", table, Post, Origin(act="collect"))
        return mine, workspace.images.read(sent)


def test_a_forgetting_killed_anywhere_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    bytes_of_a = build_with_pictures(tmp_path / "before")
    shutil.copytree(tmp_path / "before", tmp_path / "whole")
    with writing(tmp_path / "whole") as whole:
        forget(whole, ["a"], "asked", RECORDS)
    steps, finished = 0, False
    while not finished:
        path = tmp_path / f"killed-{steps}"
        shutil.copytree(tmp_path / "before", path)
        with writing(path) as workspace:
            with monkeypatch.context() as patch:
                kill_after(patch, steps)
                try:
                    forget(workspace, ["a"], "asked", RECORDS)
                    finished = True
                except Killed:
                    pass
            begun = bool(unfinished(workspace).reasons)
            forget(workspace, ["z"] if begun else ["a", "z"], "asked", RECORDS)
            assert not unfinished(workspace).reasons
        left = everything(workspace)
        assert not set(left.values()) & set(bytes_of_a), steps
        assert left.keys() - {name for name in left if TOMBSTONES in name} == {
            name for name in everything(whole) if TOMBSTONES not in name
        }, steps
        for name in ("posts", "samples"):
            assert workspace.tables.read(name).equals(whole.tables.read(name))
        assert workspace.tables.read(TOMBSTONES).column("url").to_pylist() == ["a", "z"]
        steps += 1
    assert steps > 15


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        build(workspace)
        for place in ("tables/posts/.draft-1/part", "tables/half/abc/part", "images/ab/.abc.1.0a1b2c3d"):
            (workspace.path / place).parent.mkdir(parents=True, exist_ok=True)
            (workspace.path / place).write_bytes(b"mine")
        forget(workspace, ["a"], "asked", RECORDS)
    assert b"mine" not in everything(workspace).values()


def test_pictures_that_only_receipts_know_go_unless_others_need_them(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        build(workspace)
        drawn, theirs = workspace.images.put(b"drawn for a"), workspace.images.put(b"drawn for both")
        done = forget(workspace, ["a"], "asked", RECORDS, pictures=[drawn, theirs], needed=[theirs])
        assert drawn in done.images
        assert drawn not in workspace.images
        assert theirs in workspace.images


def release(workspace: Workspace, version: str, *posts: str) -> Path:
    file = workspace.releases / version / "data" / "analysis" / "test-00000-of-00001.parquet"
    file.parent.mkdir(parents=True)
    pq.write_table(pa.table({"prompt": ["p"], "source_posts": [list(posts)]}), file)
    return file


def test_releases_that_still_hold_a_post_are_named(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        build(workspace)
        held = release(workspace, "0.1.0", "b", "a")
        release(workspace, "0.2.0", "b")
        release(workspace, "0.3.0", "b").write_bytes(b"no Parquet")
        before = held.read_bytes()
        for _ in range(2):
            done = forget(workspace, ["a"], "asked", RECORDS)
            assert done.releases == ("0.1.0", "0.3.0")
        assert held.read_bytes() == before


def test_a_table_of_unknown_records_is_said_before_anything_is_changed(tmp_path: Path) -> None:
    with writing(tmp_path / "ws") as workspace:
        build(workspace)
        before = everything(workspace)
        with pytest.raises(Problem, match="'Sample'"):
            forget(workspace, ["a"], "asked", {name: RECORDS[name] for name in RECORDS if name != "Sample"})
    assert everything(reading(tmp_path / "ws")) == before
