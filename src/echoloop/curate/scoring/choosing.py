"""The cheapest endpoint that is good enough, stage by stage."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from echoloop.curate.scoring.measuring import AnnotatorScore


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to let do a stage, or (None) why nobody can be named."""

    KEY: ClassVar[tuple[str, ...]] = ("stage",)

    stage: str
    endpoint: str | None
    reason: str


def cheapest_good_enough(scores: Sequence[AnnotatorScore], bound: float) -> list[Choice]:
    """By the headline figure: the lower end of its interval, and the share of questions answered, reach the bound.

    An endpoint whose price is unknown is named only where no endpoint with a price is good enough.
    """
    stages = list(dict.fromkeys(score.stage for score in scores))
    return [
        _choice(stage, [one for one in scores if one.stage == stage and one.headline], bound)
        for stage in stages
    ]


def _choice(stage: str, scores: Sequence[AnnotatorScore], bound: float) -> Choice:
    good = [one for one in scores if one.low is not None and one.low >= bound and _answers(one) >= bound]
    if not good:
        return Choice(stage=stage, endpoint=None, reason=_why_none(scores, bound))
    best = min(good, key=lambda one: (one.price is None, one.price or 0.0, -(one.low or 0.0), one.endpoint))
    price = "price unknown" if best.price is None else f"${best.price:.4f} for 1,000 posts"
    return Choice(
        stage=stage, endpoint=best.endpoint, reason=f"{best.measure} at least {best.low:.3f}, {price}"
    )


def _answers(score: AnnotatorScore) -> float:
    return score.answered / score.calls if score.calls else 0.0


def _why_none(scores: Sequence[AnnotatorScore], bound: float) -> str:
    best = max((one for one in scores if one.low is not None), key=lambda one: one.low or 0.0, default=None)
    if best is None:
        return next((one.reason for one in scores if one.reason), "nothing could be measured")
    if best.low is not None and best.low >= bound:
        return f"{best.endpoint} answers only {best.answered:,} of {best.calls:,} questions"
    return f"no lower end reaches {bound:g}; the best is {best.endpoint} with {best.low:.3f}"
