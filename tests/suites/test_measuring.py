"""Scores -> measures: weighted groups, absences, intervals within groups, and how well a suite tells models apart."""

import msgspec
import numpy as np
import pytest

from echoloop.records import SuiteScore, SuiteTask
from echoloop.suites import (
    Estimator,
    Heard,
    Measure,
    MeasureGroup,
    Scored,
    Suite,
    no_looks,
    plain_mean,
    tell_apart,
)
from echoloop.suites.measuring import measure_all
from echoloop.suites.scoring import score_task


def task(name: str, group: str = "g") -> SuiteTask:
    return SuiteTask(id=name, suite="own", line=1, prompt=name, group=group)


def score(name: str, value: float | None, *, model: str = "m", reason: str = "") -> SuiteScore:
    return SuiteScore(
        preset="default", judge="j", model=model, task=name, value=value, pictures=1, wanted=1, reason=reason
    )


def suite(**changes: object) -> Suite:
    fields: dict[str, object] = {
        "name": "own",
        "title": "Own",
        "about": "",
        "file": "f",
        "load": lambda path, intake: iter(()),
        "looks": no_looks,
        "score": lambda task, heard, preset: Scored(value=None),
        "measures": lambda tasks, preset: [plain_mean("overall", tasks)],
    }
    return Suite(**{**fields, **changes})  # type: ignore[arg-type]


def estimate(measure: Measure, values: dict[str, float | None], resamples: int = 500):
    scores = {
        name: score(name, value, reason="" if value is not None else "judge failed")
        for name, value in values.items()
    }
    return Estimator(resamples, 0).estimate(measure, scores)


WEIGHTED = Measure(
    name="overall",
    groups=(
        MeasureGroup(name="a", weight=3, tasks=("a1", "a2")),
        MeasureGroup(name="b", weight=1, tasks=("b1",)),
    ),
)


def test_a_measure_is_the_weighted_mean_of_group_means() -> None:
    found = estimate(WEIGHTED, {"a1": 1.0, "a2": 0.0, "b1": 1.0})
    assert found.value == pytest.approx((3 * 0.5 + 1) / 4)
    assert (found.scored, found.tasks, found.absences) == (3, 3, ())


def test_a_task_without_a_score_moves_nothing_and_is_counted() -> None:
    found = estimate(WEIGHTED, {"a1": 1.0, "a2": None, "b1": 1.0})
    assert found.value == pytest.approx(1.0)
    assert (found.scored, found.tasks, found.absences) == (2, 3, ("judge failed: 1",))


def test_a_group_without_any_score_is_said_and_never_weighted_away() -> None:
    found = estimate(WEIGHTED, {"a1": 1.0, "a2": 1.0, "b1": None})
    assert (found.value, found.interval) == (None, (None, None))
    assert found.reason == "no task of b has a score"
    lenient = Measure(name="overall", groups=WEIGHTED.groups, skips_empty=True)
    assert estimate(lenient, {"a1": 1.0, "a2": 1.0, "b1": None}).value == 1.0


def test_tasks_are_drawn_within_their_groups() -> None:
    """Two groups, each of one value: however often tasks are drawn, nothing can vary."""
    measure = Measure(
        name="overall",
        groups=tuple(MeasureGroup(name=name, tasks=tuple(f"{name}{n}" for n in range(30))) for name in "ab"),
    )
    found = estimate(measure, {f"{name}{n}": float(name == "a") for name in "ab" for n in range(30)})
    assert found.interval == (0.5, 0.5)


def test_intervals_hold_what_they_promise() -> None:
    measure = plain_mean("overall", [task(str(n)) for n in range(60)])
    random = np.random.default_rng(1)
    held = 0
    for seed in range(200):
        values = {str(n): float(value) for n, value in enumerate(random.random(60) < 0.6)}
        scores = {name: score(name, value) for name, value in values.items()}
        low, high = Estimator(400, seed).estimate(measure, scores).interval
        assert low is not None
        assert high is not None
        held += low <= 0.6 <= high
    assert held >= 178


def rows_of(own: Suite, tasks: list[SuiteTask], scores: list[SuiteScore]):
    return {
        (row.preset, row.model, row.measure): row
        for row in measure_all(own, tasks, scores, Estimator(100, 0))
    }


def test_the_public_script_is_named_where_its_number_is_another() -> None:
    def rule(task: SuiteTask, heard: dict[str, Heard], preset: str) -> Scored:
        del task
        if heard[""].value is None and preset == "released_code":
            return Scored(value=0.0)
        return Scored(value=None if heard[""].value is None else 1.0, reason=heard[""].reason)

    own = suite(score=rule, quirks={"absences": "A failed judge counts as wrong."})
    tasks = [task("a"), task("b")]
    scores: list[SuiteScore] = []
    for model, second in (
        ("whole", Heard(value=1, state="answered")),
        ("half", Heard(state="failed", reason="judge failed")),
    ):
        for one, heard in (("a", Heard(value=1, state="answered")), ("b", second)):
            for preset in ("default", "released_code"):
                scores += score_task(own, task(one), [{"": heard}], preset, judge="j", model=model)
    rows = rows_of(own, tasks, scores)
    ours, theirs = (rows[preset, "half", "overall"] for preset in ("default", "released_code"))
    assert (ours.value, ours.coverage, ours.absences, ours.differs) == (1.0, 0.5, ("judge failed: 1",), "")
    assert (theirs.value, theirs.coverage, theirs.differs) == (0.5, 1.0, "A failed judge counts as wrong.")
    assert rows["released_code", "whole", "overall"].differs == ""


