"""Complaint share beside measured effect: each complaint on a line with what was measured of it on every model."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from echoloop.records import Complaint, Effect, worse_than
from echoloop.report.complaints import in_order


class BesideCell(msgspec.Struct, frozen=True, kw_only=True):
    """A model's effect, and the share of the other models that it is worse than: None where it is not known, or all are alike."""

    effect: Effect
    worse: float | None


class BesideRow(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint and one field that answers it; `cells` follow the models. A complaint that nothing measures has no field."""

    complaint: Complaint
    metric: str
    field: str
    meaning: str
    cells: tuple[BesideCell | None, ...]


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """All lines, commonest complaint first; `uncomplained` are metrics whose complaints nobody made."""

    models: tuple[str, ...]
    rows: tuple[BesideRow, ...]
    uncomplained: tuple[str, ...]


def beside(complaints: Sequence[Complaint], effects: Sequence[Effect]) -> Beside:
    """Means over items of every field that bears the complaint out."""
    means = [one for one in effects if one.statistic == "mean"]
    models = tuple(sorted({one.model for one in means}))
    fields: defaultdict[tuple[str, int, str], list[Effect]] = defaultdict(list)
    for one in means:
        fields[one.metric, one.place, one.field].append(one)
    rows: list[BesideRow] = []
    for complaint in in_order(complaints):
        own = [fields[name] for name in sorted(fields) if complaint.cluster in fields[name][0].answers]
        rows += [_row(complaint, field, models) for field in own] or [_unmeasured(complaint, models)]
    named = {complaint.cluster for complaint in complaints}
    answering = {one.metric for one in means if one.answers}
    heard = {one.metric for one in means if not named.isdisjoint(one.answers)}
    return Beside(models=models, rows=tuple(rows), uncomplained=tuple(sorted(answering - heard)))


def _row(complaint: Complaint, effects: Sequence[Effect], models: Sequence[str]) -> BesideRow:
    by_model = {one.model: one for one in effects}
    worse = worse_than(effects, complaint.cluster)
    if len(set(worse.values())) < 2:
        worse = {}
    return BesideRow(
        complaint=complaint,
        metric=effects[0].metric,
        field=effects[0].field,
        meaning=effects[0].meaning,
        cells=tuple(
            BesideCell(effect=by_model[model], worse=worse.get(model)) if model in by_model else None
            for model in models
        ),
    )


def _unmeasured(complaint: Complaint, models: Sequence[str]) -> BesideRow:
    return BesideRow(complaint=complaint, metric="", field="", meaning="", cells=(None,) * len(models))
