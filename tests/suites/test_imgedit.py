import json

import pytest
from suite_files import FAILED, NO_PICTURE, counts_told, loaded, measure_named, picture, scored, value_of

from echoloop.records import Mistake
from echoloop.suites.imgedit import IMGEDIT, KINDS


def entry(kind: str = "style", place: str = "animal/1.jpg") -> dict[str, str]:
    return {"id": place, "prompt": f"Do it ({kind}).", "edit_type": kind}


@pytest.fixture
def file(tmp_path):
    (tmp_path / "animal").mkdir()
    (tmp_path / "animal" / "1.jpg").write_bytes(picture())
    path = tmp_path / "basic_edit.json"
    path.write_text(json.dumps({"1082": entry(), "7": entry("alter")}, indent=4), "utf-8-sig")
    return path


@pytest.fixture
def task(file):
    return loaded(IMGEDIT, file)[0][0]


def test_the_published_object_is_read_with_its_pictures(file):
    tasks, told = loaded(IMGEDIT, file)
    assert told == []
    assert [(one.id, one.line, one.group) for one in tasks] == [("1082", 2, "style"), ("7", 7, "alter")]
    assert all(one.input_images[0].sha256 for one in tasks)
    assert "2 tasks where 737 were published" in counts_told(IMGEDIT, file)


def test_pictures_may_lie_in_a_folder_of_their_own_and_adjust_is_alter(tmp_path):
    (tmp_path / "original_images" / "animal").mkdir(parents=True)
    (tmp_path / "original_images" / "animal" / "1.jpg").write_bytes(picture())
    (tmp_path / "e.json").write_text(json.dumps({"1": entry("adjust")}))
    [task], told = loaded(IMGEDIT, tmp_path / "e.json")
    assert (task.group, told) == ("alter", [])
    assert task.input_images[0].sha256


def test_what_is_wrong_is_said_with_line_and_key(tmp_path):
    text = """{
 "1": {"id": "a.jpg", "prompt": "x", "edit_type": "adds"},
 "2": {"id": "a.jpg", "edit_type": "add"},
 "3": ["add"],
 "4": {"id": "../../etc/passwd", "prompt": "x", "edit_type": "add"},
 "4": {"id": "a.jpg", "prompt": "y", "edit_type": "add"},
 "5": {"id": "a.jpg", "prompt": "x" "edit_type": "add"},
 "6": {"id": "a.jpg", "prompt": "x", "edit_type": "add"}
}"""
    (tmp_path / "e.json").write_text(text)
    tasks, told = loaded(IMGEDIT, tmp_path / "e.json")
    assert [line.split(": ")[0] for line in told] == ["2 1", "3 2", "4 3", "6 4", "7 "]
    assert "'adds'" in told[0]
    assert "not JSON from here on" in told[-1]
    assert [one.id for one in tasks] == ["4"]
    assert tasks[0].input_images[0].absence


def test_a_file_that_is_not_there_or_nothing_of_the_kind(tmp_path):
    with pytest.raises(Mistake, match="cannot be read"):
        loaded(IMGEDIT, tmp_path / "none.json")
    (tmp_path / "e.json").write_text("hello")
    assert loaded(IMGEDIT, tmp_path / "e.json") == ([], ["1 : the file is no JSON object or list"])


@pytest.mark.parametrize(
    "said",
    [
        "Brief reasoning: ok\nFirst: 5\nSecond: 4\nThird: 3",
        "**First:** 5/5\n**Second:** 4/5\n**Third:** 3/5",
        "Brief reasoning: 2 cats\nPrompt Compliance: 5\nVisual Seamlessness: 4\nPhysical & Detail Fidelity: 3",
        '{"First": 5, "Second": 4, "Third": 3}',
    ],
)
def test_three_scores_make_a_mean(task, said):
    found = scored(IMGEDIT, task, {"": said})
    assert found.value == 4
    assert found.parts == {"first": 5, "second": 4, "third": 3}


@pytest.mark.parametrize(
    "said",
    [
        "First: 5\nSecond: 4",
        "First: 6\nSecond: 4\nThird: 4",
        "A: 5\nB: 6\nC: 2",
        "I cannot judge this.",
        "5 4 3",
    ],
)
def test_anything_else_is_absent(task, said):
    assert scored(IMGEDIT, task, {"": said}).value is None


def test_as_released(task):
    def released(said):
        return scored(IMGEDIT, task, {"": said}, "released_code")

    assert released("Why: x\nPrompt Compliance: 1\nVisual Seamlessness: 4\nFidelity: 4").value == 3.0
    assert released("A: 5\nB: 4").value == 4.5, "two scores are averaged as three are"
    assert released("A: 5\nB: 4\nC: 4").value == 4.33, "rounded to two places"
    assert released("A: 50").value == 50
    assert released("A: 4.5\nB: **4**\nC: 3").value == 3
    assert released("no").value is None
    assert "stops" in released(FAILED).reason
    assert released(NO_PICTURE).reason == NO_PICTURE.reason


def test_the_mean_of_nine_kinds(tmp_path):
    entries = {
        f"{kind}{number}": entry(kind) for kind in KINDS for number in range(3 if kind == "add" else 1)
    }
    (tmp_path / "e.json").write_text(json.dumps(entries))
    tasks, _ = loaded(IMGEDIT, tmp_path / "e.json")
    scores = {task.id: 1.0 if task.group == "add" else 4.0 for task in tasks}
    assert len(KINDS) == 9
    assert value_of(measure_named(IMGEDIT, tasks, "overall"), scores) == pytest.approx(33 / 9)
    assert value_of(measure_named(IMGEDIT, tasks, "all tasks"), scores) == pytest.approx(35 / 11)
    assert value_of(measure_named(IMGEDIT, tasks, "overall"), {**scores, "style0": None}) is None
