"""Forgetting a post takes everything that was made from it, and nothing else."""

from pathlib import Path

import echoloop.records as records
from echoloop.records import ImageRef, Post, Sample, Tombstone
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import TOMBSTONES, Forgotten, Origin, Workspace, forget, writing

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
