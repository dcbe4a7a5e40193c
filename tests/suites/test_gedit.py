import pytest
from suite_files import (
    FAILED,
    NO_PICTURE,
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

from echoloop.suites.gedit import GEDIT, GROUPS


def row(key: str, group: str = "text_change", language: str = "en", **other: object) -> dict[str, object]:
    return {
        "key": key,
        "task_type": group,
        "instruction": "把标题改成红色" if language == "cn" else "Make the title red",
        "instruction_language": language,
        "input_image": hub_picture(picture("red", (16, 16))),
        "input_image_raw": hub_picture(picture("red", (64, 48))),
        "Intersection_exist": True,
        **other,
    }


@pytest.fixture
def task(tmp_path):
    return loaded(GEDIT, write_parquet(tmp_path / "a.parquet", [row("k1")]))[0][0]


def test_the_hubs_shards_are_read_in_order(tmp_path):
    write_parquet(tmp_path / "data" / "train-00000-of-00002.parquet", [row("k1"), row("k1", language="cn")])
    write_parquet(
        tmp_path / "data" / "train-00001-of-00002.parquet", [row("k2", "ps_human", Intersection_exist=False)]
    )
    tasks, told = loaded(GEDIT, tmp_path / "data")
    assert told == []
    assert [one.id for one in tasks] == ["text_change/en/k1", "text_change/cn/k1", "ps_human/en/k2"]
    assert [one.line for one in tasks] == [1, 2, 3]
    assert tasks[0].input_images[0].width == 64, "models are given the raw picture"
    assert [look.references for look in GEDIT.looks(tasks[0])] == [True, False]
    assert "2 instructions in 'en' where 606 were published" in counts_told(GEDIT, tmp_path / "data")


def test_what_is_wrong_is_said_with_row_and_name(tmp_path):
    rows = [
        row("a", "text-change", input_image="x.png", input_image_raw=None),
        row("b", language="zh", input_image=None, input_image_raw=None),
        row("c", Intersection_exist="yes", input_image=None, input_image_raw=None),
        row("d", input_image="gone.png", input_image_raw=None),
        row("d", input_image="gone.png", input_image_raw=None),
    ]
    tasks, told = loaded(GEDIT, write_lines(tmp_path / "g.jsonl", rows, bom=True))
    assert [line.split(": ")[0] for line in told] == ["1 a", "2 b", "3 c", "5 text_change/en/d"]
    assert "there are en and cn" in told[1]
    assert "gone.png" in tasks[0].input_images[0].absence


def test_the_lesser_of_each_counts(task):
    found = scored(GEDIT, task, {"SC": '{"score": [9, 4]}', "PQ": '```json\n{"score": [9, 10]}\n```'})
    assert found.value == 6
    assert found.parts == {"SC": 4, "PQ": 9}


@pytest.mark.parametrize("said", ['{"score": [9]}', '{"score": [9, 12]}', "[9, 9]", "nine", '{"score": 9}'])
def test_a_list_that_is_not_two_scores_is_absent(task, said):
    found = scored(GEDIT, task, {"SC": said, "PQ": '{"score": [9, 9]}'})
    assert found.value is None
    assert found.parts == {"PQ": 9}


def test_as_released(task):
    def released(sc, pq='{"score": [4, 4]}'):
        return scored(GEDIT, task, {"SC": sc, "PQ": pq}, "released_code")

    assert released('fine {"score": [9, 25]} ').value == 6
    assert released('{"score": [25]}').value == 10, "lists of any length, numbers of any size"
    assert released("[9, 10]").value == 6
    assert released("9").value == 6
    assert released('||V^=^V|| {"score": [9, 9]} ||V^=^V||').value == 6
    for unread in ("good", '{"score": [9, NaN]}', '{"score": 9}', '{"score": [9, 9', FAILED):
        found = released(unread)
        assert found.value is None
        assert "random" in found.reason
    assert released(NO_PICTURE, NO_PICTURE).reason == NO_PICTURE.reason


def test_groups_languages_and_the_intersection_are_apart(tmp_path):
    rows = [
        row(f"{group}{number}", group, language, Intersection_exist=number == 0)
        for group in GROUPS
        for language in ("en", "cn")
        for number in (0, 1, 2)[: 3 if group == "text_change" else 2]
    ]
    tasks, _ = loaded(GEDIT, write_parquet(tmp_path / "a.parquet", rows))
    scores = {
        task.id: (3.0 if task.id.endswith("0") else 5.0) if task.language == "en" else 1.0 for task in tasks
    }
    names = [measure.name for measure in GEDIT.measures(tasks, "default")]
    assert names[:6] == [
        "overall, en",
        "semantic consistency, en",
        "perceptual quality, en",
        "overall, en, intersection",
        "semantic consistency, en, intersection",
        "perceptual quality, en, intersection",
    ]
    assert value_of(measure_named(GEDIT, tasks, "overall, en, intersection"), scores) == 3
    assert value_of(measure_named(GEDIT, tasks, "overall, cn"), scores) == 1
    assert value_of(measure_named(GEDIT, tasks, "overall, en"), scores) == pytest.approx(
        (10 * 4 + 13 / 3) / 11
    )
    assert value_of(measure_named(GEDIT, tasks, "text_change, en"), scores) == pytest.approx(13 / 3)
