"""A measurement that is not there says which kind of nothing it is, and intervals are drawn over items."""

from pathlib import Path

import numpy as np
import pytest
from stage_runs import run_stages, store_picture

from echoloop.diagnose import DiagnoseSettings, diagnose_stages
from echoloop.engine import Stage
from echoloop.records import Applicability, Effect, ImageRef, Item, Output

SETTINGS = DiagnoseSettings(reader="scripted", viewer="scripted", resamples=200, metrics=("color_shift",))
PIXELS = np.random.default_rng(3).integers(60, 200, (12, 16, 3), dtype=np.uint8)


def stage(name: str) -> Stage:
    return next(stage for stage in diagnose_stages(SETTINGS) if stage.name == name)


def item(name: str, *inputs: ImageRef) -> Item:
    return Item(
        id=name,
        split="image_to_image" if inputs else "text_to_image",
        sample=name,
        prompt=name,
        quality="Benchmark",
        input_images=inputs,
    )


def output(item: Item, image: str | None, state: str = "answered", number: int = 0) -> Output:
    return Output(
        id=f"{item.id}/{number}",
        item=item.id,
        model="alder",
        number=number,
        split=item.split,
        state=state,  # type: ignore[arg-type]
        image=image,
    )


def judged(item: Item, applies: bool | None) -> Applicability:
    state = "failed" if applies is None else "answered"
    return Applicability(item=item.id, metric="color_shift", applies=applies, state=state)


def measure(folder: Path, items: list[Item], outputs: list[Output], applies: list[Applicability]) -> list:
    tables = {"items": (Item, items), "outputs": (Output, outputs), "applicability": (Applicability, applies)}
    return run_stages(folder, [stage("measurements")], tables, []).kept


def test_each_kind_of_nothing_is_itself(tmp_path: Path) -> None:
    given = store_picture(tmp_path, PIXELS)
    drawn = store_picture(tmp_path, PIXELS + 20).sha256
    edits = {name: item(name, given) for name in ("plain", "recolour", "refused", "unknown", "unasked")}
    scene, lost = item("scene"), item("lost", ImageRef(sha256=None, absence="empty"))
    outputs = [output(one, drawn) for name, one in edits.items() if name != "refused"] + [
        output(edits["refused"], None, "refused"),
        output(scene, None, "failed"),
        output(lost, drawn),
    ]
    applies = [
        judged(edits["plain"], True),
        judged(edits["recolour"], False),
        judged(edits["refused"], True),
        judged(edits["unknown"], None),
        judged(lost, True),
    ]
    rows = measure(tmp_path, [*edits.values(), scene, lost], outputs, applies)
    assert {(row.item, row.state, row.reason) for row in rows} == {
        ("plain", "measured", ""),
        ("recolour", "not_applicable", "not applicable"),
        ("refused", "absent", "no output: refused"),
        ("unknown", "absent", "applicability unknown"),
        ("unasked", "absent", "applicability unknown"),
        ("scene", "not_applicable", "no input picture"),
        ("lost", "absent", "the input picture is not here"),
    }
    assert all((row.value is None) == (row.state != "measured") for row in rows)


def test_an_output_of_an_item_that_left_the_release_leaves_too(tmp_path: Path) -> None:
    assert measure(tmp_path, [], [output(item("gone"), None, "failed")], []) == []


def effects_of(folder: Path, samples: int) -> dict[str, Effect]:
    """Four edits whose results are shifted by 5, 10, 15 and 20; each model answer is there `samples` times."""
    given = [store_picture(folder, np.roll(PIXELS, number, axis=0)) for number in range(4)]
    drawn = [
        store_picture(folder, np.roll(PIXELS, number, axis=0) + 5 * (number + 1)).sha256
        for number in range(4)
    ]
    items = [item(f"i{number}", ref) for number, ref in enumerate(given)]
    outputs = [
        output(one, image, number=number)
        for one, image in zip(items, drawn, strict=True)
        for number in range(samples)
    ]
    tables = {
        "items": (Item, items),
        "outputs": (Output, outputs),
        "applicability": (Applicability, [judged(one, True) for one in items]),
    }
    found = run_stages(folder, [stage("measurements"), stage("effects")], tables, []).kept
    return {effect.statistic: effect for effect in found if effect.field in ("mean_rgb_distance", "delta_l")}


def test_more_samples_of_the_same_items_make_no_interval_narrower(tmp_path: Path) -> None:
    once, often = effects_of(tmp_path / "once", 1), effects_of(tmp_path / "often", 6)
    for statistic in ("pooled", "mean", "median"):
        one, other = once[statistic], often[statistic]
        assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high))
    assert once["pooled"].high > once["pooled"].low
    assert (once["pooled"].measured, often["pooled"].measured) == (4, 24)
