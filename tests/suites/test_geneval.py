import json

import pytest
from scripted_model import scripted
from stage_runs import run_stages, store_picture
from suite_files import NO_PICTURE, counts_told, loaded, measure_named, value_of, write_lines

from echoloop.lab.detector import open_detector
from echoloop.lab.scenes import Scene, Thing, draw
from echoloop.records import Output, SuiteTask
from echoloop.suites import detector_stage, result_stages
from echoloop.suites.geneval import GENEVAL, TAGS, detect
from echoloop.suites.suite import Heard
from echoloop.suites.tables import answers_table


def line(tag="single_object", *include, prompt="a photo of a cat", **other):
    return {"tag": tag, "include": list(include) or [{"class": "cat", "count": 1}], "prompt": prompt, **other}


def test_the_published_file_is_read(tmp_path):
    position = {"class": "dog", "count": 1, "position": ["right of", 0]}
    rows = [
        line(),
        line("position", {"class": "cat", "count": 1}, position),
        line("counting", {"class": "cat", "count": 2}, exclude=[{"class": "cat", "count": 3}]),
        line("color_attr", {"class": "cat", "count": 1, "color": "red"}),
    ]
    tasks, told = loaded(GENEVAL, write_lines(tmp_path / "evaluation_metadata.jsonl", rows, bom=True))
    assert told == []
    assert [one.id for one in tasks] == ["00000", "00001", "00002", "00003"]
    assert GENEVAL.samples == 4
    assert GENEVAL.looks(tasks[0]) == ()
    assert "1 tasks of single_object where 80 were published" in counts_told(
        GENEVAL, tmp_path / "evaluation_metadata.jsonl"
    )


def test_what_is_wrong_is_said_with_line_and_name(tmp_path):
    cat = {"class": "cat", "count": 1}
    rows = [
        line("spatial"),
        line(include=[]),
        line("counting", {"class": "cat", "count": 0}),
        line("colors", {"class": "cat", "count": 1, "color": "teal"}),
        line("position", cat, {**cat, "position": ["near", 0]}),
        line("position", {**cat, "position": ["above", 0]}, cat),
        line(prompt=" "),
        "{",
        '{"tag": "colors", "tag": NaN}',
    ]
    tasks, told = loaded(GENEVAL, write_lines(tmp_path / "e.jsonl", rows))
    assert tasks == []
    assert [one.split(" ")[0] for one in told] == [str(number) for number in range(1, 10)]
    assert "unknown tag 'spatial'" in told[0]
    assert "(a photo of a cat)" in f"({told[0].split(': ')[0][2:]})"


def test_long_prompts_are_named_as_another_benchmark(tmp_path):
    path = write_lines(tmp_path / "e.jsonl", [line(prompt="A majestic cat rests upon a sunlit sill.")])
    tasks, _ = loaded(GENEVAL, path)
    assert any("another benchmark" in what for what in counts_told(GENEVAL, path))
    assert GENEVAL.measures(tasks, "default")[0].name == "overall (rewritten prompts)"


@pytest.mark.parametrize("preset", ["default", "released_code"])
def test_absences_are_no_zeros(preset):
    task = SuiteTask(id="00000", suite="geneval", line=1, prompt="a photo of a cat", group="colors")

    def score(one):
        return GENEVAL.score(task, {"": one}, preset)

    assert score(Heard(value={"correct": True, "reason": ""}, state="answered")).value == 1
    assert score(Heard(value={"correct": False, "reason": "0 of 1 cat"}, state="answered")).value == 0
    assert score(Heard(state="unparsed", reason="the detector knows no 'cat'")).value is None
    assert score(NO_PICTURE).reason == NO_PICTURE.reason


