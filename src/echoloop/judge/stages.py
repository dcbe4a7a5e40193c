"""The stages of judge, in order; and those that need people's rankings, which are run apart."""

from echoloop.calls import load_prompt
from echoloop.engine import Stage
from echoloop.judge.agreement import measure_agreement
from echoloop.judge.calibration import calibrate_judges
from echoloop.judge.canaries import canary_stage, canary_table
from echoloop.judge.comparisons import compare_outputs
from echoloop.judge.findings import make_findings
from echoloop.judge.pair_standings import make_pair_standings
from echoloop.judge.rankings import RANKINGS
from echoloop.judge.settings import CanarySettings, JudgeSettings
from echoloop.judge.standings import make_standings
from echoloop.judge.verdicts import hear_judges
from echoloop.records import Canary, Comparison, Finding, PairStanding, Standing, Verdict

_HEARD = (("verdicts", Verdict), ("comparisons", Comparison))


def judge_stages(settings: JudgeSettings, canaries: CanarySettings | None = None) -> list[Stage]:
    """Judges grade every output, or compare them two at a time; what they say becomes standings and findings."""
    rounds = range(canaries.first, canaries.round + 1) if canaries else ()
    stages = [_grades(settings)] if settings.graded else []
    stages += [_choices(settings)] if settings.paired else []
    stages += [canary_stage(canaries)] if canaries else []
    return [
        *stages,
        Stage(
            act="judge",
            name="standings",
            does="turn what judges said into win rates with intervals",
            reads=("outputs", "items"),
            also=_HEARD,
            writes=Standing,
            run=make_standings,
            settings=settings,
        ),
        Stage(
            act="judge",
            name="pair_standings",
            does="set every model against every other",
            reads=("outputs",),
            also=_HEARD,
            writes=PairStanding,
            run=make_pair_standings,
            settings=settings,
        ),
        Stage(
            act="judge",
            name="findings",
            does="say how well models are told apart and how far judges can be trusted",
            reads=("outputs",),
            also=(*_HEARD, *((canary_table(number), Canary) for number in rounds)),
            writes=Finding,
            run=make_findings,
            settings=settings,
        ),
    ]


def agreement_stages(settings: JudgeSettings) -> list[Stage]:
    """People beside judges. Needs rankings."""
    return [
        Stage(
            act="judge",
            name="agreement",
            does="measure how far people and judges agree",
            reads=("outputs", "items", "verdicts", RANKINGS),
            writes=Finding,
            run=measure_agreement,
            settings=settings,
        )
    ]


def calibration_stages(settings: JudgeSettings) -> list[Stage]:
    """Weights for judges from people's rankings. Needs rankings."""
    return [
        Stage(
            act="judge",
            name="calibration",
            does="fit weights for judges to people's rankings",
            reads=("outputs", "verdicts", RANKINGS),
            writes=Finding,
            run=calibrate_judges,
            settings=settings,
        )
    ]


def _grades(settings: JudgeSettings) -> Stage:
    return Stage(
        act="judge",
        name="verdicts",
        does="let every judge grade every output",
        reads=("outputs", "items"),
        writes=Verdict,
        run=hear_judges,
        settings=settings,
        prompts=(load_prompt("echoloop.grading", "rubric"),),
        endpoints=tuple(judge.endpoint for judge in settings.judges),
    )


def _choices(settings: JudgeSettings) -> Stage:
    return Stage(
        act="judge",
        name="comparisons",
        does="let every judge choose between outputs, two at a time and in both orders",
        reads=("outputs", "items"),
        writes=Comparison,
        run=compare_outputs,
        settings=settings,
        prompts=(load_prompt("echoloop.grading", "comparing"),),
        endpoints=tuple(judge.endpoint for judge in settings.judges),
    )
