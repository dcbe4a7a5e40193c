"""Where rows went, stage by stage: the funnel as a page and a figure show it."""

from collections.abc import Iterable, Sequence

import msgspec

from echoloop.records import FunnelRow, count_funnel
from echoloop.report.evidence import StageTable

_UNITS = {
    "Post": "posts",
    "Relevance": "found posts",
    "Thread": "conversations",
    "Sample": "samples",
    "Item": "items",
    "Output": "outputs",
    "Verdict": "verdicts",
    "Standing": "standings",
    "FeedbackLabel": "remarks",
    "Applicability": "questions",
    "Measurement": "measurements",
    "Effect": "effects",
}
_GROUPS = {"collect": "From posts to items", "curate": "From posts to items"}


class FunnelStage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage: what it accounted for, what stayed, what left and why. Shares are of the widest stage of its group."""

    act: str
    table: str
    unit: str
    entered: int
    kept: int
    left: int
    reasons: tuple[tuple[str, int], ...]
    absent: tuple[tuple[str, int], ...]
    unanswered: int
    answered_share: float
    unanswered_share: float
    left_share: float


class FunnelGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Stages that are drawn to one scale."""

    title: str
    stages: tuple[FunnelStage, ...]


def funnel_rows(stages: Iterable[StageTable]) -> list[FunnelRow]:
    """The counts as a table."""
    rows: list[FunnelRow] = []
    for stage in stages:
        rows += count_funnel(stage.act, stage.table, stage.position, stage.kept, stage.dropped)
    return rows


def funnel_groups(stages: Sequence[StageTable]) -> list[FunnelGroup]:
    """The stages in the order of the loop, grouped so that like is drawn beside like."""
    titles = list(dict.fromkeys(_title(stage) for stage in stages))
    groups: list[FunnelGroup] = []
    for title in titles:
        own = [stage for stage in stages if _title(stage) == title]
        widest = max((stage.kept + len(stage.dropped) for stage in own), default=0)
        groups.append(
            FunnelGroup(title=title, stages=tuple(_funnel_stage(stage, max(widest, 1)) for stage in own))
        )
    return groups


def _title(stage: StageTable) -> str:
    return _GROUPS.get(stage.act, stage.act.capitalize() or "Other tables")


def _funnel_stage(stage: StageTable, widest: int) -> FunnelStage:
    ends = count_funnel(stage.act, stage.table, stage.position, stage.kept, stage.dropped)[1:]
    left, unanswered = len(stage.dropped), sum(count for _, count in stage.absent)
    return FunnelStage(
        act=stage.act,
        table=stage.table,
        unit=_UNITS.get(stage.record, "rows"),
        entered=stage.kept + left,
        kept=stage.kept,
        left=left,
        reasons=tuple((end.outcome, end.rows) for end in ends),
        absent=stage.absent,
        unanswered=unanswered,
        answered_share=(stage.kept - unanswered) / widest,
        unanswered_share=unanswered / widest,
        left_share=left / widest,
    )
