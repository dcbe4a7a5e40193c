"""Tables in, a folder of pages out: whole or not at all."""

from collections.abc import Sequence
from importlib import resources
from itertools import chain
from pathlib import Path

import msgspec

from echoloop.records import Finding, PairStanding
from echoloop.report.choosing import drawn_at_random
from echoloop.report.complaints import Complaints, count_complaints
from echoloop.report.data_files import (
    complaints_csv,
    effects_csv,
    funnel_csv,
    leaderboard_csv,
    leaderboard_json,
    records_csv,
)
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.evidence import Evidence, read_evidence
from echoloop.report.figures import drawn_figures
from echoloop.report.folder import DraftFolder
from echoloop.report.judge import Judging, judging
from echoloop.report.judge_figures import judge_figures
from echoloop.report.leaderboards import Board, boards
from echoloop.report.losses import FunnelGroup, funnel_groups, funnel_rows
from echoloop.report.pages import Findings, write_pages
from echoloop.report.pictures import PictureShelf
from echoloop.report.planted import CheckLine, planted_parts
from echoloop.report.qualitative import GRID_ITEMS, qualitative_grid
from echoloop.report.samples import SamplePage, sample_pages
from echoloop.workspace import Workspace

_ASSETS = ("style.css", "report.js")
_ROBOTS = b"User-agent: *\nDisallow: /\n"


class _Counted(msgspec.Struct, frozen=True):
    """What pages, figures and data files share."""

    boards: list[Board]
    judging: Judging
    funnel: list[FunnelGroup]
    complaints: Complaints | None


def write_report(workspace: Workspace, subject: str, checks: Sequence[CheckLine] = ()) -> Path:
    """Write `workspace.report` anew and return its index. Needs the writer's lock; the same tables give the same bytes.

    `checks` are lines of "planted against recovered": part, text, and whether it held (None: merely shown).
    """
    evidence = read_evidence(workspace)
    display = TextDisplay(evidence.handles)
    counted = _Counted(
        boards(evidence.standings or ()),
        judging(
            evidence.standings or (), evidence.pairs or (), evidence.findings or (), evidence.agreement or ()
        ),
        funnel_groups(evidence.stages),
        None if evidence.feedback is None else count_complaints(evidence.feedback, evidence.items),
    )
    with DraftFolder(workspace.report) as draft:
        shelf = PictureShelf(workspace.images, draft)
        samples = sample_pages(evidence, shelf)
        findings = Findings(
            subject=subject,
            evidence=evidence,
            boards=counted.boards,
            judging=counted.judging,
            funnel=counted.funnel,
            complaints=counted.complaints,
            planted=planted_parts(checks),
            samples=samples,
            data=_write_data(draft, evidence, counted.complaints, display),
            figures=_write_figures(draft, counted, samples, display),
        )
        write_pages(draft, findings, display)
        for name in _ASSETS:
            asset = resources.files("echoloop.report").joinpath("assets", name)
            draft.write(f"assets/{name}", asset.read_bytes())
        draft.write("robots.txt", _ROBOTS)
    return workspace.report / "index.html"


def _write_data(
    draft: DraftFolder, evidence: Evidence, complaints: Complaints | None, display: TextDisplay
) -> list[str]:
    """A file for every table there is; their names."""
    files = {"funnel.csv": funnel_csv(funnel_rows(evidence.stages), display)}
    if evidence.standings is not None:
        files["leaderboard.csv"] = leaderboard_csv(evidence.standings, display)
        files["leaderboard.json"] = leaderboard_json(evidence.standings)
    if evidence.pairs is not None:
        files["pairs.csv"] = records_csv(PairStanding, evidence.pairs, display)
    if evidence.findings is not None:
        files["findings.csv"] = records_csv(Finding, evidence.findings, display)
    if evidence.agreement is not None:
        files["agreement.csv"] = records_csv(Finding, evidence.agreement, display)
    if evidence.effects is not None:
        files["effects.csv"] = effects_csv(evidence.effects, display)
    if complaints is not None:
        files["complaints.csv"] = complaints_csv(complaints, display)
    for name, data in files.items():
        draft.write(f"data/{name}", data)
    return sorted(files)


def _write_figures(
    draft: DraftFolder, counted: _Counted, samples: Sequence[SamplePage], display: TextDisplay
) -> dict[str, list[str]]:
    """Every figure there are numbers for: its suffixes by its name."""
    written: dict[str, list[str]] = {}
    for name, data in chain(
        drawn_figures(counted.boards, counted.funnel, counted.complaints, display),
        judge_figures(counted.boards, counted.judging),
        qualitative_grid(drawn_at_random(samples, GRID_ITEMS), draft.read, display),
    ):
        draft.write(f"figures/{name}", data)
        stem, _, suffix = name.partition(".")
        written.setdefault(stem, []).append(suffix)
    return written
