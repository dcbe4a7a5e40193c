"""Painters err as planted, and only so."""

from collections import Counter

import numpy as np
import pytest

from echoloop.images import to_lab
from echoloop.lab.painters import (
    PAINTERS,
    TYPICAL_MIX,
    CrashedPainting,
    Painted,
    Painter,
    PainterFaults,
    RefusedToPaint,
    expected_broken,
    faultless_painters,
    paint,
    planted_order,
)
from echoloop.lab.scenes import (
    LANGUAGES,
    STYLES,
    EditRequest,
    Fact,
    check,
    describe,
    describe_edit,
    draw,
    facts,
    read,
    request_of,
    sample_edit,
    sample_scene,
)

Job = tuple[str, list[np.ndarray], tuple[Fact, ...]]
PROMPT = (
    'Draw three small red balls and a large blue box, against a blue sky, with the word "HELLO" at the top.'
)


def jobs(count: int) -> list[Job]:
    rng = np.random.default_rng(5)
    made: list[Job] = []
    for at in range(count):
        language = LANGUAGES[at % 4]
        if at % 2:
            scene, style = sample_scene(rng), STYLES[at % 3]
            made.append((describe(scene, language, rng, style), [], facts(request_of(scene, style))))
            continue
        first, second = sample_scene(rng, face=0.4), sample_scene(rng)
        request = EditRequest(edit=sample_edit(rng, first, second))
        inputs = [draw(first), draw(second)][: request.inputs]
        made.append(
            (describe_edit(request.edit, language, rng), inputs, facts(request, [read(p) for p in inputs]))
        )
    return made


JOBS = jobs(90)


def broken_share(painter: Painter) -> float:
    broken = total = 0
    for prompt, inputs, claims in JOBS:
        for call in range(9):
            result = paint(painter, prompt, inputs, call=call)
            if not isinstance(result, CrashedPainting):
                break
        if isinstance(result, Painted):
            held = check(claims, read(result.pixels))
            broken, total = broken + held.count(False), total + len(held)
    return broken / total


def named(name: str) -> Painter:
    return next(painter for painter in PAINTERS if painter.name == name)


def test_measured_faults_follow_the_planted_ones() -> None:
    for painter in PAINTERS:
        assert broken_share(painter) == pytest.approx(expected_broken(painter.faults), abs=0.09), painter.name


def test_planted_order_has_tiers_with_the_twins_together() -> None:
    order = planted_order()
    assert order[0] == ("ochre",)
    assert ("cobalt", "damson") in order
    assert sum(len(tier) for tier in order) == len(PAINTERS) == len({painter.name for painter in PAINTERS})
    shares = sorted({round(expected_broken(painter.faults), 6) for painter in PAINTERS})
    assert min(np.diff(shares)) >= 0.05
    assert sum(TYPICAL_MIX.values()) == pytest.approx(1)


def test_same_request_same_picture_and_a_twin_differs_by_chance() -> None:
    cobalt, damson = named("cobalt"), named("damson")
    assert cobalt.faults == damson.faults
    results = [
        [paint(painter, prompt, inputs) for prompt, inputs, _ in JOBS[:30]]
        for painter in (cobalt, cobalt, damson)
    ]
    same = [(a.pixels == b.pixels).all() for a, b in zip(results[0], results[1], strict=True)]  # type: ignore[union-attr]
    assert all(same)
    assert [r.slips for r in results[0]] != [r.slips for r in results[2]]  # type: ignore[union-attr]


def test_a_repeat_asked_for_on_purpose_is_another_picture() -> None:
    painter = Painter(name="x", developer="lab-x", faults=PainterFaults(slip=0.5))
    pictures = {paint(painter, PROMPT, [], f"attempt {at}").pixels.tobytes() for at in range(6)}  # type: ignore[union-attr]
    assert len(pictures) > 1


def test_faultless_painters_make_no_slip_and_are_one_tier() -> None:
    crew = faultless_painters()
    assert len(planted_order(crew)) == 1
    for painter in crew[:2]:
        assert broken_share(painter) == 0


