"""Three judges: they read the prompt, look at references and output, check every fact, and differ in how they mark."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

import msgspec
import numpy as np

from echoloop.lab.annotators.sight import Sight
from echoloop.lab.scenes import EditRequest, Fact, Request, SceneReading, check, facts, say, understand

_LOWEST, _HIGHEST = 1, 10
_MIDDLE = 5.0
_CAST_SEEN_FROM, _CAST_WEIGHT, _MOST_FOR_CAST = 3.0, 0.02, 0.4
_UNCHANGED_AT_MOST = 3.0
_TOLD_APART = 0.5
SECOND_OUTPUT = "Output B:"
"""The line before the second of two outputs: where it stands, a choice is wanted and not a mark."""


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """Marks run from `floor` to 10 over the share of facts that hold, bent by `bend`, with noise of `spread`.

    `mumbles` is the share of its answers that end without a mark; of two pictures, the first gets `first_place` points extra.
    """

    floor: float
    bend: float
    spread: float
    mumbles: float = 0.0
    first_place: float = 0.0


STRICT = Judge(floor=0.5, bend=1.7, spread=0.6)
FAIR = Judge(floor=1.0, bend=1.2, spread=0.8)
LENIENT = Judge(floor=3.0, bend=1.0, spread=1.1, mumbles=0.04, first_place=0.7)


class GradeQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request for a grade."""

    prompt: str = ""


class _Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge can say before it marks."""

    wanted: str
    faults: tuple[str, ...] = ()
    share: float | None = None
    cast: float = 0.0
    unchanged: bool = False


def grade(
    judge: Judge, question: GradeQuestion, references: Sequence[Sight], output: Sight | None, request: bytes
) -> str:
    """A written grade. The noise comes from the bytes of the request, so that asking again changes nothing."""
    findings = _examine(question.prompt, references, output)
    mark = _mark(judge, findings, request)
    seen = "; ".join(findings.faults) if findings.faults else "nothing that was asked for is missing"
    share = "cannot be counted" if findings.share is None else f"{findings.share:.0%} of the points hold"
    words = f"A good result would show: {findings.wanted}.\nFaults: {seen}.\nWeighing: {share}.\n"
    return words + ("That is hard to put into a number." if _mumbled(judge, request) else f"[[{mark}]]")


def compare(
    judge: Judge,
    question: GradeQuestion,
    references: Sequence[Sight],
    outputs: tuple[Sight, Sight],
    request: bytes,
) -> str:
    """A written choice between two pictures."""
    first, second = (_examine(question.prompt, references, output) for output in outputs)
    ahead = _points(judge, first) - _points(judge, second) + judge.first_place + _noise(judge, request)
    choice = "tie" if abs(ahead) < _TOLD_APART else "A" if ahead > 0 else "B"
    faults = ["; ".join(one.faults) or "nothing that was asked for is missing" for one in (first, second)]
    words = (
        f"A good result would show: {first.wanted}.\nFaults of A: {faults[0]}.\nFaults of B: {faults[1]}.\n"
    )
    return words + ("That is hard to say." if _mumbled(judge, request) else f"[[{choice}]]")


def points_of(judge: Judge, prompt: str, references: Sequence[Sight], output: Sight) -> float | None:
    """What a judge thinks of a picture; None where the prompt says nothing that can be checked."""
    findings = _examine(prompt, references, output)
    return None if findings.share is None else _points(judge, findings)


def _mumbled(judge: Judge, request: bytes) -> bool:
    return int.from_bytes(sha256(b"mumble" + request).digest()[:4], "big") < judge.mumbles * 2**32


def _mark(judge: Judge, findings: _Findings, request: bytes) -> int:
    return int(min(max(round(_points(judge, findings) + _noise(judge, request)), _LOWEST), _HIGHEST))


def _noise(judge: Judge, request: bytes) -> float:
    seed = int.from_bytes(sha256(b"grade" + request).digest()[:16], "big")
    return float(np.random.default_rng(seed).normal(0.0, judge.spread))


def _points(judge: Judge, findings: _Findings) -> float:
    """What a judge thinks before its hand shakes."""
    if findings.share is None:
        points = _MIDDLE
    else:
        points = judge.floor + (_HIGHEST - judge.floor) * findings.share**judge.bend
        points -= min(_MOST_FOR_CAST, _CAST_WEIGHT * max(0.0, findings.cast - _CAST_SEEN_FROM))
    return min(points, _UNCHANGED_AT_MOST) if findings.unchanged else points


def _examine(prompt: str, references: Sequence[Sight], output: Sight | None) -> _Findings:
    request = _understood(prompt)
    seen = output.reading if output else None
    before = [sight.reading for sight in references if sight.reading is not None]
    if output is None or seen is None:
        return _Findings(
            wanted="a picture", faults=("the output shows no picture that can be read",), share=0.0
        )
    if request is None:
        return _Findings(wanted="what the prompt says, which is hard to tell")
    if isinstance(request, EditRequest) and len(before) < request.inputs:
        return _Findings(wanted="an edit of a picture that was not shown")
    claims = facts(request, before)
    held = check(claims, seen)
    faults = [_fault(claim) for claim, holds in zip(claims, held, strict=True) if not holds]
    cast = _cast(seen, before[0] if before else None)
    if cast > _CAST_SEEN_FROM:
        faults.append("a colour cast lies over the picture")
    unchanged = isinstance(request, EditRequest) and not all(held) and output.sha256 == references[0].sha256
    if unchanged:
        faults.append("the output is the reference, unchanged")
    return _Findings(
        wanted=", ".join(say(claim) for claim in claims) or "an empty scene",
        faults=tuple(faults),
        share=sum(held) / len(held) if held else 1.0,
        cast=cast,
        unchanged=unchanged,
    )


@lru_cache(maxsize=1024)
def _understood(prompt: str) -> Request | None:
    """A prompt is judged once for each model and judge."""
    return understand(prompt)


def _fault(claim: Fact) -> str:
    return f"not so: {say(claim)}"


def _cast(seen: SceneReading, before: SceneReading | None) -> float:
    """How far the whole picture is shifted in colour and lightness from where it started."""
    tint = seen.tint - (before.tint if before else 0.0)
    darkening = seen.darkening - (before.darkening if before else 0.0)
    return float(np.hypot(tint, darkening))
