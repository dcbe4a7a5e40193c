"""People beside judges: what agrees is said to agree, what cannot be known is said not to be, and weights must earn their place."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from judged import benchmark, ranking, settings_of, verdict
from stage_runs import run_stages

from echoloop.engine import Stage
from echoloop.judge import (
    GAIN,
    PLAIN,
    RANKINGS,
    WEIGHT,
    JudgeSettings,
    agreement_stages,
    calibration_stages,
)
from echoloop.records import Finding, Mistake, Ranking, Verdict

MODELS = ("alder", "birch", "cedar", "damson")
JUDGES = ("sharp", "blind", "blunt")
RATERS = ("@rater_01", "@rater_02", "@rater_03")


def tables(folder: Path, items: int = 40, *, noise: float = 0.3, seed: int = 2) -> dict[str, object]:
    """A judge that sees, one that guesses, one that gives everything the same; people who see, with some noise."""
    draw = np.random.default_rng(seed)
    made = benchmark(folder, items=items, models=MODELS)
    heard: list[Verdict] = []
    people: list[Ranking] = []
    for item in range(items):
        merit = draw.permutation(len(MODELS)).astype(float)
        for place, model in enumerate(MODELS):
            said = {"sharp": float(merit[place] + 1), "blind": float(draw.integers(1, 11)), "blunt": 5.0}
            heard += [verdict(f"i{item}", model, judge, "[[5]]", said[judge]) for judge in JUDGES]
        for rater in RATERS:
            felt = merit + draw.normal(0, noise, len(MODELS))
            ranks = {model: int(1 + (felt > felt[place]).sum()) for place, model in enumerate(MODELS)}
            people.append(ranking(f"i{item}", rater, ranks))
    made["verdicts"] = (Verdict, heard)
    made[RANKINGS] = (Ranking, people)
    return made


def agreement(folder: Path, made: dict[str, object]) -> dict[tuple[str, str], Finding]:
    rows = run_stages(folder, agreement_stages(settings_of(JUDGES, MODELS)), made, []).kept  # type: ignore[arg-type]
    return {(one.measure, one.about): one for one in rows}


def test_who_sees_agrees_and_who_guesses_does_not(tmp_path: Path) -> None:
    rows = agreement(tmp_path, tables(tmp_path))
    sharp, blind = (rows["tau_b, judge with consensus", judge] for judge in ("sharp", "blind"))
    assert sharp.value is not None
    assert sharp.value > 0.85
    assert blind.low is not None
    assert blind.high is not None
    assert blind.low < 0.1
    assert rows["raters agree (Kendall's W)", ""].value == pytest.approx(0.95, abs=0.06)
    assert rows["consensus is unique", ""].n == 40


def test_a_judge_that_never_differs_has_no_tau_and_says_why(tmp_path: Path) -> None:
    rows = agreement(tmp_path, tables(tmp_path))
    blunt = rows["tau_b, judge with consensus", "blunt"]
    assert (blunt.value, blunt.n) == (None, 0)
    assert blunt.reason
    assert rows["Pearson, judge with judge", "sharp | blunt"].value is None


def test_dunn_says_its_form_and_counts_every_pair(tmp_path: Path) -> None:
    rows = agreement(tmp_path, tables(tmp_path))
    pairs = [one for (measure, _), one in rows.items() if measure == "Dunn z"]
    assert len(pairs) == 6
    assert all("paired" in one.formula for one in pairs)


def test_a_model_that_nobody_could_rank_does_not_take_the_item_away(tmp_path: Path) -> None:
    made = tables(tmp_path)
    record, people = made[RANKINGS]  # type: ignore[misc]
    made[RANKINGS] = (
        record,
        [ranking(one.item, one.rater, {rank.model: rank.rank for rank in one.ranks if rank.model != "damson"}) for one in people],
    )  # fmt: skip
    rows = agreement(tmp_path, made)
    assert rows["raters agree (Kendall's W)", ""].n == 40
    assert rows["tau_b, judge with consensus", "sharp"].n == 40


def test_nobody_ranked_anything(tmp_path: Path) -> None:
    made = tables(tmp_path)
    made[RANKINGS] = (Ranking, [])
    rows = agreement(tmp_path, made)
    assert rows["raters agree (Kendall's W)", ""].value is None
    assert rows["consensus is unique", ""].reason == "nobody ranked anything"
    assert rows["Pearson, judge with judge", "sharp | blind"].value is not None


def test_weights_favour_who_sees_and_the_gain_is_measured(tmp_path: Path) -> None:
    judges = settings_of((*JUDGES[:2], "blind-too"), MODELS)
    made = tables(tmp_path, items=80)
    record, heard = made["verdicts"]  # type: ignore[misc]
    draw = np.random.default_rng(5)
    made["verdicts"] = (
        record,
        [one if one.judge != "blunt" else verdict(one.item, one.model, "blind-too", "[[5]]", float(draw.integers(1, 11))) for one in heard],
    )  # fmt: skip
    rows = {
        (one.measure, one.about): one
        for one in run_stages(tmp_path, calibration_stages(judges), made, []).kept
    }  # type: ignore[arg-type]
    weights = {judge: rows[WEIGHT, judge].value for judge in ("sharp", "blind", "blind-too")}
    assert weights["sharp"] is not None
    assert weights["sharp"] > 0.8
    gain = rows[GAIN, ""]
    assert gain.low is not None
    assert gain.low > 0
    assert rows[PLAIN, ""].value is not None


def test_weights_of_judges_who_all_guess_gain_nothing(tmp_path: Path) -> None:
    made = tables(tmp_path, items=60, noise=500.0, seed=3)
    rows = run_stages(tmp_path, calibration_stages(settings_of(JUDGES, MODELS)), made, []).kept  # type: ignore[arg-type]
    gain = next(one for one in rows if one.measure == GAIN)
    assert gain.low is None or gain.low <= 0
    assert gain.reason


@pytest.mark.parametrize("people", ["tied", "opposed"])
def test_people_who_see_no_difference_are_not_told_apart_by_the_order_of_the_settings(
    tmp_path: Path, people: str
) -> None:
    """Kemeny's canonical order of a tie is the order of the settings: no test may take it for an opinion."""
    made = tables(tmp_path, items=20)
    ranks = (
        dict.fromkeys(MODELS, 1)
        if people == "tied"
        else {model: place for place, model in enumerate(MODELS, 1)}
    )
    back = (
        {model: len(MODELS) + 1 - place for model, place in ranks.items()} if people == "opposed" else ranks
    )
    made[RANKINGS] = (
        Ranking,
        [ranking(f"i{item}", rater, order) for item in range(20) for rater, order in (("@rater_01", ranks), ("@rater_02", back))],
    )  # fmt: skip
    made["verdicts"] = (
        Verdict,
        [verdict(f"i{item}", model, "sharp", "[[5]]", 9.0 - place) for item in range(20) for place, model in enumerate(MODELS)],
    )  # fmt: skip
    rows = agreement(tmp_path, made)
    assert rows["consensus is unique", ""].value == 0.0
    tested = rows["models differ (Friedman)", ""]
    assert (tested.value, tested.reason) == (None, "everybody ranked all models alike")
    assert rows["tau_b, judge with consensus", "sharp"].value is None
    assert rows["Dunn p (Bonferroni)", "alder | damson"].value == 1.0


