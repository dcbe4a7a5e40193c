"""People beside judges as a folder of its own: the whole table and its figures."""

from collections.abc import Sequence
from pathlib import Path

from echoloop.records import Finding
from echoloop.report.data_files import records_csv
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.folder import DraftFolder
from echoloop.report.judge import grouped
from echoloop.report.judge_figures import agreement_figures
from echoloop.workspace import Workspace


def write_agreement(workspace: Workspace, findings: Sequence[Finding]) -> Path:
    """Write `agreement/` in the workspace anew and return it. Needs the writer's lock."""
    folder = workspace.path / "agreement"
    with DraftFolder(folder) as draft:
        draft.write("agreement.csv", records_csv(Finding, findings, TextDisplay(frozenset())))
        for name, data in agreement_figures(grouped(findings)):
            draft.write(f"figures/{name}", data)
    return folder
