"""The stages of judge, in order."""

from echoloop.calls import load_prompt
from echoloop.engine import Stage
from echoloop.judge.settings import JudgeSettings
from echoloop.judge.standings import make_standings
from echoloop.judge.verdicts import hear_judges
from echoloop.records import Standing, Verdict


def judge_stages(settings: JudgeSettings) -> list[Stage]:
    """Judges grade every output; grades become standings."""
    return [
        Stage(
            act="judge",
            name="verdicts",
            does="let every judge grade every output",
            reads=("outputs", "items"),
            writes=Verdict,
            run=hear_judges,
            settings=settings,
            prompts=(load_prompt("echoloop.grading", "rubric"),),
            endpoints=tuple(judge.endpoint for judge in settings.judges),
        ),
        Stage(
            act="judge",
            name="standings",
            does="turn grades into win rates with intervals",
            reads=("outputs", "verdicts"),
            writes=Standing,
            run=make_standings,
            settings=settings,
        ),
    ]
