"""Metrics that a model answers: strict shapes, absences for what is no answer, and a recogniser that reads the same letters."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydantic import ValidationError
from scripted_model import asked, scripted
from stage_runs import run_stages, store_picture, workspace_of

from echoloop.diagnose import DiagnoseSettings, diagnose_stages
from echoloop.diagnose.metrics.framing import FramingAnswer
from echoloop.diagnose.metrics.object_count import ObjectCountAnswer
from echoloop.diagnose.metrics.text_rendering import TextRenderingAnswer
from echoloop.records import Applicability, Item, Measurement, Output

GOOD = {
    "wanted": ["OPEN DAILY", ""],
    "read": "open daliy",
    "faults": [{"kind": "spelling", "where": "daliy"}],
    "rating": 7,
}


def rows(
    folder: Path,
    metric: str,
    *rules: dict[str, Any],
    prompt: str = "a sign",
    applies: bool = True,
    picture: np.ndarray | None = None,
) -> dict[str, Measurement]:
    image = store_picture(folder, np.full((60, 80, 3), 200, np.uint8) if picture is None else picture).sha256
    item = Item(id="i", split="text_to_image", sample="i", prompt=prompt, quality="Benchmark")
    output = Output(id="o", item="i", model="alder", split=item.split, state="answered", image=image)
    row = Applicability(item="i", metric=metric, applies=applies, state="answered")
    settings = DiagnoseSettings(reader="scripted", viewer="scripted", metrics=(metric,))
    stage = next(one for one in diagnose_stages(settings) if one.name == "measurements")
    tables = {"items": (Item, [item]), "outputs": (Output, [output]), "applicability": (Applicability, [row])}
    return {
        one.field: one for one in run_stages(folder, [stage], tables, [scripted(folder, list(rules))]).kept
    }


def test_text_is_rated_and_its_letters_counted(tmp_path: Path) -> None:
    found = rows(tmp_path, "text_rendering", {"say": GOOD})
    assert {name: one.value for name, one in found.items()} == {
        "rating": 0.7,
        "faults": 1.0,
        "character_errors": pytest.approx(2 / 9),
    }
    assert "pictures=1" in asked(tmp_path)[0]


def test_no_exact_text_leaves_letters_uncounted(tmp_path: Path) -> None:
    found = rows(tmp_path, "text_rendering", {"say": {**GOOD, "wanted": []}})
    assert found["rating"].value == 0.7
    assert (found["character_errors"].state, found["character_errors"].reason) == (
        "not_applicable",
        "the prompt names no exact text",
    )


def test_counts(tmp_path: Path) -> None:
    kinds = [{"name": "cat", "wanted": 4, "seen": 5}, {"name": "dog", "wanted": 1, "seen": 1}]
    found = rows(tmp_path, "object_count", {"say": {"kinds": kinds}})
    assert {name: one.value for name, one in found.items()} == {"count_error": 0.125, "miscounted": 0.5}
    none = rows(tmp_path / "none", "object_count", {"say": {"kinds": []}})
    assert {one.state for one in none.values()} == {"not_applicable"}


def test_framing(tmp_path: Path) -> None:
    found = rows(tmp_path, "framing", {"say": {"subject": "a dog", "cut_off": True, "sides": ["left"]}})
    assert found["cut_off"].value == 1.0
    gone = rows(tmp_path / "gone", "framing", {"say": {"subject": " ", "cut_off": False, "sides": []}})
    assert (gone["cut_off"].state, gone["cut_off"].reason) == ("absent", "the subject is not in the picture")


def test_a_refusal_is_no_rating(tmp_path: Path) -> None:
    found = rows(tmp_path, "text_rendering", {"refuse": "I would rather not"})
    assert {(one.value, one.state, one.reason) for one in found.values()} == {
        (None, "absent", "no answer: refused")
    }


def test_where_it_does_not_apply_nobody_is_asked(tmp_path: Path) -> None:
    found = rows(tmp_path, "framing", {"say": {}}, applies=False)
    assert {one.state for one in found.values()} == {"not_applicable"}
    assert asked(tmp_path) == []


@pytest.mark.parametrize(
    ("shape", "answer"),
    [
        (TextRenderingAnswer, {**GOOD, "rating": 0}),
        (TextRenderingAnswer, {**GOOD, "rating": 11}),
        (TextRenderingAnswer, {**GOOD, "error": "overloaded"}),
        (ObjectCountAnswer, {"kinds": [{"name": "cat", "wanted": -1, "seen": 0}]}),
        (ObjectCountAnswer, {"error": "overloaded"}),
        (FramingAnswer, {"subject": "x", "cut_off": True, "sides": ["middle"]}),
    ],
)
def test_what_does_not_fit_is_no_answer(shape: Any, answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(answer)


def test_a_recogniser_reads_the_quoted_text_once_a_picture(tmp_path: Path) -> None:
    """Its models lie in its package: nothing is fetched."""
    canvas = Image.new("RGB", (480, 120), "white")
    ImageDraw.Draw(canvas).text((30, 20), "GRAND SALE", "black", ImageFont.load_default(64))
    found = rows(tmp_path, "text_ocr", prompt='a sign that says "GRAND SALE"', picture=np.array(canvas))
    assert found["character_errors"].value == 0.0
    assert len(list((workspace_of(tmp_path).path / "features").rglob("*/??/*"))) == 1
    wrong = rows(tmp_path, "text_ocr", prompt='a sign that says "GRAND TALE"', picture=np.array(canvas))
    assert wrong["character_errors"].value == pytest.approx(1 / 9)
    free = rows(tmp_path, "text_ocr", prompt="a sign of a shop", picture=np.array(canvas))
    assert free["character_errors"].state == "not_applicable"
