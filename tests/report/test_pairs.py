"""Best, median and worst are those of a metric, whichever way is better; where all are alike there is no worst."""

from pathlib import Path

import numpy as np
import pytest

from echoloop.images import encode_png
from echoloop.records import Effect, Item, Measurement, Output
from echoloop.report.folder import DraftFolder
from echoloop.report.pairs import MetricPairs, metric_pairs
from echoloop.report.pictures import PictureShelf
from echoloop.workspace import ImageStore


def pairs_of(folder: Path, better: str, *values: float) -> MetricPairs:
    images = ImageStore(folder / "images")
    picture = images.put(encode_png(np.zeros((4, 4, 3), np.uint8)))
    picture = getattr(picture, "sha256", picture)
    items = [
        Item(id=f"i{n}", split="text_to_image", sample=f"i{n}", prompt=f"p{n}", quality="Benchmark")
        for n in range(len(values))
    ]
    outputs = [
        Output(
            id=f"o{n}", item=f"i{n}", model="alder", split="text_to_image", state="answered", image=picture
        )
        for n in range(len(values))
    ]
    measured = [
        Measurement(
            metric="m", field="f", output=f"o{n}", item=f"i{n}", model="alder", value=value, state="measured"
        )
        for n, value in enumerate(values)
    ]
    effect = Effect(
        metric="m", field="f", model="alder", value=0, low=None, high=None, measured=1, outputs=1, better=better  # type: ignore[arg-type]
    )  # fmt: skip
    with DraftFolder(folder / "report") as draft:
        shelf = PictureShelf(images, draft)
        shelf.place([picture])
        (found,) = metric_pairs([effect], measured, outputs, items, shelf)
    return found


@pytest.mark.parametrize(
    ("better", "ranks"),
    [
        ("low", {"best": -4.0, "median": 0.5, "worst": 3.0}),
        ("high", {"best": 3.0, "median": 0.5, "worst": -4.0}),
        ("zero", {"best": 0.5, "median": 3.0, "worst": -4.0}),
    ],
)
def test_best_and_worst_follow_what_is_better(tmp_path: Path, better: str, ranks: dict[str, float]) -> None:
    found = pairs_of(tmp_path, better, 0.5, -4.0, 3.0)
    assert {pair.rank: pair.value for pair in found.pairs} == ranks
    assert (found.measured, found.as_good) == (3, 1)


def test_where_all_are_alike_nothing_is_called_worst(tmp_path: Path) -> None:
    found = pairs_of(tmp_path, "low", 0.0, 0.0, 0.0)
    assert [(pair.rank, pair.value) for pair in found.pairs] == [("all alike", 0.0)]
    assert (found.measured, found.as_good) == (3, 3)


def test_a_single_result_is_called_what_it_is(tmp_path: Path) -> None:
    assert [pair.rank for pair in pairs_of(tmp_path, "low", 0.3).pairs] == ["the only one"]
