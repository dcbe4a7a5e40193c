"""A folder of pictures from outside: what fits an item is taken, all else is named, and nothing in it can do harm."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from generate_runs import Generated, generate, item, matches_of, picture
from stage_runs import workspace_of

from echoloop.generate import FolderModel, folder_identity
from echoloop.images import encode_jpeg
from echoloop.records import Item, Mistake

PNG = picture()


def fill(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def model(folder: Path, name: str = "theirs") -> FolderModel:
    return FolderModel(
        name=name, folder=str(folder), content=folder_identity(folder), developer="them", pinned_model="v2"
    )


def take(home: Path, items: list[Item], files: Mapping[str, bytes], **more: object) -> Generated:
    folder = fill(home / "pictures", files)
    return generate(home, items, [model(folder)], **more)


def states(home: Path) -> dict[str, str]:
    return {row.file or f"({row.item}/{row.number})": row.state for row in matches_of(home)}


def test_every_way_to_name_a_file(tmp_path: Path) -> None:
    items = [item(name) for name in ("ant", "bee", "cat", "dog", "Eel", "f/o:x", "gnu-1", "gnu")]
    files = {
        "ant.png": PNG,
        "BEE.JPG": encode_jpeg(np.full((40, 60, 3), 3, dtype=np.uint8)),
        "cat_0.webp": picture(4),
        "dog-1.png": picture(5),
        "eel": picture(6),
        "F_o_x.jpeg": picture(7),
        "gnu-1.png": picture(8),
        "gnu_1.png": picture(9),
    }
    run = take(tmp_path, items, files)
    assert {one.item: one.state for one in run.outputs} == dict.fromkeys(
        (one.id for one in items), "answered"
    )
    assert set(states(tmp_path).values()) == {"matched"}
    store = workspace_of(tmp_path).images
    assert store.read(run.by_item["gnu-1"].image or "") == picture(8)
    assert store.read(run.by_item["gnu"].image or "") == picture(9)
    assert all(one.snapshot == "v2" and one.cost is None and one.seed is None for one in run.outputs)


def test_samples_are_numbered_from_nought_or_from_one(tmp_path: Path) -> None:
    items = [item("ant"), item("bee"), item("cat")]
    files = {
        "ant/1.png": picture(1),
        "ant/2.png": picture(2),
        "ant/3.png": picture(3),
        "bee_0.png": picture(4),
        "bee_1.png": picture(5),
        "cat.png": picture(6),
        "cat-2.png": picture(7),
    }
    run = take(tmp_path, items, files, samples=2)
    store = workspace_of(tmp_path).images
    reds = {(one.item, one.number): one.image and store.read(one.image) for one in run.outputs}
    assert reds == {
        ("ant", 0): picture(1),
        ("ant", 1): picture(2),
        ("bee", 0): picture(4),
        ("bee", 1): picture(5),
        ("cat", 0): picture(6),
        ("cat", 1): None,
    }
    assert states(tmp_path)["ant/3.png"] == "extra"
    assert states(tmp_path)["cat-2.png"] == "extra"
    assert states(tmp_path)["(cat/1)"] == "missing"


def test_what_is_missing_is_no_refusal_and_what_is_no_picture_is_no_outage(tmp_path: Path) -> None:
    items = [item("ant"), item("bee"), item("cat"), item("dog")]
    files = {"ant.png": PNG, "bee.png": b"this is text", "cat.webp": b"", "notes.txt": b"", "ant.json": b"{}"}
    run = take(tmp_path, items, files)
    found = {one.item: (one.state, one.reason) for one in run.outputs}
    assert found["ant"][0] == "answered"
    assert found["bee"] == ("unparsed", "not a picture: not_an_image")
    assert found["cat"] == ("unparsed", "not a picture: empty")
    assert found["dog"] == ("failed", "no file for this item")
    assert run.results[-1].unanswered == 0
    assert states(tmp_path) == {
        "ant.png": "matched",
        "bee.png": "unreadable",
        "cat.webp": "unreadable",
        "(dog/0)": "missing",
        "notes.txt": "extra",
        "ant.json": "extra",
    }


def test_two_files_for_one_item_are_said(tmp_path: Path) -> None:
    files = {"ant.jpg": picture(1), "ant.png": picture(1), "ant.webp": picture(2)}
    run = take(tmp_path, [item("ant"), item("Bee"), item("bee")], {**files, "BEE.png": PNG, "bee.png": PNG})
    assert workspace_of(tmp_path).images.read(run.by_item["ant"].image or "") == picture(1)
    rows = {row.file: row for row in matches_of(tmp_path)}
    assert rows["ant.png"].state == rows["ant.webp"].state == "duplicate"
    assert rows["ant.png"].reason == "the same picture as ant.jpg, which was taken"
    assert rows["ant.webp"].reason == "another picture than ant.jpg, which was taken"
    assert rows["bee.png"].state == "matched"
    assert "fits 2 items" in rows["BEE.png"].reason


def test_nothing_in_it_can_lead_elsewhere_or_hold_the_run_up(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(PNG)
    folder = fill(tmp_path / "pictures", {"gnu.png": PNG})
    (folder / "ant.png").symlink_to(secret)
    (folder / "bee.png").mkdir()
    os.mkfifo(folder / "cat.png")
    (folder / "dog.png").symlink_to(folder / "gnu.png")
    (folder / "eel.png").symlink_to("eel.png")
    with (folder / "fox.png").open("wb") as huge:
        huge.truncate(200 * 1024 * 1024)
    (folder / "a\nb.png").write_bytes(PNG)
    (folder / ".DS_Store").write_bytes(b"")
    (folder / "hen").mkdir()
    (folder / "hen" / "deeper").mkdir()
    (folder / os.fsdecode(b"\xff\xfe.png")).write_bytes(PNG)
    names = ["ant", "bee", "cat", "dog", "eel", "fox", "gnu", "hen"]
    run = generate(tmp_path, [item(name) for name in names], [model(folder)])
    rows = {row.file: row for row in matches_of(tmp_path)}
    assert rows["ant.png"].reason == "a link to a place outside of the folder"
    assert rows["bee.png"].reason == "not a plain file"
    assert rows["cat.png"].reason == "not a plain file"
    assert rows["eel.png"].state == rows["fox.png"].state == "unreadable"
    assert "more than" in rows["fox.png"].reason
    assert rows["a\nb.png"].state == rows["\\xff\\xfe.png"].state == rows[".DS_Store"].state == "extra"
    assert rows["hen/deeper"].reason == "a folder in a folder is not looked into"
    good = {one.item for one in run.outputs if one.state == "answered"}
    assert good == {"dog", "gnu"}
    assert {one.state for one in run.outputs if one.item not in good} == {"failed"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pictures", {"ant.png": PNG})
    (folder / "ant.png").chmod(0)
    (output,) = generate(tmp_path, [item("ant")], [model(folder)]).outputs
    assert (output.state, output.reason) == ("failed", "ant.png: Permission denied")


def test_a_changed_folder_is_looked_through_again_and_an_unchanged_one_is_fresh(tmp_path: Path) -> None:
    files = {"ant.png": PNG}
    items = [item("ant"), item("bee")]
    take(tmp_path, items, files)
    again = take(tmp_path, items, {})
    assert all(result.fresh for result in again.results)
    late = take(tmp_path, items, {"bee.png": picture(9)})
    assert late.by_item["bee"].state == "answered"


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="cannot be read"):
        folder_identity(tmp_path / "nowhere")


def test_planning_takes_what_is_there_for_nothing(tmp_path: Path) -> None:
    planned = take(tmp_path, [item("ant")], {"ant.png": PNG}, mode="plan")
    assert planned.outputs[0].state == "answered"
    assert workspace_of(tmp_path).tables.manifest("outputs") is None


def test_a_large_folder_of_other_things_is_named_and_not_opened(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pictures", {"ant.png": PNG})
    for number in range(5_000):
        (folder / f"other {number}.png").touch()
    begun = time.process_time()
    run = generate(tmp_path, [item("ant")], [model(folder)])
    assert run.outputs[0].state == "answered"
    assert len(matches_of(tmp_path)) == 5_001
    assert time.process_time() - begun < 10