@pytest.mark.parametrize(("tint", "darken"), [(12.0, 0.0), (5.0, 0.0), (0.0, -9.0)])
def test_tint_and_darkening_shift_the_whole_picture_and_break_no_fact(tint: float, darken: float) -> None:
    shaded = Painter(name="x", developer="lab-x", faults=PainterFaults(tint=tint, darken=darken))
    plain = Painter(name="x", developer="lab-x")
    shifts: list[np.ndarray] = []
    for prompt, inputs, claims in JOBS[:30]:
        a, b = paint(shaded, prompt, inputs), paint(plain, prompt, inputs)
        assert isinstance(a, Painted)
        assert isinstance(b, Painted)
        assert all(check(claims, read(a.pixels)))
        shifts.append((to_lab(a.pixels) - to_lab(b.pixels)).mean(axis=(0, 1)))
    mean = np.mean(shifts, axis=0)
    assert mean[0] == pytest.approx(darken, abs=1.0)
    assert mean[2] == pytest.approx(tint, abs=1.0)


def test_special_faults_hit_their_own_facts_only() -> None:
    speller = Painter(name="x", developer="lab-x", faults=PainterFaults(misspell=1.0))
    result = paint(speller, PROMPT, [])
    assert isinstance(result, Painted)
    assert result.slips == ("spelling",)
    assert read(result.pixels).words[0].word != "HELLO"
    counter = Painter(name="x", developer="lab-x", faults=PainterFaults(miscount=1.0))
    result = paint(counter, PROMPT, [])
    assert isinstance(result, Painted)
    assert result.slips == ("count", "count")
    drifter = Painter(name="x", developer="lab-x", faults=PainterFaults(identity_drift=1.0))
    slips: Counter[str] = Counter()
    for prompt, inputs, _ in JOBS:
        result = paint(drifter, prompt, inputs)
        assert isinstance(result, Painted)
        slips.update(result.slips)
    assert set(slips) == {"face"}


def test_jitter_moves_the_layout_and_keeps_the_facts() -> None:
    mover = Painter(name="x", developer="lab-x", faults=PainterFaults(jitter=5))
    moved = 0
    for prompt, inputs, claims in JOBS[:30]:
        a, b = paint(mover, prompt, inputs), paint(Painter(name="x", developer="lab-x"), prompt, inputs)
        assert isinstance(a, Painted)
        assert isinstance(b, Painted)
        assert all(check(claims, read(a.pixels)))
        moved += bool((a.pixels != b.pixels).any())
    assert moved > 20


def test_refusals_stay_by_prompt_and_failures_pass_with_another_call() -> None:
    refuser = Painter(name="x", developer="lab-x", faults=PainterFaults(refusal_rate=0.5))
    answers = [
        [isinstance(paint(refuser, p, i, call=call), RefusedToPaint) for p, i, _ in JOBS[:40]]
        for call in (0, 1)
    ]
    assert answers[0] == answers[1]
    assert 8 < sum(answers[0]) < 32
    crasher = Painter(name="x", developer="lab-x", faults=PainterFaults(failure_rate=0.5))
    calls = [
        [isinstance(paint(crasher, p, i, call=call), CrashedPainting) for p, i, _ in JOBS[:40]]
        for call in (0, 1)
    ]
    assert calls[0] != calls[1]


@pytest.mark.parametrize(
    "prompt", ["", "a castle in the clouds", "Make every red ball blue.", "x" * 9000, "\ud83d broken"]
)
def test_what_it_cannot_understand_it_paints_badly_without_a_crash(prompt: str) -> None:
    result = paint(named("ochre"), prompt, [])
    assert isinstance(result, Painted)
    assert not result.understood
    assert result.pixels.shape == (192, 192, 3)


def test_odd_inputs_do_not_crash_an_edit() -> None:
    for shape in ((1, 1), (1, 700), (700, 300)):
        noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
        result = paint(named("hazel"), "Make every red ball blue.", [noise], call=1)
        assert isinstance(result, Painted)
        assert max(result.pixels.shape) <= 576


def test_faults_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="slip"):
        PainterFaults(slip=1.5)
    with pytest.raises(ValueError, match="jitter"):
        PainterFaults(jitter=9)
