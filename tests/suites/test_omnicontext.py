import json
import math

import pytest
from suite_files import (
    FAILED,
    NO_PICTURE,
    REFUSED,
    counts_told,
    hub_picture,
    loaded,
    measure_named,
    picture,
    scored,
    value_of,
    write_lines,
    write_parquet,
)

from echoloop.records import Mistake
from echoloop.suites.omnicontext import OMNICONTEXT, TASKS
from echoloop.suites.released_json import NothingRead, read_as_released


def row(key: str, kind: str = "single_object", **other: object) -> dict[str, object]:
    return {
        "key": key,
        "task_type": kind,
        "instruction": f"Put it on a table ({key}).",
        "instruction_language": "en",
        "input_images": [hub_picture(picture("red")), hub_picture(picture("blue"))],
        **other,
    }


@pytest.fixture
def task(tmp_path):
    tasks, told = loaded(OMNICONTEXT, write_parquet(tmp_path / "train.parquet", [row("a1")]))
    assert told == []
    return tasks[0]


def test_the_hubs_file_is_read_with_its_pictures_in_order(tmp_path):
    path = write_parquet(tmp_path / "train.parquet", [row("a1"), row("b2", "scene_character")])
    tasks, told = loaded(OMNICONTEXT, path)
    assert told == []
    assert [one.id for one in tasks] == ["single_object/a1", "scene_character/b2"]
    assert len({image.sha256 for image in tasks[0].input_images}) == 2
    assert tasks[0].language == "en"
    assert [look.references for look in OMNICONTEXT.looks(tasks[0])] == [True, True]
    assert OMNICONTEXT.looks(tasks[1])[1].data == {
        "instruction": tasks[1].prompt,
        "score": "subject consistency",
        "scene": True,
    }


def test_names_of_files_do_as_well(tmp_path):
    (tmp_path / "one.png").write_bytes(picture())
    lines = write_lines(tmp_path / "data.jsonl", [row("a", input_images=["one.png"])], bom=True)
    images = tmp_path / "images" / "multi_object"
    images.mkdir(parents=True)
    (images / "k_0.jpg").write_bytes(picture())
    entry = {"id": 7, "task_type": "multi_object", "ori_img": ["k_0.jpg"], "ins_en": "Both of them."}
    listed = tmp_path / "metadata.json"
    listed.write_text(json.dumps([entry], indent=2))
    assert [one.id for one in loaded(OMNICONTEXT, lines)[0]] == ["single_object/a"]
    [task] = loaded(OMNICONTEXT, listed)[0]
    assert task.id == "multi_object/7"
    assert task.input_images[0].sha256


def test_what_is_wrong_is_said_with_row_and_name(tmp_path):
    outside = tmp_path.parent / "secret.png"
    outside.write_bytes(picture())
    rows = [
        row("a", "singel_object", input_images=["x.png"]),
        row("b", instruction=" ", input_images=["x.png"]),
        row("c", input_images=[]),
        row("d", input_images=["gone.png", "../secret.png"]),
        row("d", input_images=["gone.png"]),
        "[1]",
    ]
    tasks, told = loaded(OMNICONTEXT, write_lines(tmp_path / "data.jsonl", rows))
    assert [line.split(": ")[0] for line in told] == ["1 a", "2 b", "3 c", "5 single_object/d", "6 "]
    assert "singel_object" in told[0]
    assert "line 4 already" in told[3]
    [task] = tasks
    assert "gone.png" in task.input_images[0].absence
    assert "outside" in task.input_images[1].absence
    assert "1 tasks of single_object where 50 were published" in counts_told(
        OMNICONTEXT, tmp_path / "data.jsonl"
    )


def test_a_file_without_its_columns_names_them(tmp_path):
    with pytest.raises(Mistake, match="task_type, input_images"):
        loaded(OMNICONTEXT, write_parquet(tmp_path / "x.parquet", [{"key": "a", "instruction": "b"}]))
    (tmp_path / "pointer.parquet").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(Mistake, match="Parquet"):
        loaded(OMNICONTEXT, tmp_path / "pointer.parquet")


@pytest.mark.parametrize("said", ['{"score": 8}', "**Score: 8**", "8/10", '```json\n{"score": "8"}\n```'])
def test_the_score_is_the_root_of_both(task, said):
    found = scored(OMNICONTEXT, task, {"PF": said, "SC": '{"reasoning": "x", "score": 2}'})
    assert found.value == pytest.approx(4)
    assert found.parts == {"PF": 8, "SC": 2}


@pytest.mark.parametrize("said", ['{"score": 11}', "I'd say good", "8 or 9", '{"score": -1}'])
def test_a_score_that_cannot_be_read_is_absent(task, said):
    found = scored(OMNICONTEXT, task, {"PF": said, "SC": '{"score": 9}'})
    assert found.value is None
    assert found.parts == {"SC": 9}
    assert "prompt following" in found.reason


def test_absences_are_no_zeros(task):
    for heard in (FAILED, REFUSED, NO_PICTURE):
        found = scored(OMNICONTEXT, task, {"PF": heard, "SC": heard})
        assert (found.value, found.reason) == (None, heard.reason)


def test_as_released(task):
    def released(pf, sc='{"score": 4}'):
        return scored(OMNICONTEXT, task, {"PF": pf, "SC": sc}, "released_code")

    assert released('Sure! {"score": 9, "reasoning": "x"}').value == 6
    assert released("9").value == 6
    assert released('{"score": 16}').value == 8, "out of range goes into the mean"
    assert released('{"score": 0}', '{"score": 10}').value == 0
    for unread in (
        "good",
        '{"score": NaN}',
        '{"score": "nine"}',
        "{score: 9}",
        FAILED,
    ):
        found = released(unread)
        assert found.value is None
        assert "random" in found.reason
    assert released(NO_PICTURE).reason.endswith("none was made")


def test_a_number_beyond_all_bounds_ends_no_run():
    with pytest.raises(NothingRead):
        read_as_released(f'{{"score": 1{"0" * 400}}}')


def test_eight_and_six_tasks_are_both_named(tmp_path):
    rows = [row(f"{kind}{number}", kind) for kind in TASKS for number in (0, 1)]
    tasks, _ = loaded(OMNICONTEXT, write_parquet(tmp_path / "train.parquet", rows))
    scores = {task.id: 2.0 if task.group.startswith("single") else 8.0 for task in tasks}
    scores["multi_object/multi_object1"] = None
    assert value_of(measure_named(OMNICONTEXT, tasks, "mean of eight tasks"), scores) == 6.5
    assert value_of(measure_named(OMNICONTEXT, tasks, "mean of six tasks"), scores) == 8
    assert OMNICONTEXT.measures(tasks, "default")[0].name == "mean of eight tasks"
    assert measure_named(OMNICONTEXT, tasks, "subject consistency, six tasks").part == "SC"
    gone = {name: None if name.startswith("scene_object") else score for name, score in scores.items()}
    assert value_of(measure_named(OMNICONTEXT, tasks, "mean of six tasks"), gone) is None
    assert value_of(measure_named(OMNICONTEXT, tasks, "mean of six tasks", "released_code"), gone) == 8


def test_only_english_counts_as_released(tmp_path):
    [task], _ = loaded(
        OMNICONTEXT, write_parquet(tmp_path / "a.parquet", [row("a", instruction_language="zh")])
    )
    said = {"PF": '{"score": 4}', "SC": '{"score": 9}'}
    assert math.isclose(scored(OMNICONTEXT, task, said).value or 0, 6)
    assert scored(OMNICONTEXT, task, said, "released_code").value is None
