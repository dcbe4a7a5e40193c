"""Edits of portraits: identity drift and layout jitter are found by the metric that answers them, and by no other.

The models are tiny and know nothing (see conftest), so they are held to what they can do.
"""

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from echoloop.diagnose import Pictures, color_shift, face_similarity, open_metrics, structure_distance
from echoloop.lab.painters import Painted, Painter, PainterFaults, paint
from echoloop.lab.scenes import KeepFace, Scene, describe_edit, draw, sample_face

PROMPT = describe_edit(KeepFace(background="meadow"), "en", np.random.default_rng(1))
STRENGTHS: dict[str, tuple[str, tuple[float, ...]]] = {
    "identity_drift": ("face", (0.0, 0.25, 0.5, 0.75, 1.0)),
    "jitter": ("layout", (0, 1, 2, 3, 5)),
    "tint": ("colour", (0.0, 3.0, 6.0, 9.0, 12.0)),
    "stretch": ("shape", (0.0, 0.1, 0.2, 0.4, 0.8)),
}
PEOPLE = [
    draw(
        Scene(
            width=192,
            height=192,
            background="meadow",
            faces=(sample_face(np.random.default_rng(n), "centre"),),
        )
    )
    for n in range(10)
]


@cache
def painted(fault: str, strength: float) -> list[np.ndarray]:
    faults = msgspec.structs.replace(PainterFaults(), **{fault: strength})
    made = [paint(Painter(name="p", developer="d", seed=3, faults=faults), PROMPT, (one,)) for one in PEOPLE]
    return [one.pixels for one in made if isinstance(one, Painted)]


@pytest.fixture(scope="module")
def measure(tiny_vit: Path, face_pack: Path):
    shape = open_metrics(("aspect_ratio",))[0].pixels
    assert shape is not None

    @cache
    def measured(metric: str, fault: str, strength: float) -> float:
        """More is worse."""
        clean, pictures = painted("jitter", 0), painted(fault, strength)
        match metric:
            case "face":
                return 1 - (face_similarity(clean, pictures, pack=face_pack).similarity or 0.0)
            case "layout":
                pairs = zip(clean, pictures, strict=True)
                return float(np.mean([structure_distance(a, b, model=tiny_vit) for a, b in pairs]))
            case "colour":
                return abs(color_shift(clean, pictures).delta_b)
            case _:
                pairs = zip(clean, pictures, strict=True)
                return float(
                    np.mean([shape(Pictures(output=b, inputs=(a,)))["aspect_error"] for a, b in pairs])
                )

    return measured


@pytest.mark.parametrize("fault", STRENGTHS)
def test_more_planted_is_more_found(measure, fault: str) -> None:
    metric, strengths = STRENGTHS[fault]
    found = [measure(metric, fault, strength) for strength in strengths]
    assert found == sorted(found)
    assert found[0] == pytest.approx(0, abs=1e-6)
    assert found[1] > 0


@pytest.mark.parametrize(
    ("fault", "other"),
    [
        ("identity_drift", "tint"),
        ("identity_drift", "stretch"),
        ("jitter", "identity_drift"),
        ("jitter", "tint"),
        ("jitter", "stretch"),
        ("tint", "identity_drift"),
        ("tint", "jitter"),
        ("tint", "stretch"),
        ("stretch", "tint"),
    ],
)
def test_what_was_not_planted_is_not_found(measure, fault: str, other: str) -> None:
    """At its strongest a fault moves another's metric less than that one's smallest strength does.

    Not in this list: another face or another canvas is another structure, and the little face pack looks at a fixed place.
    """
    metric, sizes = STRENGTHS[other]
    strongest = STRENGTHS[fault][1][-1]
    assert measure(metric, fault, strongest) < measure(metric, other, sizes[1])
