"""The guard's two words are read strictly: what is not clearly safe is withheld."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripted_model import asked
from stage_runs import Run, curate_stage, run_stage, store_picture

from echoloop.curate.safety import read_guard
from echoloop.records import Sample

URL = "https://x.com/i/status/1"


def guard(folder: Path, rule: dict[str, Any], **changes: Any) -> Run:
    fields = {"id": "one", "thread": URL, "post_urls": (URL,), "prompt": "a house", "quality": "Benchmark"}
    sample = Sample(**{**fields, "receipts": ("r",), "source_posts": (URL,), **changes})
    return run_stage(folder, curate_stage("safety"), {"unfolded": (Sample, [sample])}, [rule])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("safe", []),
        ("\n safe \n", []),
        ("unsafe\nS1", ["S1"]),
        ("unsafe\n\nS1,S9", ["S1", "S9"]),
        (" unsafe \n S10 , S14 ", ["S10", "S14"]),
    ],
)
def test_a_verdict_is_read(text: str, codes: list[str]) -> None:
    assert read_guard(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Safe.",
        "SAFE",
        "It is safe",
        "safe safe",
        "safe\nS1",
        "unsafe",
        "unsafe S1",
        "unsafe\nS0",
        "unsafe\nS15",
        "unsafe\nS1,",
        "unsafe\nS1\nS9",
        "unsafe\nviolence",
        "not unsafe\nS1",
    ],
)
def test_everything_else_is_no_verdict(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_guard(text)


def test_a_safe_sample_passes_with_the_guards_receipt(tmp_path: Path) -> None:
    (kept,) = guard(tmp_path, {"say": "safe"}).kept
    assert kept.has_nsfw is False
    assert len(kept.receipts) == 2


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"say": "unsafe\nS1,S9"}, "hazard S1,S9"),
        ({"say": "looks fine to me"}, "withheld: guard unparsed"),
        ({"refuse": "I cannot look at this"}, "withheld: guard refused"),
    ],
)
def test_what_is_not_safe_is_withheld_with_its_reason(
    tmp_path: Path, rule: dict[str, Any], reason: str
) -> None:
    found = guard(tmp_path, rule)
    assert (found.kept, found.reasons) == ([], [reason])


def test_the_guard_sees_every_picture(tmp_path: Path) -> None:
    one, two = (store_picture(tmp_path, np.full((8, 8, 3), shade, dtype=np.uint8)) for shade in (1, 2))
    guard(tmp_path, {"say": "safe"}, input_images=(one,), output_images=(two,))
    assert "pictures=2" in asked(tmp_path)[0]
