"""People beside judges: what agrees is said to agree, what cannot be known is said not to be, and weights must earn their place."""

from pathlib import Path

import numpy as np
import pytest
from judged import benchmark, ranking, settings_of, verdict
from stage_runs import run_stages

from echoloop.judge import GAIN, PLAIN, RANKINGS, WEIGHT, agreement_stages, calibration_stages
from echoloop.records import Finding, Ranking, Verdict

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
