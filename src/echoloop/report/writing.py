"""Tables in, a folder of pages out: whole or not at all."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec

from echoloop.report.complaints import Complaints, count_complaints
from echoloop.report.data_files import (
    complaints_csv,
    effects_csv,
    funnel_csv,
    leaderboard_csv,
    leaderboard_json,
)
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.evidence import Evidence, read_evidence
from echoloop.report.figures import drawn_figures
from echoloop.report.folder import DraftFolder
from echoloop.report.leaderboards import Board, boards
from echoloop.report.losses import FunnelGroup, funnel_groups, funnel_rows
from echoloop.report.pages import Findings, write_pages
from echoloop.report.pictures import PictureShelf
from echoloop.report.planted import CheckLine, planted_parts
from echoloop.report.samples import sample_pages
from echoloop.workspace import Workspace

_ASSETS = ("style.css", "report.js")
_ROBOTS = b"User-agent: *\nDisallow: /\n"


class _Counted(msgspec.Struct, frozen=True):
    """What pages, figures and data files share."""

    boards: list[Board]
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
        funnel_groups(evidence.stages),
        None if evidence.feedback is None else count_complaints(evidence.feedback, evidence.items),
    )
    with DraftFolder(workspace.report) as draft:
        shelf = PictureShelf(workspace.images, draft)
        findings = Findings(
            subject=subject,
            evidence=evidence,
            boards=counted.boards,
            funnel=counted.funnel,
            complaints=counted.complaints,
            planted=planted_parts(checks),
            samples=sample_pages(evidence, shelf),
            data=_write_data(draft, evidence, counted.complaints, display),
            figures=_write_figures(draft, counted, display),
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
    if evidence.effects is not None:
        files["effects.csv"] = effects_csv(evidence.effects, display)
    if complaints is not None:
        files["complaints.csv"] = complaints_csv(complaints, display)
    for name, data in files.items():
        draft.write(f"data/{name}", data)
    return sorted(files)


def _write_figures(draft: DraftFolder, counted: _Counted, display: TextDisplay) -> list[str]:
    """Every figure there are numbers for; their names, without suffixes."""
    names: list[str] = []
    for name, data in drawn_figures(counted.boards, counted.funnel, counted.complaints, display):
        draft.write(f"figures/{name}", data)
        names.append(name.partition(".")[0])
    return list(dict.fromkeys(names))
