"""A metric of one's own is one file and its description: it is opened by name and measured like any other."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scripted_model import scripted
from stage_runs import run_stages, store_picture

from echoloop.diagnose import DiagnoseSettings, diagnose_stages, open_metrics
from echoloop.records import Applicability, Effect, Item, Measurement, Mistake, Output

SOURCE = """
from echoloop.diagnose import Metric, MetricField, Pictures, Values


def contrast(pictures: Pictures) -> Values:
    return {"contrast": float(pictures.output.std() - pictures.inputs[0].std())}


METRIC = Metric(
    name="contrast",
    fields=(MetricField(name="contrast", meaning="how much harder (+) or flatter (-) than the input", better="zero"),),
    answers=("washed out",),
    needs=frozenset({"inputs", "output"}),
    pixels=contrast,
    package="our_metrics",
)
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    package = tmp_path / "code" / "our_metrics"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "contrast.py").write_text(SOURCE)
    (package / "contrast.md").write_text("version: 1\n\nContrast means nothing where the task changes it.\n")
    monkeypatch.syspath_prepend(str(package.parent))
    yield "our_metrics.contrast:METRIC"
    for name in [name for name in sys.modules if name.startswith("our_metrics")]:
        del sys.modules[name]


def test_it_is_asked_about_measured_and_summed_up(own: str, tmp_path: Path) -> None:
    assert len(SOURCE.strip().splitlines()) < 40
    pixels = np.random.default_rng(3).integers(60, 200, (12, 16, 3), dtype=np.uint8)
    before = store_picture(tmp_path, pixels)
    after = store_picture(tmp_path, (128 + (pixels.astype(int) - 128) // 2).astype(np.uint8)).sha256
    item = Item(
        id="i",
        split="image_to_image",
        sample="i",
        prompt="add a hat",
        quality="Benchmark",
        input_images=(before,),
    )
    output = Output(id="o", item="i", model="alder", split=item.split, state="answered", image=after)
    settings = DiagnoseSettings(
        reader="scripted", viewer="scripted", resamples=50, metrics=(own, "color_shift")
    )
    wanted = ("applicability", "measurements", "effects")
    stages = [stage for stage in diagnose_stages(settings) if stage.name in wanted]
    model = scripted(
        tmp_path,
        [
            {"when": "Contrast means", "say": {"applies": True, "rationale": "yes"}},
            {"say": {"applies": False, "rationale": "no"}},
        ],
    )
    tables = {"items": (Item, [item]), "outputs": (Output, [output])}
    found: list[Effect] = run_stages(tmp_path, stages, tables, [model]).kept
    means = {one.metric: one for one in found if one.statistic == "mean"}
    assert means["contrast"].value == pytest.approx(-pixels.std() / 2, abs=1)
    assert means["color_shift"].absences == ("not applicable: 1",)
    assert (means["contrast"].better, means["contrast"].answers) == ("zero", ("washed out",))
    assert {Applicability, Measurement, Effect} == {stage.writes for stage in stages}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sparkle", "no metric has this name"),
        ("no_such_module_of_ours:METRIC", "No module named"),
        ("echoloop.diagnose:nothing_here", "has no attribute"),
        ("echoloop.diagnose:Metric", "it is a type"),
    ],
)
def test_a_name_that_opens_nothing_says_so(name: str, why: str) -> None:
    with pytest.raises(Mistake, match=why):
        open_metrics((name,))


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(Mistake, match="more than one metric"):
        open_metrics(("color_shift", "color_shift"))


def test_a_changed_metric_makes_its_measurements_stale(own: str, tmp_path: Path) -> None:
    def opened() -> dict[str, str]:
        settings = DiagnoseSettings(reader="scripted", viewer="scripted", metrics=(own,))
        return next(one for one in diagnose_stages(settings) if one.name == "measurements").settings.opened

    before = opened()
    file = tmp_path / "code" / "our_metrics" / "contrast.py"
    file.write_text(file.read_text().replace("output.std()", "output.var()"))
    assert before
    assert opened() != before
