"""BAGEL's Parquet, OmniGen2's rows, our own releases, and how a path is recognised as one of them."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from training_rows import (
    drawn,
    png,
    refused,
    seal_release,
    seen_value,
    write_lines,
    write_release,
    write_tar,
)

from echoloop.records import Mistake, Problem
from echoloop.train.data import open_dataset, recognise
from echoloop.train.data.omnigen2 import OmniGen2
from echoloop.train.data.parquet_rows import ParquetRows
from echoloop.train.data.rows import Row, Unusable
from echoloop.train.data.synthesized import Synthesized

PICTURES, TEXTS = pa.list_(pa.binary()), pa.list_(pa.list_(pa.string()))


def write_parquet(
    path: Path,
    images: list[Any],
    instructions: list[Any],
    rows_per_group: int = 2,
    kinds: Any = (PICTURES, TEXTS),
) -> Path:
    columns = [pa.array(images, kinds[0]), pa.array(instructions, kinds[1])]
    pq.write_table(
        pa.table(columns, names=["image_list", "instruction_list"]), path, row_group_size=rows_per_group
    )
    return path


def test_the_last_picture_is_the_target(tmp_path: Path) -> None:
    images = [[png(1), png(2), png(3)], [png(4)], [png(5), png(6)]]
    dataset = ParquetRows([write_parquet(tmp_path / "a.parquet", images, [[["x"]], [["y"]], [["z"]]])])
    assert tuple(dataset.chunks) == (2, 1)
    rows = [drawn(dataset, index) for index in range(3)]
    assert [seen_value(row.output) for row in rows] == [3, 4, 6]
    assert [[seen_value(picture) for picture in row.inputs] for row in rows] == [[1, 2], [], [5]]
    assert [row.instruction for row in rows] == ["x", "y", "z"]


def test_one_of_the_instructions_is_drawn_by_seed(tmp_path: Path) -> None:
    told = [[["first step"], ["a", "b", "c"]]]
    dataset = ParquetRows([write_parquet(tmp_path / "a.parquet", [[png(1)]], told)])

    def text(seed: int) -> str:
        row = dataset.row(0, np.random.default_rng(seed))
        assert isinstance(row, Row)
        return row.instruction

    texts = [text(seed) for seed in range(40)]
    assert set(texts) == {"a", "b", "c"}
    assert texts == [text(seed) for seed in range(40)]


@pytest.mark.parametrize(
    ("images", "instructions", "reason"),
    [
        (None, [["x"]], "picture_missing"),
        ([], [["x"]], "picture_missing"),
        ([png(1), None], [["x"]], "picture_missing"),
        ([png(1), b""], [["x"]], "picture_missing"),
        ([png(1)], None, "empty_instruction"),
        ([png(1)], [], "empty_instruction"),
        ([png(1)], [None, [None, " "]], "empty_instruction"),
    ],
)
def test_holes_in_a_row_are_refused(tmp_path: Path, images: Any, instructions: Any, reason: str) -> None:
    path = write_parquet(tmp_path / "a.parquet", [images, [png(9)]], [instructions, [["y"]]])
    dataset = ParquetRows([path])
    assert refused(dataset, 0).reason == reason
    assert seen_value(drawn(dataset, 1).output) == 9


def test_a_truncated_file_is_a_fault_beside_the_others(tmp_path: Path) -> None:
    whole = write_parquet(tmp_path / "a.parquet", [[png(1)]], [[["x"]]])
    cut = tmp_path / "b.parquet"
    cut.write_bytes(whole.read_bytes()[:-20])
    dataset = ParquetRows([whole, cut])
    assert sum(dataset.chunks) == 1
    assert dataset.faults[0].name == str(cut)
    with pytest.raises(Mistake, match="no rows in 1 Parquet files"):
        ParquetRows([cut])


def test_damage_inside_a_row_group_costs_its_rows(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", [[png(1)], [png(2)]], [[["x"]], [["y"]]], 1)
    dataset = ParquetRows([path])
    data = bytearray(path.read_bytes())
    data[4:60] = bytes(56)
    path.write_bytes(bytes(data))
    assert refused(dataset, 0).reason == "malformed_row"
    assert seen_value(drawn(dataset, 1).output) == 2


def test_columns_of_another_layout_are_named(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", ["x"], [[["x"]]], kinds=(pa.string(), TEXTS))
    with pytest.raises(Mistake, match="image_list is string"):
        ParquetRows([path])


def omnigen(root: Path, rows: list[dict[str, Any]]) -> OmniGen2:
    write_lines(root / "rows.jsonl", rows)
    return OmniGen2(root / "rows.jsonl")


def edit(output: str, *inputs: str) -> dict[str, Any]:
    return {"task_type": "edit", "instruction": "make it red", "input_images": inputs, "output_image": output}


def test_omnigen2_rows_are_read(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for value in (1, 2):
        (tmp_path / f"images/{value}.png").write_bytes(png(value))
    dataset = omnigen(tmp_path, [edit("images/1.png", str(tmp_path / "images/2.png"))])
    row = drawn(dataset, 0)
    assert (seen_value(row.output), seen_value(row.inputs[0]), row.kind) == (1, 2, "editing")


def test_paths_do_not_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(9))
    root = tmp_path / "set"
    root.mkdir()
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    os.mkfifo(root / "pipe.png")
    (root / "folder.png").mkdir()
    told = [
        "../secret.png", str(tmp_path / "secret.png"), "link.png", "a\0.png", "x" * 5_000, "pipe.png", "folder.png",
        "gone.png",
    ]  # fmt: skip
    dataset = omnigen(root, [edit(path) for path in told])
    reasons = [refused(dataset, index).reason for index in range(len(told))]
    assert reasons[:4] == ["path_refused"] * 4
    assert reasons[4] in ("path_refused", "picture_missing")
    assert reasons[5:] == ["path_refused", "path_refused", "picture_missing"]


def test_links_of_a_hubs_cache_are_followed(tmp_path: Path) -> None:
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "abc"
    blobs.mkdir()
    snapshot.mkdir(parents=True)
    (blobs / "77").write_bytes(png(7))
    (snapshot / "a.png").symlink_to("../../blobs/77")
    assert seen_value(drawn(omnigen(snapshot, [edit("a.png")]), 0).output) == 7


def test_our_releases_are_read_and_every_picture_is_checked(tmp_path: Path) -> None:
    write_release(tmp_path, [("a fish", [], 1), ("both", [2, 3], 4)])
    dataset = Synthesized(tmp_path)
    assert [seen_value(picture) for picture in drawn(dataset, 1).inputs] == [2, 3]
    write_tar(tmp_path / "pictures-00000.tar", {f"{value}.png": png(5) for value in (1, 2, 3, 4)})
    seal_release(tmp_path, 2, 4)
    output = drawn(Synthesized(tmp_path), 0).output
    assert output is not None
    with pytest.raises(Unusable, match="not those the row was made with"):
        output.read()


def test_a_release_may_hold_questions(tmp_path: Path) -> None:
    write_release(tmp_path, [("a fish", [], 1), ("what is it", [2], 3), ("neither", [2], 3)])
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    del rows[1]["output_image"], rows[2]["output_image"]
    rows[1]["answer"] = "a bird"
    write_lines(tmp_path / "rows.jsonl", rows)
    seal_release(tmp_path, 3, 3)
    dataset = Synthesized(tmp_path)
    row = drawn(dataset, 1)
    assert (row.kind, row.answer, seen_value(row.inputs[0])) == ("understanding", "a bird", 2)
    assert refused(dataset, 2).reason == "no_output"


def test_a_release_that_is_not_its_card_is_refused(tmp_path: Path) -> None:
    write_release(tmp_path, [("a fish", [], 1), ("a bird", [], 2)])
    lines = (tmp_path / "rows.jsonl").read_bytes()
    for damaged, message in (
        (lines.splitlines(keepends=True)[0], "1 rows, the card says 2"),
        (lines.replace(b"fish", b"fowl"), "hash"),
    ):
        (tmp_path / "rows.jsonl").write_bytes(damaged)
        with pytest.raises(Problem, match=message):
            Synthesized(tmp_path)
    (tmp_path / "rows.jsonl").write_bytes(lines)
    shard = tmp_path / "pictures-00000.tar"
    archive = shard.read_bytes()
    shard.write_bytes(archive[:1300])
    with pytest.raises(Problem, match=r"damaged|pictures, the card says"):
        Synthesized(tmp_path)
    shard.unlink()
    with pytest.raises(Problem, match="0 pictures, the card says 2"):
        Synthesized(tmp_path)


def test_a_release_without_or_with_a_foreign_card_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no card"):
        Synthesized(tmp_path)
    write_release(tmp_path, [("a fish", [], 1)])
    card = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps(card | {"format": "other-2"}))
    with pytest.raises(Mistake, match="other-2"):
        Synthesized(tmp_path)


def test_layouts_are_recognised(tmp_path: Path) -> None:
    write_release(tmp_path / "ours", [("a fish", [], 1)])
    write_lines(tmp_path / "echo/Surrel-Fantasy-Image/r.jsonl", [edit("1.png")])
    write_lines(tmp_path / "omni/r.jsonl", [edit("1.png")])
    (tmp_path / "bagel").mkdir()
    write_parquet(tmp_path / "bagel/a.parquet", [[png(1)]], [[["x"]]])
    found = {path.name: recognise(path) for path in tmp_path.iterdir()}
    assert found == {"ours": "synthesized", "echo": "echo4o", "omni": "omnigen2", "bagel": "parquet"}
    assert recognise(tmp_path / "echo/Surrel-Fantasy-Image") == "echo4o"
    assert recognise(tmp_path / "omni/r.jsonl") == "omnigen2"
    for name, layout in found.items():
        dataset = open_dataset(tmp_path / name)
        assert dataset.name == f"{layout}:{name}"
        assert sum(dataset.chunks) == 1
    assert open_dataset(tmp_path / "ours", "synthesized", name="mine").name == "mine"


def test_what_is_not_recognised_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"card\.json.*Surrel-Fantasy-Image.*parquet.*jsonl"):
        open_dataset(tmp_path)
    with pytest.raises(Mistake, match="nothing at this path"):
        open_dataset(tmp_path / "gone")
    with pytest.raises(Mistake, match="no layout is called 'csv'"):
        open_dataset(tmp_path, "csv")
    write_lines(tmp_path / "a.jsonl", [edit("1.png")])
    write_lines(tmp_path / "b.jsonl", [edit("1.png")])
    with pytest.raises(Mistake, match=r"2 \*\.jsonl files"):
        open_dataset(tmp_path)
