"""How the standings came about: the rules side by side, every model against every other, slices, and what to doubt."""

from collections.abc import Iterable, Sequence

import msgspec

from echoloop.records import Finding, PairStanding, Split, Standing, main_standings
from echoloop.report.leaderboards import is_vote, model_order

_ORDER = (
    "leader",
    "items tied",
    "people's",
    "raters",
    "consensus",
    "models differ",
    "tau_b, judge with c",
    "grades",
    "",
    "Dunn",
)
"""How measures begin, in the order in which a reader asks for them; the empty one stands for all others."""


class RuleColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: who voted and how, and what its rates add up to (half the number of models where nothing is left out)."""

    rule: str
    judges: tuple[str, ...]
    vote: str
    missing: str
    total: float | None


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model under every rule; `apart` is the largest difference from our own."""

    model: str
    standings: tuple[Standing | None, ...]
    apart: float | None


class RuleTable(msgspec.Struct, frozen=True, kw_only=True):
    """One split under all rules."""

    split: Split
    columns: tuple[RuleColumn, ...]
    rows: tuple[RuleRow, ...]


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """Every model of a split against every other, best first; None on the diagonal and where two never met."""

    split: Split
    rule: str
    models: tuple[str, ...]
    cells: tuple[tuple[PairStanding | None, ...], ...]


class SliceTable(msgspec.Struct, frozen=True, kw_only=True):
    """The models of a split in each slice: its name, its items, and the standing of each model in order."""

    split: Split
    models: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[Standing | None, ...]], ...]


class FindingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one measure; `formula` is empty where each row has its own."""

    measure: str
    formula: str
    rows: tuple[Finding, ...]


class Judging(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page about judging shows."""

    rules: tuple[RuleTable, ...]
    matrices: tuple[Matrix, ...]
    slices: tuple[SliceTable, ...]
    alarms: tuple[Finding, ...]
    findings: tuple[FindingGroup, ...]
    agreement: tuple[FindingGroup, ...]


def judging(
    standings: Sequence[Standing],
    pairs: Sequence[PairStanding],
    findings: Sequence[Finding],
    agreement: Sequence[Finding],
) -> Judging:
    """From the tables of judge to what a page shows."""
    splits: list[Split] = sorted({one.split for one in standings}, reverse=True)
    return Judging(
        rules=tuple(_rules(standings, split) for split in splits),
        matrices=tuple(matrix for split in splits if (matrix := _matrix(standings, pairs, split))),
        slices=tuple(table for split in splits if (table := _slices(standings, split))),
        alarms=tuple(one for one in findings if one.alarm),
        findings=grouped(findings),
        agreement=grouped(agreement),
    )


def grouped(findings: Iterable[Finding]) -> tuple[FindingGroup, ...]:
    """Findings by what they measure: what a reader asks for first comes first, the many tests of pairs last."""
    by_measure: dict[str, list[Finding]] = {}
    for one in sorted(findings, key=lambda one: (_turn(one.measure), one.measure)):
        by_measure.setdefault(one.measure, []).append(one)
    return tuple(_group(measure, rows) for measure, rows in by_measure.items())


def _group(measure: str, rows: Sequence[Finding]) -> FindingGroup:
    formulas = {row.formula for row in rows}
    return FindingGroup(
        measure=measure, formula=rows[0].formula if len(formulas) == 1 else "", rows=tuple(rows)
    )


def _turn(measure: str) -> int:
    """The empty beginning fits everything, so it is asked last."""
    named = (at for at, start in enumerate(_ORDER) if start and measure.startswith(start))
    return next(named, _ORDER.index(""))


def _rules(standings: Sequence[Standing], split: Split) -> RuleTable:
    votes = [one for one in standings if one.split == split and not one.slice and is_vote(one)]
    rules = list(dict.fromkeys(sorted((one.rule for one in votes), key=_rule_order)))
    by_place = {(one.rule, one.model): one for one in votes}
    order = model_order(standings, split)
    models = sorted({one.model for one in votes}, key=lambda model: order.get(model, len(order)))
    return RuleTable(
        split=split,
        columns=tuple(_column(rule, [one for one in votes if one.rule == rule]) for rule in rules),
        rows=tuple(_rule_row(model, [by_place.get((rule, model)) for rule in rules]) for model in models),
    )


def _rule_order(rule: str) -> tuple[int, str]:
    order = ("default", "pairs", "paper", "released_code")
    return (order.index(rule) if rule in order else len(order), rule)


def _column(rule: str, votes: Sequence[Standing]) -> RuleColumn:
    rates = [one.rate for one in votes if one.rate is not None]
    first = votes[0]
    return RuleColumn(
        rule=rule,
        judges=first.judges,
        vote=first.vote,
        missing=first.missing,
        total=sum(rates) if rates else None,
    )


def _rule_row(model: str, standings: Sequence[Standing | None]) -> RuleRow:
    rates = [one.rate for one in standings if one is not None and one.rate is not None]
    ours = standings[0].rate if standings and standings[0] is not None else None
    apart = max((abs(rate - ours) for rate in rates), default=None) if ours is not None else None
    return RuleRow(model=model, standings=tuple(standings), apart=apart)


def _matrix(standings: Sequence[Standing], pairs: Sequence[PairStanding], split: Split) -> Matrix | None:
    votes = [one for one in main_standings(standings) if one.split == split and is_vote(one)]
    if not votes:
        return None
    rule, judge = votes[0].rule, votes[0].judge
    cells = {
        (one.model, one.against): one
        for one in pairs
        if one.split == split and one.rule == rule and one.judge == judge
    }
    if not cells:
        return None
    models = tuple(model_order(standings, split))
    rows = tuple(tuple(cells.get((model, against)) for against in models) for model in models)
    return Matrix(split=split, rule=rule, models=models, cells=rows)


def _slices(standings: Sequence[Standing], split: Split) -> SliceTable | None:
    own = [one for one in standings if one.split == split and one.slice and one.rule == "default"]
    if not own:
        return None
    models = tuple(model_order(standings, split))
    parts: dict[str, dict[str, Standing]] = {}
    for one in own:
        parts.setdefault(one.slice, {})[one.model] = one
    rows = tuple(
        (name, max(one.items for one in found.values()), tuple(found.get(model) for model in models))
        for name, found in sorted(parts.items())
    )
    return SliceTable(split=split, models=models, rows=rows)