def test_a_task_of_several_pictures_is_the_mean_of_those_with_a_score() -> None:
    own = suite(
        samples=4, score=lambda task, heard, preset: Scored(value=heard[""].value, reason=heard[""].reason)
    )
    heard = [
        {"": Heard(value=1.0, state="answered")},
        {"": Heard(value=0.0, state="answered")},
        {"": Heard(state="refused", reason="no picture: refused", picture=False)},
        {"": Heard(value=1.0, state="answered")},
    ]
    (found,) = score_task(own, task("a"), heard, "default", judge="j", model="m")
    assert (found.value, found.pictures, found.wanted) == (pytest.approx(2 / 3), 3, 4)
    (none,) = score_task(own, task("a"), heard[2:3] * 4, "default", judge="j", model="m")
    assert (none.value, none.pictures, none.reason) == (None, 0, "no picture: refused")


def apart(strengths: dict[str, float], count: int, seed: int = 0, *, noise: float = 1.0):
    random = np.random.default_rng(seed)
    tasks = [task(f"{n:04}") for n in range(count)]
    scores = [
        score(one.id, strength + noise * random.standard_normal(), model=model)
        for model, strength in strengths.items()
        for one in tasks
    ]
    return tell_apart(suite(), tasks, scores, list(strengths), "j", Estimator(400, 0))


def test_discrimination_does_not_grow_with_the_number_of_tasks() -> None:
    """Two models half a standard deviation apart: their distance is 0.5 / sqrt(2) a task, 3.5 per 100 tasks."""
    truth = 10 * 0.5 / np.sqrt(2)
    for count in (50, 200, 800):
        found = np.mean([apart({"a": 0.5, "b": 0.0}, count, seed).value or 0.0 for seed in range(10)])
        assert found == pytest.approx(truth, rel=0.2)


def test_models_that_do_not_differ_are_not_told_apart() -> None:
    values = [apart({"a": 0.0, "b": 0.0, "c": 0.0}, 100, seed) for seed in range(30)]
    assert np.mean([(one.value or 0.0) ** 2 for one in values]) < 0.8
    assert sum(one.low == 0.0 for one in values if one.low is not None) >= 27


def test_a_suite_that_separates_more_has_the_higher_number() -> None:
    sharp, dull = apart({"a": 1.0, "b": 0.0}, 100), apart({"a": 0.2, "b": 0.0}, 100)
    assert sharp.value is not None
    assert dull.value is not None
    assert sharp.value > dull.value
    assert sharp.low is not None
    assert sharp.low <= sharp.value <= (sharp.high or 0.0)
    assert "se its standard error" in sharp.formula


def test_a_missing_score_of_one_model_is_no_difference_between_two() -> None:
    tasks = [task(f"{n}") for n in range(20)]
    scores = [
        score(one.id, float(n % 2), model=model)
        for model, known in (("a", 20), ("b", 11))
        for n, one in enumerate(tasks[:known])
    ]
    assert tell_apart(suite(), tasks, scores, ["a", "b"], "j", Estimator(200, 0)).value == 0.0


def test_what_cannot_be_compared_says_why() -> None:
    alone = apart({"a": 1.0}, 10)
    assert (alone.value, alone.reason) == (None, "fewer than two models")
    same = apart({"a": 1.0, "b": 0.0}, 10, noise=0.0)
    assert (same.value, same.reason) == (
        None,
        "two models differ by the same on every task: there is no standard error",
    )


def test_by_pictures_a_task_counts_as_often_as_it_was_seen_and_places_are_kept() -> None:
    tasks = [task("a"), task("b")]
    scores = {
        "a": msgspec.structs.replace(score("a", 1.0), pictures=4, wanted=4),
        "b": msgspec.structs.replace(score("b", 0.5), pictures=1, wanted=4),
    }
    seen = Estimator(50, 0).estimate(plain_mean("all", tasks, by_pictures=True), scores)
    assert seen.value == pytest.approx((4 * 1.0 + 0.5) / 5)
    assert (seen.scored, seen.tasks) == (2, 2)
    assert Estimator(50, 0).estimate(plain_mean("all", tasks), scores).value == pytest.approx(0.75)
    thirds = {"a": score("a", 1.0), "b": score("b", 0.111)}
    assert Estimator(50, 0).estimate(plain_mean("all", tasks, places=2), thirds).value == 0.56
