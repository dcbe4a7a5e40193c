"""A release is a suite like any other: its rows are graded with the question that `judge` asks."""

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from suite_runs import loaded, picture, scored

from echoloop.calls import Endpoint, load_prompt, request_key
from echoloop.engine import Rendering
from echoloop.grading import grade_request
from echoloop.records import Mistake
from echoloop.suites import open_suite
from echoloop.suites.asking import Hearing, request_of
from echoloop.workspace import writing

SUITE = open_suite("release")


def write_release(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> Path:
    image = pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("prompt", pa.string()),
            ("input_images", image),
            ("language", pa.string()),
            ("task", pa.string()),
            ("source_posts", pa.list_(pa.string())),
        ]
    )
    for split, own in rows.items():
        place = folder / "data" / split
        place.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(own, schema=schema), place / "test-00000-of-00001.parquet")
    return folder


def row(name: str, prompt: str | None, *, images: list[bytes] | None = None) -> dict[str, Any]:
    pictures = [{"bytes": data, "path": f"{n}.png"} for n, data in enumerate(images or [])]
    return {
        "id": name,
        "prompt": prompt,
        "input_images": pictures,
        "language": "en",
        "task": "edit",
        "source_posts": ["https://x.com/i/status/1"],
    }


def test_both_benchmark_splits_are_tasks_and_analysis_is_not(tmp_path: Path) -> None:
    release = write_release(
        tmp_path,
        {
            "text_to_image": [row("a", "a cup")],
            "image_to_image": [row("b", "make it red", images=[picture(1)])],
            "analysis": [row("c", "why")],
        },
    )
    tasks, faults = loaded(SUITE, release)
    assert not faults
    assert {task.id: (task.group, len(task.input_images)) for task in tasks} == {
        "a": ("text_to_image", 0),
        "b": ("image_to_image", 1),
    }
    assert tasks[1].input_images[0].sha256
    assert tasks[0].source_posts == ("https://x.com/i/status/1",)


def test_what_the_public_variant_lacks_is_said(tmp_path: Path) -> None:
    release = write_release(tmp_path, {"text_to_image": [row("a", ""), row("b", "a cup"), row("b", "a cup")]})
    tasks, faults = loaded(SUITE, release)
    assert [task.id for task in tasks] == ["b"]
    assert faults == ["1 a: no prompt: this is the public variant", "3 b: the id was there already"]


def test_a_folder_without_rows_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no rows of a release"):
        loaded(SUITE, tmp_path)


def test_both_rules_of_reading_a_grade(tmp_path: Path) -> None:
    (task,), _ = loaded(SUITE, write_release(tmp_path, {"text_to_image": [row("a", "a cup")]}))
    said = "A [[3]] at first, and then [[8]]"
    assert scored(SUITE, task, said, "default").value == 8.0
    assert scored(SUITE, task, said, "released_code").value == 3.0
    assert scored(SUITE, task, "[[11]]", "default").value is None
    assert scored(SUITE, task, "[[11]]", "released_code").reason


def test_a_picture_that_judge_graded_is_not_paid_again(tmp_path: Path) -> None:
    """Both ask in the same words, so both find the same receipt."""
    (task,), _ = loaded(
        SUITE, write_release(tmp_path, {"text_to_image": [row("a", "a cup", images=[picture(1)])]})
    )
    (look,) = SUITE.looks(task)
    with writing(tmp_path / "workspace") as workspace:
        images = workspace.images
    shown, made = images.put(picture(1)), images.put(picture(2))
    rendering = Rendering(
        Endpoint(name="eyes", provider="p", model="m", base_url="http://127.0.0.1:1/v1"),
        images,
        load_prompt(*look.rubric),
    )
    hearing = Hearing(
        task=task, output="o", model="m", number=0, picture=made, quarter=None, judge="eyes", endpoint="eyes", part="",
        data=msgspec.json.encode(look.data).decode(), references=(shown,),
    )  # fmt: skip
    ours = request_of(hearing, rendering)
    assert request_key(ours) == request_key(grade_request(rendering, task.prompt, [shown], made))
