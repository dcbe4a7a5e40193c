"""One benchmark's margin beside another's, over the models that both have: does this one tell them apart better?"""

from collections.abc import Iterator, Sequence

import msgspec

from echoloop.judge.contests import VOTE, Contest, Heard, contests, splits_of
from echoloop.judge.known import known, with_interval
from echoloop.judge.rules import DEFAULT
from echoloop.judge.settings import Contestant, Judge, JudgeSettings
from echoloop.records import Comparison, Finding, Mistake, Output, Verdict
from echoloop.records.arrow import from_table
from echoloop.statistics import bootstrap_of, discrimination, margin_ratio, rates_of
from echoloop.workspace import Workspace


def margins_beside(settings: JudgeSettings, ours: Workspace, theirs: Workspace) -> Iterator[Finding]:
    """For each split of ours and of theirs: the margin of our leader over the next in both, and how many times wider ours is.

    The same two models are set against each other in both; each benchmark is voted on by the judges that it has.
    """
    common = sorted(_models(ours) & _models(theirs))
    if len(common) < 2:
        raise Mistake(
            f"the two workspaces share {len(common)} models, and a margin needs two",
            where=theirs.path,
            remedy="Judge the same models in both, under the same names.",
        )
    for one in _votes(settings, ours, common):
        rates = rates_of(one.outcomes).rates
        leader, following = sorted(range(len(common)), key=lambda at: -rates[at])[:2]
        for other in _votes(settings, theirs, common):
            yield with_interval(_ratio(settings, one, other, leader, following))


def _ratio(settings: JudgeSettings, one: Contest, other: Contest, leader: int, following: int) -> Finding:
    margins = [
        discrimination(
            rates_of(contest.outcomes),
            bootstrap_of(contest.outcomes, resamples=settings.resamples, seed=settings.seed),
            leader,
            following,
        )
        for contest in (one, other)
    ]
    ratio = margin_ratio(margins[0], margins[1], seed=settings.seed)
    return Finding(
        split=one.split,
        measure=f"margin, times that of the other's {other.split}",
        about=f"{one.models[leader]} | {one.models[following]}",
        value=known(ratio.ratio),
        low=known(ratio.low),
        high=known(ratio.high),
        n=min(len(one.items), len(other.items)),
        formula=ratio.formula,
        reason=ratio.reason,
    )


def _votes(settings: JudgeSettings, workspace: Workspace, models: Sequence[str]) -> Iterator[Contest]:
    """The vote by our rule, with the judges that a workspace's verdicts name."""
    outputs, verdicts = _rows(workspace)
    there = msgspec.structs.replace(
        settings,
        judges=tuple(Judge(name=name, endpoint="") for name in sorted({one.judge for one in verdicts})),
        contestants=tuple(Contestant(name=model) for model in models),
        method="grades",
        weights=None,
    )
    none: list[Comparison] = []
    wanted = set(models)
    own = [verdict for verdict in verdicts if verdict.model in wanted]
    heard: Heard
    for heard in splits_of(outputs, own, none):
        for contest in contests(there, heard):
            if contest.judge == VOTE and contest.rule == DEFAULT:
                yield contest


def _rows(workspace: Workspace) -> tuple[list[Output], list[Verdict]]:
    tables = workspace.tables
    return from_table(tables.read("outputs"), Output), from_table(tables.read("verdicts"), Verdict)


def _models(workspace: Workspace) -> set[str]:
    return {output.model for output in _rows(workspace)[0]}