def test_one_person_an_item_is_no_agreement(tmp_path: Path) -> None:
    made = tables(tmp_path, items=4)
    made[RANKINGS] = (
        Ranking,
        [ranking(f"i{item}", RATERS[item % 2], {"alder": 1, "birch": 2}) for item in range(4)],
    )
    agreed = agreement(tmp_path, made)["raters agree (Kendall's W)", ""]
    assert (agreed.value, agreed.n) == (None, 0)
    assert agreed.reason


def test_a_ranking_of_models_that_are_gone_is_no_ranked_item(tmp_path: Path) -> None:
    made = tables(tmp_path, items=4)
    made[RANKINGS] = (Ranking, [ranking("i0", "@rater_01", {"gone": 1, "lost": 2})])
    assert agreement(tmp_path, made)["consensus is unique", ""].n == 0


@pytest.mark.parametrize("stages", [agreement_stages, calibration_stages])
def test_verdicts_of_a_judge_that_was_renamed_ask_for_judging_first(
    tmp_path: Path, stages: Callable[[JudgeSettings], list[Stage]]
) -> None:
    judges = settings_of(("sharper", *JUDGES[1:]), MODELS)
    with pytest.raises(Mistake, match="verdicts of sharp"):
        run_stages(tmp_path, stages(judges), tables(tmp_path, items=3), [])  # type: ignore[arg-type]


def test_the_weight_of_a_judge_that_never_spoke_says_so(tmp_path: Path) -> None:
    made = tables(tmp_path)
    record, heard = made["verdicts"]  # type: ignore[misc]
    made["verdicts"] = (record, [one for one in heard if one.judge != "blunt"])
    rows = {
        (one.measure, one.about): one
        for one in run_stages(tmp_path, calibration_stages(settings_of(JUDGES, MODELS)), made, []).kept  # type: ignore[arg-type]
    }
    assert "no pair" in rows[WEIGHT, "blunt"].reason
    assert not rows[WEIGHT, "sharp"].reason
