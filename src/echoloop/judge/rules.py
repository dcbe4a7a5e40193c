"""The rules by which scores become win rates: ours, the paper's, and that of the paper's public code."""

from collections.abc import Callable
from typing import Literal

import msgspec

from echoloop.grading import score_as_released
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Verdict
from echoloop.statistics import Missing, Vote

DEFAULT, PAPER, RELEASED_CODE, PAIRS = "default", "paper", "released_code", "pairs"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One way from verdicts to outcomes. `does` says in words what it does and how it differs from ours."""

    name: str
    vote: Vote
    missing: Missing
    judges: Literal["all", "first"] = "all"
    reading: Literal["last", "first"] = "last"
    weights: tuple[float, ...] | None = None
    does: str

    @property
    def score(self) -> Callable[[Verdict], float | None]:
        """How a verdict's score is read."""
        return _first_bracket if self.reading == "first" else _as_kept


def rules_of(settings: JudgeSettings) -> list[Rule]:
    """Ours as the settings have it, then the two that are published."""
    return [
        Rule(
            name=DEFAULT,
            vote=settings.vote,
            missing=settings.missing,
            weights=settings.weights,
            does="the last [[n]] of an answer counts; every judge votes; an outage moves nobody",
        ),
        Rule(
            name=PAPER,
            vote="majority",
            missing="skip",
            does="the rule as the paper writes it: a majority of the judges for each pair, the mean over all comparisons",
        ),
        Rule(
            name=RELEASED_CODE,
            vote="majority",
            missing="skip",
            judges="first",
            reading="first",
            does="what the public code does: its votes are all 0-0, so the first judge alone decides; the first [[n]] of "
            "an answer counts; a pair with a missing output is left out",
        ),
    ]


def _as_kept(verdict: Verdict) -> float | None:
    return verdict.score


def _first_bracket(verdict: Verdict) -> float | None:
    return score_as_released(verdict.rationale)
