"""Several readers, one question: how far they agree is a number with an interval over items, or a reason."""

from pathlib import Path
from typing import Any

import pytest
from scripted_model import asked, scripted
from stage_runs import run_stages

from echoloop.diagnose import AgreementSettings, agreement_stages
from echoloop.diagnose.agreement import ANSWERED, KAPPA, RAW
from echoloop.records import Applicability, Finding, Item
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace

SETTINGS = AgreementSettings(readers=("one", "other"), metrics=("object_count", "framing"), resamples=200)
YES, NO = ({"say": {"applies": applies, "rationale": f"so: {applies}"}} for applies in (True, False))
ITEMS = [
    Item(
        id=f"i{number}",
        split="text_to_image",
        sample=f"i{number}",
        prompt=f"picture {number}",
        quality="Benchmark",
    )
    for number in range(8)
]


def agree(
    folder: Path,
    first: list[dict[str, Any]],
    second: list[dict[str, Any]],
    settings: AgreementSettings = SETTINGS,
) -> dict[tuple[str, str, str], Finding]:
    endpoints = [
        scripted(folder, first, name="one"),
        scripted(folder, second, name="other", model="scripted-2"),
    ]
    found: list[Finding] = run_stages(
        folder, agreement_stages(settings), {"items": (Item, ITEMS)}, endpoints
    ).kept
    return {(one.split, one.measure, one.about): one for one in found}


def test_raw_agreement_and_kappa_are_what_a_hand_computes(tmp_path: Path) -> None:
    """The first says yes to 0..3, the other to 0..1 and 4: five of eight alike, five in ten and three in eight say yes."""
    first = [{"when": f"picture {n}", **YES} for n in range(4)] + [NO]
    second = [{"when": f"picture {n}", **YES} for n in (0, 1, 4)] + [NO]
    found = agree(tmp_path, first, second)
    raw, kappa = (found["object_count", name, "one | other"] for name in (RAW, KAPPA))
    assert (raw.value, raw.n) == (5 / 8, 8)
    assert kappa.value == pytest.approx((5 / 8 - 0.5) / 0.5)
    assert raw.low < raw.value < raw.high
    assert kappa.low < kappa.value < kappa.high
    both = found["all metrics", RAW, "one | other"]
    assert (both.value, both.n) == (5 / 8, 16)
    assert (both.low, both.high) == pytest.approx((raw.low, raw.high)), "a metric more is not an item more"


def test_every_answer_is_kept_with_its_reader_and_rationale(tmp_path: Path) -> None:
    agree(tmp_path, [YES], [NO])
    rows = from_table(Workspace(tmp_path / "workspace").tables.read("applicability_opinions"), Applicability)
    assert len(rows) == 2 * 2 * len(ITEMS)
    assert {(row.reader, row.applies, row.rationale) for row in rows} == {
        ("one", True, "so: True"),
        ("other", False, "so: False"),
    }


def test_a_reader_that_refuses_is_no_disagreement(tmp_path: Path) -> None:
    found = agree(tmp_path, [YES], [{"when": "picture 3", "refuse": "no"}, {"when": "picture 4", **NO}, YES])
    assert found["framing", RAW, "one | other"].n == 7
    assert found["framing", RAW, "one | other"].value == pytest.approx(6 / 7)
    given = found["all metrics", ANSWERED, "other"]
    assert (given.value, given.n, given.alarm) == (14 / 16, 16, True)


def test_chance_alone_leaves_no_kappa(tmp_path: Path) -> None:
    found = agree(tmp_path, [YES], [YES])
    assert found["framing", RAW, "one | other"].value == 1
    kappa = found["framing", KAPPA, "one | other"]
    assert (kappa.value, kappa.low) == (None, None)
    assert "nothing but chance" in kappa.reason


def test_nobody_in_common_says_so(tmp_path: Path) -> None:
    found = agree(
        tmp_path,
        [{"when": f"picture {n}", **YES} for n in range(4)] + [{"refuse": "no"}],
        [{"when": f"picture {n}", **YES} for n in range(4, 8)] + [{"refuse": "no"}],
    )
    assert found["framing", RAW, "one | other"].reason == "no question that both answered"


def test_only_so_many_items_are_asked_about(tmp_path: Path) -> None:
    few = AgreementSettings(readers=("one", "other"), metrics=("framing",), items=3, resamples=100)
    agree(tmp_path, [YES], [YES], few)
    assert len(asked(tmp_path, "one")) == len(asked(tmp_path, "other")) == 3
