"""Histograms are over exactly the pairs that the colour shift was measured on."""

from pathlib import Path

import numpy as np
import pytest
from scripted_model import scripted
from stage_runs import run_stages, store_picture

from echoloop.diagnose import DiagnoseSettings, diagnose_stages
from echoloop.records import Applicability, ColorHistogram, Item, Output

SETTINGS = DiagnoseSettings(reader="scripted", viewer="scripted", resamples=100, metrics=("color_shift",))


def flat(*colour: int) -> np.ndarray:
    return np.full((8, 8, 3), colour, np.uint8)


def pooled(folder: Path, settings: DiagnoseSettings = SETTINGS) -> dict[tuple[str, str], ColorHistogram]:
    inputs = [store_picture(folder, flat(100, 110, 120)), store_picture(folder, flat(60, 60, 60))]
    drawn = [store_picture(folder, flat(120, 110, 100)).sha256, store_picture(folder, flat(0, 0, 0)).sha256]
    items = [
        Item(
            id=f"i{n}",
            split="image_to_image",
            sample=f"i{n}",
            prompt="x",
            quality="Benchmark",
            input_images=(ref,),
        )
        for n, ref in enumerate(inputs)
    ]
    outputs = [
        Output(
            id=f"{model}{n}", item=f"i{n}", model=model, split="image_to_image", state="answered", image=image
        )
        for model in ("alder", "birch")
        for n, image in enumerate(drawn)
    ]
    applies = [
        Applicability(item=f"i{n}", metric="color_shift", applies=n == 0, state="answered") for n in range(2)
    ]
    tables = {"items": (Item, items), "outputs": (Output, outputs), "applicability": (Applicability, applies)}
    stages = [
        stage for stage in diagnose_stages(settings) if stage.name in ("measurements", "color_histograms")
    ]
    kept = run_stages(folder, stages, tables, [scripted(folder, [])]).kept
    return {(one.model, one.side): one for one in kept}


def test_inputs_and_outputs_of_each_model(tmp_path: Path) -> None:
    found = pooled(tmp_path)
    assert set(found) == {(model, side) for model in ("alder", "birch") for side in ("inputs", "outputs")}
    before, after = found["alder", "inputs"], found["alder", "outputs"]
    assert (before.pictures, after.pictures) == (1, 1), (
        "the pair that the metric says nothing about is left out"
    )
    assert before.mean == pytest.approx((100, 110, 120))
    assert after.mean == pytest.approx((120, 110, 100))
    assert (before.red[100], after.red[120], sum(after.blue)) == (1.0, 1.0, pytest.approx(1))


def test_without_the_metric_there_is_nothing(tmp_path: Path) -> None:
    other = DiagnoseSettings(reader="scripted", viewer="scripted", metrics=("aspect_ratio",))
    assert pooled(tmp_path, other) == {}
