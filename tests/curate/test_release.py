"""A release loads with `datasets` as it lies there, is the same bytes every time, and never changes under its name."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from stage_runs import store_picture, workspace_of

from echoloop.curate import write_release
from echoloop.records import Feedback, Item, Mistake
from echoloop.records.arrow import to_table
from echoloop.workspace import Workspace, writing

URL = "https://x.com/i/status/1"
LOAD = """
import json, sys
import numpy as np
from datasets import load_dataset
found = {}
for split in sys.argv[2:]:
    rows = load_dataset(sys.argv[1], split, split="test")
    found[split] = [
        {
            **{name: row[name] for name in ("id", "prompt", "language", "community_feedback", "source_posts")},
            "created_at": str(row["created_at"]),
            "inputs": [np.asarray(image.convert("RGB")).tolist() for image in row["input_images"]],
            "outputs": [np.asarray(image.convert("RGB")).tolist() for image in row["output_images"]],
        }
        for row in rows
    ]
print(json.dumps(found))
"""


def small(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (3, 4, 3), dtype=np.uint8)


def items(folder: Path) -> list[Item]:
    one, two = (store_picture(folder, small(seed)) for seed in (1, 2))
    shared = {"quality": "Benchmark", "source_posts": (URL,)}
    return [
        Item(id="edit", split="image_to_image", sample="edit", prompt="make it red 🦊", input_images=(one,), output_images=(two,),
             community_feedback=(Feedback(post_url=URL, text="lovely"),), language="en",
             created_at=datetime(2025, 4, 1, 10, tzinfo=UTC), **shared),
        Item(id="draw", split="text_to_image", sample="draw", prompt="“a house”\nby the sea", output_images=(one,), **shared),
        Item(id="talk", split="analysis", sample="talk", prompt="", **shared),
    ]  # fmt: skip


def filled(folder: Path, rows: list[Item]) -> Workspace:
    with writing(folder / "workspace") as workspace:
        workspace.tables.write("items", to_table(rows, Item), Item)
    return workspace_of(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def load(release: str, cache: Path, *splits: str) -> dict:
    offline = {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HOME": str(cache),
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD, release, *splits],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **offline},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_datasets_loads_it_offline_with_every_pixel(tmp_path: Path) -> None:
    released = write_release(filled(tmp_path, items(tmp_path)), "Lab Painter", "0.1.0")
    assert released.splits == {"image_to_image": 1, "text_to_image": 1, "analysis": 1}
    splits = ("image_to_image", "text_to_image", "analysis")
    found = load(released.folder, tmp_path / "cache", *splits)
    (edit,), (draw,), (talk,) = (found[split] for split in splits)
    assert edit["prompt"] == "make it red 🦊"
    assert (edit["inputs"], edit["outputs"]) == ([small(1).tolist()], [small(2).tolist()])
    assert edit["community_feedback"] == [{"post_url": URL, "feedback": "lovely"}]
    assert edit["created_at"].startswith("2025-04-01 10:00:00")
    assert draw["prompt"] == "“a house”\nby the sea"
    assert (draw["inputs"], draw["outputs"]) == ([], [small(1).tolist()])
    assert (talk["prompt"], talk["language"], talk["source_posts"]) == ("", None, [URL])


def test_the_same_items_are_the_same_bytes_whatever_their_order(tmp_path: Path) -> None:
    one = write_release(filled(tmp_path / "a", items(tmp_path / "a")), "Lab Painter", "0.1.0")
    other = write_release(filled(tmp_path / "b", items(tmp_path / "b")[::-1]), "Lab Painter", "0.1.0")
    assert files(Path(one.folder)) == files(Path(other.folder))
    again = write_release(workspace_of(tmp_path / "a"), "Lab Painter", "0.1.0")
    assert files(Path(again.folder)) == files(Path(other.folder))


def test_the_checksums_cover_every_file(tmp_path: Path) -> None:
    folder = Path(write_release(filled(tmp_path, items(tmp_path)), "Lab Painter", "0.1.0").folder)
    lines = dict(reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
    found = files(folder)
    assert set(lines) == set(found) - {"SHA256SUMS"}
    assert all(hashlib.sha256(found[name]).hexdigest() == digest for name, digest in lines.items())


def test_a_version_that_exists_never_changes(tmp_path: Path) -> None:
    rows = items(tmp_path)
    folder = Path(write_release(filled(tmp_path, rows), "Lab Painter", "0.1.0").folder)
    before = files(folder)
    workspace = filled(tmp_path, rows[:2])
    with pytest.raises(Mistake, match=r"0\.1\.0 exists with other content"):
        write_release(workspace, "Lab Painter", "0.1.0")
    assert files(folder) == before
    assert write_release(workspace, "Lab Painter", "0.1.1").splits["analysis"] == 0


def test_a_release_that_broke_off_is_written_whole_the_next_time(tmp_path: Path) -> None:
    rows = items(tmp_path)
    folder = Path(write_release(filled(tmp_path, rows), "Lab Painter", "0.1.0").folder)
    whole = files(folder)
    (folder / "SHA256SUMS").unlink()
    (folder / "README.md").unlink()
    write_release(workspace_of(tmp_path), "Lab Painter", "0.1.0")
    assert files(folder) == whole


def test_a_split_without_items_is_left_out_and_the_others_load(tmp_path: Path) -> None:
    released = write_release(filled(tmp_path, items(tmp_path)[1:2]), "Lab Painter", "0.1.0")
    assert released.splits == {"image_to_image": 0, "text_to_image": 1, "analysis": 0}
    assert sorted(files(Path(released.folder) / "data")) == ["text_to_image/test-00000-of-00001.parquet"]
    found = load(released.folder, tmp_path / "cache", "text_to_image")
    assert [row["id"] for row in found["text_to_image"]] == ["draw"]


def test_nothing_is_not_released(tmp_path: Path) -> None:
    workspace = filled(tmp_path, [])
    with pytest.raises(Mistake, match="nothing to release"):
        write_release(workspace, "Lab Painter", "0.1.0")
    assert not workspace.releases.exists()


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.0/../..", "1.0.0-rc1", ""])
def test_a_version_is_three_numbers(tmp_path: Path, version: str) -> None:
    workspace = filled(tmp_path, [])
    with pytest.raises(Mistake, match="three numbers"):
        write_release(workspace, "Lab Painter", version)
    assert not workspace.releases.exists()