def test_the_mean_of_six_accuracies(tmp_path):
    rows = [
        line(tag, prompt=f"a photo of {tag} {number}")
        for tag in TAGS
        for number in range(2 if tag == "colors" else 1)
    ]
    tasks, _ = loaded(GENEVAL, write_lines(tmp_path / "e.jsonl", rows))
    scores = {task.id: 0.5 if task.group == "colors" else 1.0 for task in tasks}
    assert value_of(measure_named(GENEVAL, tasks, "overall"), scores) == pytest.approx(5.5 / 6)
    gone = {task.id: None if task.group == "position" else 1.0 for task in tasks}
    assert value_of(measure_named(GENEVAL, tasks, "overall"), gone) is None
    assert value_of(measure_named(GENEVAL, tasks, "overall", "released_code"), gone) == 1


def task_of(tag, *include, **other):
    wanted = line(tag, *include, **other)
    return SuiteTask(
        id="00000",
        suite="geneval",
        line=1,
        prompt="a photo of it",
        group=tag,
        metadata=json.dumps({key: wanted[key] for key in ("include", "exclude") if key in wanted}),
    )


def test_the_labs_eyes_judge_the_labs_pictures():
    eyes = open_detector()
    scene = Scene(
        things=(
            Thing(noun="ball", colour="red", cell="middle left"),
            Thing(noun="star", colour="blue", cell="middle right"),
            Thing(noun="star", colour="green", cell="top centre", size="small"),
        )
    )
    pixels = draw(scene)

    def correct(task):
        value = detect(task, pixels, eyes)
        assert isinstance(value, dict)
        return value["correct"]

    ball, star = {"class": "ball", "count": 1}, {"class": "star", "count": 1}
    assert correct(task_of("two_object", ball, star))
    assert correct(task_of("colors", {**ball, "color": "red"}))
    assert not correct(task_of("colors", {**ball, "color": "blue"}))
    assert correct(
        task_of("counting", {"class": "star", "count": 2}, exclude=[{"class": "star", "count": 3}])
    )
    assert not correct(
        task_of("counting", {"class": "star", "count": 1}, exclude=[{"class": "star", "count": 2}])
    )
    assert correct(task_of("position", star, {**ball, "position": ["left of", 0]}))
    assert not correct(task_of("position", star, {**ball, "position": ["above", 0]}))
    with pytest.raises(ValueError, match="knows no 'zebra'"):
        detect(task_of("single_object", {"class": "zebra", "count": 1}), pixels, eyes)


def test_a_detector_looks_at_four_pictures_of_each_prompt(tmp_path):
    eyes = "echoloop.lab.detector:open_detector"
    rows = [
        line("colors", {"class": "ball", "count": 1, "color": "red"}, prompt="a photo of a red ball"),
        line("single_object", {"class": "zebra", "count": 1}, prompt="a photo of a zebra"),
    ]
    tasks, _ = loaded(GENEVAL, write_lines(tmp_path / "e.jsonl", rows))
    outputs = []
    for task in tasks:
        for number in range(3):
            ball = Thing(
                noun="ball",
                colour="red" if number else "blue",
                cell=("centre", "top left", "top right")[number],
            )
            image = store_picture(tmp_path, draw(Scene(things=(ball,))))
            made = {"split": "text_to_image", "state": "answered", "reason": "", "image": image.sha256}
            outputs.append(Output(id=f"{task.id}/m/{number}", item=task.id, model="m", number=number, **made))
    stages = [
        detector_stage(GENEVAL, "geneval", "m", eyes),
        *result_stages(
            GENEVAL, "geneval", ["geneval.outputs.m"], [answers_table("geneval", "m", eyes)], resamples=50
        ),
    ]
    tables = {"geneval.tasks": (SuiteTask, tasks), "geneval.outputs.m": (Output, outputs)}
    done = run_stages(tmp_path, stages, tables, [scripted(tmp_path, [])])
    table = {row.measure: row for row in done.kept if row.preset == "default"}
    assert table["colors"].value == pytest.approx(2 / 3)
    assert (table["single_object"].value, table["single_object"].coverage) == (None, 0)
    assert "knows no 'zebra'" in table["single_object"].absences[0]
    assert table["overall"].value is None
