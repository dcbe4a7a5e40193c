"""A folder of pictures made elsewhere -> outputs, with everything that does not fit said by name."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stage_runs import run_stages
from suite_runs import four, picture

from echoloop.images import decode
from echoloop.records import FileMatch, Mistake, Output, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.suites import FolderSettings, folder_content, folder_stages, open_suite
from echoloop.suites.grids import cut, pixels_of, quarter_of
from echoloop.workspace import Workspace

SUITE = open_suite("geneval_pp")


def tasks(count: int) -> list[SuiteTask]:
    return [
        SuiteTask(id=str(line), suite="geneval_pp", line=line, prompt=f"p{line}", group="counting")
        for line in range(1, count + 1)
    ]


def take(tmp_path: Path, known: list[SuiteTask], **changes: Any) -> tuple[list[Output], list[FileMatch]]:
    folder = tmp_path / "pictures"
    fields: dict[str, Any] = {
        "suite": "geneval_pp",
        "model": "theirs",
        "folder": str(folder),
        "content": folder_content(folder),
        "ending": "jpg",
    }
    stages = folder_stages(SUITE, FolderSettings(**{**fields, **changes}))
    done = run_stages(tmp_path, stages, {"geneval_pp.tasks": (SuiteTask, known)}, [])
    rows = Workspace(tmp_path / "workspace").tables.read("geneval_pp.matches.theirs")
    return done.kept, from_table(rows, FileMatch)


def put(tmp_path: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        place = tmp_path / "pictures" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def test_every_file_and_every_task_is_accounted_for(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "1.jpg": picture(1, fmt="jpeg"),
            "2.png": picture(2),
            "3.jpg": b"no picture",
            "4.jpg": picture(4),
            "5.jpg": picture(5, fmt="jpeg"),
            "5.png": picture(6),
            "9.jpg": picture(9, fmt="jpeg"),
            "notes.txt": b"",
        },
    )
    outputs, rows = take(tmp_path, tasks(6))
    states = {(row.file or f"task {row.item}"): (row.state, row.reason) for row in rows}
    assert states == {
        "1.jpg": ("matched", ""),
        "2.png": ("matched", "named .png where .jpg is published: the public script does not find it"),
        "3.jpg": ("unreadable", "not a picture: not_an_image"),
        "4.jpg": ("matched", "named .jpg, and is a png"),
        "5.jpg": ("matched", ""),
        "5.png": ("duplicate", "another picture than 5.jpg, which was taken"),
        "9.jpg": ("extra", "no task of id 9"),
        "notes.txt": ("extra", "not named as a picture"),
        "task 6": ("missing", "no file for this task (line 6)"),
    }
    assert {output.item: output.state for output in outputs} == {
        "1": "answered", "2": "answered", "3": "failed", "4": "answered", "5": "answered", "6": "failed",
    }  # fmt: skip
    assert {output.item: output.reason for output in outputs if output.image is None} == {
        "3": "not a picture: not_an_image",
        "6": "no file for this task",
    }


def test_four_pictures_in_one_are_cut_in_the_order_of_reading(tmp_path: Path) -> None:
    put(tmp_path, {"1.png": four([10, 20, 30, 40])})
    outputs, rows = take(tmp_path, tasks(2), samples=4, grid="2x2")
    images = Workspace(tmp_path / "workspace").images
    first = [output for output in outputs if output.item == "1"]
    assert [quarter_of(output) for output in first] == [0, 1, 2, 3]
    assert [int(pixels_of(images, output.image or "", quarter_of(output)).mean()) for output in first] == [
        10,
        20,
        30,
        40,
    ]
    assert {(output.width, output.height) for output in first} == {(16, 16)}
    assert len({output.image for output in first}) == 1
    assert json.loads(first[3].parameters) == {"grid": "2x2", "quarter": 3}
    assert [output.state for output in outputs if output.item == "2"] == ["failed"] * 4
    assert [row.state for row in rows] == ["matched", "missing"]


def test_an_odd_grid_loses_its_middle_line_and_no_other() -> None:
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    assert [cut(pixels, quarter).shape for quarter in range(4)] == [(2, 3, 3)] * 4
    assert (cut(pixels, 3)[-1, -1] == pixels[-1, -1]).all()


def test_four_files_a_task_and_a_fifth_too_many(tmp_path: Path) -> None:
    put(tmp_path, {f"00000/samples/000{n}.png": picture(n) for n in range(5)})
    outputs, rows = take(tmp_path, tasks(1), samples=4)
    images = Workspace(tmp_path / "workspace").images
    assert [int(decode(images.read(output.image or "")).pixels.mean()) for output in outputs] == [0, 1, 2, 3]
    assert [row.reason for row in rows if row.state == "extra"] == ["4 a task are asked for"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture(1))
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "1.png").symlink_to(tmp_path / "secret.png")
    outputs, rows = take(tmp_path, tasks(1))
    assert rows[0].reason == "a link to a place outside of the folder"
    assert outputs[0].image is None


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="cannot be read"):
        folder_content(tmp_path / "nowhere")
