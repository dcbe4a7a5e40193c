"""What measurements add up to: an interval where there is something to draw again, and none that looks certain of what it is not."""

from pathlib import Path

import pytest
from stage_runs import run_stages

from echoloop.diagnose import DiagnoseSettings, diagnose_stages
from echoloop.records import Effect, Item, Measurement, Output
from echoloop.statistics import share_interval

SETTINGS = DiagnoseSettings(
    reader="scripted", viewer="scripted", resamples=200, metrics=("framing", "object_count", "text_rendering")
)


def effects(folder: Path, metric: str, field: str, *values: float | None) -> dict[str, Effect]:
    """One output an item, of one model."""
    rows = [
        Measurement(
            metric=metric,
            field=field,
            output=f"o{number}",
            item=f"i{number}",
            model="alder",
            value=value,
            state="absent" if value is None else "measured",
            reason="no answer: refused" if value is None else "",
        )
        for number, value in enumerate(values)
    ]
    tables = {"measurements": (Measurement, rows), "outputs": (Output, []), "items": (Item, [])}
    stage = next(stage for stage in diagnose_stages(SETTINGS) if stage.name == "effects")
    return {one.statistic: one for one in run_stages(folder, [stage], tables, []).kept}


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_share_that_was_never_or_always_seen_is_not_certain(tmp_path: Path, value: float) -> None:
    found = effects(tmp_path, "framing", "cut_off", *([value] * 10))["mean"]
    assert (found.value, found.low, found.high) == pytest.approx(share_interval(int(10 * value), 10))
    assert found.high > found.low


def test_a_share_has_no_median(tmp_path: Path) -> None:
    found = effects(tmp_path, "framing", "cut_off", 0.0, 1.0, 1.0, 0.0)
    assert set(found) == {"mean"}
    assert (found["mean"].value, found["mean"].measured) == (0.5, 4)
    assert 0 <= found["mean"].low < 0.5 < found["mean"].high <= 1


@pytest.mark.parametrize("values", [(0.7,), (1.0, 1.0, 1.0)], ids=["one item", "all alike"])
def test_what_cannot_vary_when_drawn_again_has_no_interval(tmp_path: Path, values: tuple[float, ...]) -> None:
    found = effects(tmp_path, "text_rendering", "rating", *values)
    for statistic in ("mean", "median"):
        one = found[statistic]
        assert (one.value, one.low, one.high) == (values[0], None, None)
        assert one.measured == len(values)


def test_an_absence_is_no_zero(tmp_path: Path) -> None:
    found = effects(tmp_path, "object_count", "count_error", 0.5, None, 0.25, None)["mean"]
    assert (found.value, found.measured, found.outputs) == (0.375, 2, 4)
    assert found.absences == ("no answer: refused: 2",)
    nothing = effects(tmp_path / "none", "object_count", "count_error", None)["mean"]
    assert (nothing.value, nothing.low, nothing.reason) == (None, None, "no output could be measured")
