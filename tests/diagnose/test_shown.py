"""Whether complaints show in the numbers: a rank correlation that says how little it rests on."""

import dataclasses

import msgspec
import pytest

from echoloop.diagnose import MetricField, open_metrics
from echoloop.diagnose.shown import answering, finding_of
from echoloop.records import Effect, worse_than
from echoloop.statistics import spearman

POINTS = [(0.4, 1.0), (0.3, 0.5), (0.2, 0.75), (0.1, 0.0), (0.05, 0.25), (0.0, 0.25)]


def effect(model: str, value: float | None, better: str) -> Effect:
    return Effect(
        metric="m",
        field="f",
        model=model,
        value=value,
        low=None,
        high=None,
        measured=1,
        outputs=1,
        better=better,  # type: ignore[arg-type]
    )


def test_a_model_has_its_correlation_and_how_many_metrics_it_rests_on() -> None:
    found = finding_of("birch", POINTS)
    assert found.value == pytest.approx(spearman(*zip(*POINTS, strict=True)).statistic)
    assert found.low < found.value < found.high
    assert (found.about, found.n, found.reason) == ("birch", 6, "")
    assert 0 < found.p < 1


def test_too_few_metrics_give_a_reason_and_no_number() -> None:
    found = finding_of("birch", POINTS[:4])
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.reason.startswith("too few: 4 metrics")


def test_no_order_is_no_correlation() -> None:
    assert finding_of("birch", [(0.1, 0.5)] * 6).reason == "all metrics are alike: no order"


@pytest.mark.parametrize(("better", "worst"), [("low", "c"), ("high", "a"), ("zero", "a"), ("unknown", None)])
def test_which_way_is_worse(better: str, worst: str | None) -> None:
    worse = worse_than(
        [
            effect("a", -5.0, better),
            effect("b", 1.0, better),
            effect("c", 2.0, better),
            effect("d", None, better),
        ]
    )
    assert "d" not in worse
    assert max(worse, key=worse.get, default=None) == worst


def test_ties_count_half_and_nobody_is_worse_than_nobody() -> None:
    assert worse_than([effect("a", 1.0, "low"), effect("b", 1.0, "low")]) == {"a": 0.5, "b": 0.5}
    assert worse_than([effect("a", 1.0, "low")]) == {}


@pytest.mark.parametrize(
    ("complaint", "worst"), [("too dark", "night"), ("too bright", "noon"), ("washed out", "night")]
)
def test_a_complaint_is_borne_out_on_its_own_side_of_zero(complaint: str, worst: str) -> None:
    """A picture that is too bright shows nothing of "too dark"; a complaint without a side counts both."""
    both = [
        msgspec.structs.replace(effect(model, value, "zero"), above=("too bright",), below=("too dark",))
        for model, value in (("night", -9.0), ("noon", 6.0), ("dusk", -1.0))
    ]
    worse = worse_than(both, complaint)
    assert max(worse, key=worse.get) == worst


def test_each_field_of_the_colour_shift_answers_its_own_complaints() -> None:
    (metric,) = open_metrics(("color_shift",))
    answers = {field.name: field.answers_of(metric.answers) for field in metric.fields}
    assert answers["delta_b"] == ("yellow tint",)
    assert set(answers["delta_l"]) == {"too dark", "too bright"}
    assert {one for own in answers.values() for one in own} == set(metric.answers)


def test_a_field_without_answers_has_those_of_its_metric_and_none_of_another() -> None:
    assert MetricField(name="f", meaning="", better="low").answers_of(("a", "b")) == ("a", "b")
    assert MetricField(name="f", meaning="", better="low", answers=()).answers_of(("a", "b")) == ()
    (metric,) = open_metrics(("color_shift",))
    with pytest.raises(ValueError, match="add it to the answers of the metric"):
        dataclasses.replace(metric, answers=("too dark",))


def fields_of_a_metric() -> list[Effect]:
    """Night is far too dark, noon a little too yellow: who is worse depends on what is complained of."""
    return [
        msgspec.structs.replace(effect(model, value, better), **more)
        for better, more, values in (
            ("low", {"answers": ("colours changed",)}, (9.0, 4.0)),
            ("zero", {"field": "b", "place": 1, "answers": ("yellow tint",), "above": ("yellow tint",)}, (-5.0, 3.0)),
            ("zero", {"field": "l", "place": 2, "answers": ("too dark",), "below": ("too dark",)}, (-9.0, 0.0)),
        )
        for model, value in zip(("night", "noon"), values, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shares", "complained", "worse"),
    [
        ({"yellow tint": 0.2}, 0.2, {"night": 0.0, "noon": 1.0}),
        ({"too dark": 0.3}, 0.3, {"night": 1.0, "noon": 0.0}),
        ({"yellow tint": 0.3, "too dark": 0.1}, 0.4, {"night": 0.25, "noon": 0.75}),
        ({"strange hands": 0.9}, 0.0, {"night": 1.0, "noon": 0.0}),
    ],
)
def test_a_model_is_placed_by_what_is_complained_of(
    shares: dict[str, float], complained: float, worse: dict[str, float]
) -> None:
    (found,) = answering(fields_of_a_metric(), shares)
    assert found.complained == pytest.approx(complained)
    assert found.worse == pytest.approx(worse)


def test_a_metric_that_answers_nothing_is_no_point() -> None:
    assert answering([effect("birch", 1.0, "low")], {"a": 0.1}) == []
