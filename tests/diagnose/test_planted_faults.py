"""Each planted fault is found by the metric that answers it, more where more was planted, and not by the others."""

from collections.abc import Callable
from functools import cache

import msgspec
import numpy as np
import pytest

from echoloop.diagnose import Absent, Encoding, Metric, Pictures, Task, open_metrics
from echoloop.images import encode_png
from echoloop.lab.annotators import Annotators
from echoloop.lab.painters import Painted, Painter, PainterFaults, paint
from echoloop.lab.scenes import describe_request, request_of, sample_scene

EYES = Annotators()
ASKED = {metric.name: metric for metric in open_metrics(("text_rendering", "object_count", "framing"))}
SHAPE = open_metrics(("aspect_ratio",))[0]
STRENGTHS = {
    "misspell": ("text_rendering", "character_errors", (0.0, 0.25, 0.5, 0.75, 1.0)),
    "miscount": ("object_count", "count_error", (0.0, 0.25, 0.5, 0.75, 1.0)),
    "crop": ("framing", "cut_off", (0.0, 0.15, 0.25, 0.35, 0.5)),
    "stretch": ("aspect_ratio", "aspect_error", (0.0, 0.1, 0.2, 0.4, 0.8)),
    "tint": ("color_shift", "delta_b", (0.0, 3.0, 6.0, 9.0, 12.0)),
}


def prompts() -> list[str]:
    """Requests for pictures with a word in them."""
    rng = np.random.default_rng(11)
    scenes = [scene for scene in (sample_scene(rng) for _ in range(120)) if scene.words and scene.things]
    return [describe_request(request_of(scene, "placed"), "en", rng) for scene in scenes[:24]]


@cache
def measured(faults: PainterFaults) -> dict[tuple[str, str], float]:
    """The mean of every field of every metric over one painter's pictures."""
    painter = Painter(name="p", developer="d", seed=5, faults=faults)
    found: dict[tuple[str, str], list[float]] = {}
    for prompt in prompts():
        plain = paint(Painter(name="p", developer="d", seed=5), prompt, ())
        painted = paint(painter, prompt, ())
        assert isinstance(plain, Painted)
        assert isinstance(painted, Painted)
        for (metric, field), value in values(prompt, plain.pixels, painted.pixels):
            if not isinstance(value, Absent):
                found.setdefault((metric, field), []).append(value)
    return {name: float(np.mean(numbers)) for name, numbers in found.items()}


def values(prompt: str, before: np.ndarray, after: np.ndarray):
    for name, metric in ASKED.items():
        for field, value in asked(metric, prompt, after).items():
            yield (name, field), value
    assert SHAPE.pixels is not None
    yield (
        ("aspect_ratio", "aspect_error"),
        SHAPE.pixels(Pictures(output=after, inputs=(before,)))["aspect_error"],
    )
    colours = open_metrics(("color_shift",))[0].encoded
    assert colours is not None
    look: Callable = colours.encoder.open(None)
    first, second = look([before, after])
    yield ("color_shift", "delta_b"), colours.compare(Encoding(output=second, inputs=(first,)))["delta_b"]


def asked(metric: Metric, prompt: str, picture: np.ndarray):
    assert metric.asked is not None
    shape = metric.asked.reads
    text = EYES.answer("lab-viewer", shape.__name__, {"prompt": prompt}, [encode_png(picture)], b"request")
    return metric.asked.values(shape.model_validate_json(text), Task(output="o", image="", prompt=prompt))


@pytest.mark.parametrize("fault", STRENGTHS)
def test_more_planted_is_more_found(fault: str) -> None:
    metric, field, strengths = STRENGTHS[fault]
    found = [
        measured(msgspec.structs.replace(PainterFaults(), **{fault: one}))[metric, field] for one in strengths
    ]
    assert found == sorted(found)
    assert found[0] == pytest.approx(0, abs=0.02)
    assert len({round(one, 4) for one in found}) == 5


@pytest.mark.parametrize("fault", ["misspell", "miscount", "stretch", "tint"])
def test_what_was_not_planted_is_not_found(fault: str) -> None:
    """Each of the others stays below what its own smallest planted strength shows."""
    _, _, strengths = STRENGTHS[fault]
    found = measured(msgspec.structs.replace(PainterFaults(), **{fault: strengths[-1]}))
    for other, (metric, field, sizes) in STRENGTHS.items():
        if other != fault:
            least = measured(msgspec.structs.replace(PainterFaults(), **{other: sizes[1]}))[metric, field]
            assert abs(found[metric, field]) < least, (fault, other)
