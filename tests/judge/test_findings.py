"""What the run says against itself: biases that were planted are found, and none is found where none was."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from judged import MODELS, benchmark, settings_of, verdict
from stage_runs import run_stages

from echoloop.judge import Contestant, judge_stages
from echoloop.judge.biases import BRIGHT, LARGE, LONG, NOISE, OWN
from echoloop.records import Finding, Output, Verdict

JUDGES = ("one", "two", "three")
ITEMS = 60
Scoring = Callable[[str, str, int, int], float]
"""Points beyond the picture's merit: of a judge, for a model, an item, a repeat."""


def found(
    folder: Path, beyond: Scoring, *, repeats: int = 1, sizes: dict[str, int] | None = None
) -> dict[tuple[str, str], Finding]:
    tables = benchmark(folder, items=ITEMS)
    draw = np.random.default_rng(1)
    outputs: list[Output] = tables["outputs"][1]
    outputs = [
        msgspec.structs.replace(
            one, width=(sizes or {}).get(one.id, 8), brightness=float(draw.uniform(20, 90))
        )
        for one in outputs
    ]
    tables["outputs"] = (Output, outputs)
    merit = {one.id: 3 + MODELS.index(one.model) + draw.normal(0, 1) for one in outputs}
    heard = [
        verdict(
            one.item,
            one.model,
            judge,
            "word " * int(draw.integers(3, 40)) + "[[5]]",
            float(merit[one.id] + beyond(judge, one.model, int(one.item[1:]), repeat) + draw.normal(0, 0.5)),
            repeat,
        )
        for one in outputs
        for judge in JUDGES
        for repeat in range(repeats)
    ]
    tables["verdicts"] = (Verdict, heard)
    settings = msgspec.structs.replace(
        settings_of(JUDGES, repeats=repeats, baseline="alder", resamples=500),
        contestants=tuple(
            Contestant(name=model, developer="dev two" if model == "birch" else "others") for model in MODELS
        ),
    )
    stages = [stage for stage in judge_stages(settings) if stage.name == "findings"]
    return {(one.measure, one.about): one for one in run_stages(folder, stages, tables, []).kept}


def fair(judge: str, model: str, item: int, repeat: int) -> float:
    del judge, model, item, repeat
    return 0.0


def test_honest_judges_raise_no_alarm(tmp_path: Path) -> None:
    rows = found(tmp_path, fair)
    biases = [row for (measure, _), row in rows.items() if measure in (OWN, LARGE, BRIGHT, LONG)]
    assert not any(row.alarm for row in biases)
    assert rows["effective number of judges", ""].value is not None
    assert rows["outputs scored by every judge", ""].value == 1.0


def test_a_judge_that_favours_its_own_developer_is_named_and_only_that_one(tmp_path: Path) -> None:
    rows = found(tmp_path, lambda judge, model, *_: 1.5 * (judge == "two" and model == "birch"))
    own = rows[OWN, "two"]
    assert own.alarm
    assert own.value == pytest.approx(1.5, abs=0.4)
    assert rows[OWN, "one"].value is None
    assert rows[OWN, "one"].reason


def test_margins_name_the_leader_the_next_and_the_baseline(tmp_path: Path) -> None:
    rows = found(tmp_path, fair)
    ahead = rows["leader ahead of the next, default", "cedar | birch"]
    far = rows["leader ahead of the baseline, default", "cedar | alder"]
    assert ahead.value is not None
    assert far.value is not None
    assert far.value > ahead.value > 0
    assert "=" in ahead.formula
    ceiling = rows["items tied at the top score", ""]
    assert ceiling.value == 0.0
    assert not ceiling.alarm


def test_repeats_measure_a_judges_noise(tmp_path: Path) -> None:
    rows = found(tmp_path, fair, repeats=3)
    assert rows[NOISE, "one"].value == pytest.approx(0.5, abs=0.1)
    assert not rows[NOISE, "one"].alarm


def test_a_liking_for_large_pictures_is_found(tmp_path: Path) -> None:
    sizes = {
        f"i{item}/{model}/0": (64 if (item + place) % 2 else 8)
        for item in range(ITEMS)
        for place, model in enumerate(MODELS)
    }
    rows = found(
        tmp_path,
        lambda judge, model, item, _: 1.0 * (judge == "one" and sizes[f"i{item}/{model}/0"] == 64),
        sizes=sizes,
    )
    liked = rows[LARGE, "one"]
    assert liked.alarm
    assert liked.value is not None
    assert liked.value > 0.3


def test_a_silent_judge_is_an_alarm_not_a_zero(tmp_path: Path) -> None:
    tables = benchmark(tmp_path, items=4)
    heard = [verdict(f"i{item}", model, "one", "[[5]]", 5.0) for item in range(4) for model in MODELS]
    heard += [verdict(f"i{item}", model, "two", "hm", None) for item in range(4) for model in MODELS]
    tables["verdicts"] = (Verdict, heard)
    stages = [stage for stage in judge_stages(settings_of()) if stage.name == "findings"]
    rows = {(one.measure, one.about): one for one in run_stages(tmp_path, stages, tables, []).kept}
    assert rows["grades given", "two"].value == 0.0
    assert rows["grades given", "two"].alarm
    assert not rows["grades given", "one"].alarm
    assert rows["effective number of judges", ""].value == 1.0


def test_where_nobody_was_compared_nobody_leads_and_nothing_breaks(tmp_path: Path) -> None:
    tables = benchmark(tmp_path, items=3)
    tables["verdicts"] = (
        Verdict,
        [verdict(one.item, one.model, "one", "", None) for one in tables["outputs"][1]],
    )
    stages = [
        stage for stage in judge_stages(settings_of(("one",), baseline="alder")) if stage.name == "findings"
    ]
    rows = {(one.measure, one.about): one for one in run_stages(tmp_path, stages, tables, []).kept}
    assert rows["grades given", "one"].value == 0.0
    assert not any("leader" in measure for measure, _ in rows)
