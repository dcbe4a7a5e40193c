"""What the report is made from: every table that is there. A table that is not stays None; nothing is invented for it."""

from typing import TypeVar

import msgspec

from echoloop.records import (
    Applicability,
    Author,
    ColorHistogram,
    Comparison,
    Complaint,
    Dropped,
    Effect,
    FaultKeyword,
    FeedbackLabel,
    Finding,
    Item,
    Measurement,
    Output,
    PairStanding,
    Standing,
    Verdict,
)
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace

R = TypeVar("R", bound=msgspec.Struct)
_PRESENT = ("answered", "measured", "not_applicable")
_BESIDE_THE_LOOP = (
    "Dropped",
    "Tombstone",
    "Author",
    "Duplicate",
    "ReviewEvent",
    "ReviewCase",
    "Ranking",
    "Finding",
    "Canary",
    "FileMatch",
    "PairStanding",
    "FaultKeyword",
    "Complaint",
    "ColorHistogram",
)
"""Records of tables through which no rows flow on: a bar of the funnel would be wrong of them."""


class StageTable(msgspec.Struct, frozen=True, kw_only=True):
    """What one stage left on disk. `absent` counts kept rows whose answer is missing, by state."""

    act: str
    table: str
    record: str
    position: int
    kept: int
    absent: tuple[tuple[str, int], ...]
    dropped: tuple[Dropped, ...]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The tables that pages show row by row; of the others, `stages` holds the counts."""

    stages: tuple[StageTable, ...]
    posts: int | None
    handles: frozenset[str]
    items: list[Item] | None
    outputs: list[Output] | None
    verdicts: list[Verdict] | None
    comparisons: list[Comparison] | None
    standings: list[Standing] | None
    pairs: list[PairStanding] | None
    findings: list[Finding] | None
    agreement: list[Finding] | None
    feedback: list[FeedbackLabel] | None
    keywords: list[FaultKeyword] | None
    complaints: list[Complaint] | None
    applicability: list[Applicability] | None
    readers_agree: list[Finding] | None
    measurements: list[Measurement] | None
    effects: list[Effect] | None
    histograms: list[ColorHistogram] | None
    complaints_shown: list[Finding] | None


def read_evidence(workspace: Workspace) -> Evidence:
    """Read once, before anything is written. A damaged table stops the report and names its remedy."""
    posts = workspace.tables.read("posts") if workspace.tables.manifest("posts") else None
    authors = _rows(workspace, "authors", Author) or []
    return Evidence(
        stages=_stages(workspace),
        posts=posts.num_rows if posts is not None else None,
        handles=frozenset(author.handle for author in authors if author.handle),
        items=_rows(workspace, "items", Item),
        outputs=_rows(workspace, "outputs", Output),
        verdicts=_rows(workspace, "verdicts", Verdict),
        comparisons=_rows(workspace, "comparisons", Comparison),
        standings=_rows(workspace, "standings", Standing),
        pairs=_rows(workspace, "pair_standings", PairStanding),
        findings=_rows(workspace, "findings", Finding),
        agreement=_rows(workspace, "agreement", Finding),
        feedback=_rows(workspace, "feedback", FeedbackLabel),
        keywords=_rows(workspace, "keywords", FaultKeyword),
        complaints=_rows(workspace, "complaints", Complaint),
        applicability=_rows(workspace, "applicability", Applicability),
        readers_agree=_rows(workspace, "applicability_agreement", Finding),
        measurements=_measured(workspace),
        effects=_rows(workspace, "effects", Effect),
        histograms=_rows(workspace, "color_histograms", ColorHistogram),
        complaints_shown=_rows(workspace, "complaints_shown", Finding),
    )


def _rows(workspace: Workspace, name: str, record: type[R]) -> list[R] | None:
    return from_table(workspace.tables.read(name), record) if workspace.tables.manifest(name) else None


def _measured(workspace: Workspace) -> list[Measurement] | None:
    """Only what has a number: the others are counted in the effects, and there are many more of them."""
    if workspace.tables.manifest("measurements") is None:
        return None
    table = workspace.tables.read("measurements")
    return from_table(table.filter(table.column("value").is_valid()), Measurement)


def _stages(workspace: Workspace) -> tuple[StageTable, ...]:
    found: list[StageTable] = []
    for name in workspace.tables.names():
        manifest = workspace.tables.manifest(name)
        if manifest is None or manifest.record in _BESIDE_THE_LOOP or manifest.origin.act == "suites":
            continue
        found.append(
            StageTable(
                act=manifest.origin.act,
                table=name,
                record=manifest.record,
                position=manifest.origin.position,
                kept=manifest.rows,
                absent=_absent(workspace, name),
                dropped=tuple(_rows(workspace, f"{name}.dropped", Dropped) or ()),
            )
        )
    return tuple(found)


def _absent(workspace: Workspace, name: str) -> tuple[tuple[str, int], ...]:
    table = workspace.tables.read(name)
    if "state" not in table.column_names:
        return ()
    counts = table.column("state").value_counts().to_pylist()
    absent = [(str(one["values"]), int(one["counts"])) for one in counts if one["values"] not in _PRESENT]
    return tuple(sorted(absent))
