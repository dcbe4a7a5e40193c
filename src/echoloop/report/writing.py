"""Tables in, a folder of pages out: whole or not at all."""

from collections.abc import Sequence
from importlib import resources
from itertools import chain
from pathlib import Path

import msgspec

from echoloop.records import Finding, PairStanding
from echoloop.report.choosing import drawn_at_random
from echoloop.report.color_figures import color_figures
from echoloop.report.complaints import count_complaints
from echoloop.report.data_files import (
    funnel_csv,
    leaderboard_csv,
    leaderboard_json,
    records_csv,
)
from echoloop.report.diagnose import Diagnosis, diagnosis
from echoloop.report.diagnose_figures import diagnose_figures
from echoloop.report.diagnose_files import diagnose_files
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.evidence import Evidence, read_evidence
from echoloop.report.figures import drawn_figures
from echoloop.report.folder import DraftFolder
from echoloop.report.judge import Judging, judging
from echoloop.report.judge_figures import judge_figures
from echoloop.report.leaderboards import Board, boards
from echoloop.report.losses import FunnelGroup, funnel_groups, funnel_rows
from echoloop.report.pages import Findings, write_pages
from echoloop.report.pair_figures import pair_figures
from echoloop.report.pictures import PictureShelf
from echoloop.report.planted import CheckLine, planted_parts
from echoloop.report.qualitative import GRID_ITEMS, qualitative_grid
from echoloop.report.samples import SamplePage, sample_pages
from echoloop.report.word_cloud import word_cloud
from echoloop.workspace import Workspace

_ASSETS = ("style.css", "report.js")
_ROBOTS = b"User-agent: *\nDisallow: /\n"


class _Counted(msgspec.Struct, frozen=True):
    """What pages, figures and data files share."""

    boards: list[Board]
    judging: Judging
    funnel: list[FunnelGroup]
    diagnosis: Diagnosis


def write_report(workspace: Workspace, subject: str, checks: Sequence[CheckLine] = ()) -> Path:
    """Write `workspace.report` anew and return its index. Needs the writer's lock; the same tables give the same bytes.

    `checks` are lines of "planted against recovered": part, text, and whether it held (None: merely shown).
    """
    evidence = read_evidence(workspace)
    display = TextDisplay(evidence.handles)
    complaints = (
        None
        if evidence.feedback is None
        else count_complaints(evidence.feedback, evidence.complaints, evidence.keywords)
    )
    with DraftFolder(workspace.report) as draft:
        shelf = PictureShelf(workspace.images, draft)
        samples = sample_pages(evidence, shelf)
        counted = _Counted(
            boards(evidence.standings or ()),
            judging(
                evidence.standings or (),
                evidence.pairs or (),
                evidence.findings or (),
                evidence.agreement or (),
            ),
            funnel_groups(evidence.stages),
            diagnosis(evidence, complaints, shelf),
        )
        findings = Findings(
            subject=subject,
            evidence=evidence,
            boards=counted.boards,
            judging=counted.judging,
            funnel=counted.funnel,
            diagnosis=counted.diagnosis,
            planted=planted_parts(checks),
            samples=samples,
            data=_write_data(draft, evidence, counted.diagnosis, display),
            figures=_write_figures(draft, evidence, counted, samples, display),
        )
        write_pages(draft, findings, display)
        for name in _ASSETS:
            asset = resources.files("echoloop.report").joinpath("assets", name)
            draft.write(f"assets/{name}", asset.read_bytes())
        draft.write("robots.txt", _ROBOTS)
    return workspace.report / "index.html"


def _write_data(draft: DraftFolder, evidence: Evidence, found: Diagnosis, display: TextDisplay) -> list[str]:
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
    files.update(diagnose_files(evidence, found, display))
    for name, data in files.items():
        draft.write(f"data/{name}", data)
    return sorted(files)


def _write_figures(
    draft: DraftFolder,
    evidence: Evidence,
    counted: _Counted,
    samples: Sequence[SamplePage],
    display: TextDisplay,
) -> dict[str, list[str]]:
    """Every figure there are numbers for: its suffixes by its name."""
    written: dict[str, list[str]] = {}
    found = counted.diagnosis
    complaints = [row.complaint for row in (found.complaints.rows if found.complaints else None) or ()]
    for name, data in chain(
        drawn_figures(counted.boards, counted.funnel),
        judge_figures(counted.boards, counted.judging),
        word_cloud(found.complaints.keywords if found.complaints else (), display),
        diagnose_figures(complaints, found.groups or (), found.beside, display),
        color_figures(evidence.histograms or ()),
        pair_figures(found.pairs, draft.read, display),
        qualitative_grid(drawn_at_random(samples, GRID_ITEMS), draft.read, display),
    ):
        draft.write(f"figures/{name}", data)
        stem, _, suffix = name.partition(".")
        written.setdefault(stem, []).append(suffix)
    return written
