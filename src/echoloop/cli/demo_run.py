"""Running the demo: the same stages as every run, then the comparison with the truth that no stage has seen."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from echoloop.cli.collecting import StageChange, collect_all
from echoloop.cli.composing import House
from echoloop.cli.demo_checks import demo_checks
from echoloop.cli.demo_settings import demo_settings
from echoloop.cli.freshness import stages_of
from echoloop.cli.leaderboard import leaderboard_text
from echoloop.cli.settings_file import read_settings
from echoloop.curate import write_release
from echoloop.engine import EngineSettings, Progress, Session, Style, hush
from echoloop.judge import VOTE
from echoloop.lab.checks import Check
from echoloop.lab.painters import PAINTERS, Painter, faultless_painters
from echoloop.lab.town import POSTS_FILE, TRUTH_FILE, TownPlan, load_truth, write_town
from echoloop.records import Mistake, Standing, main_standings
from echoloop.records.arrow import from_table
from echoloop.report import write_report
from echoloop.workspace import Workspace, place_file, writing

RELEASE = "0.1.0"


class DemoPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which town, which painters, where."""

    folder: str
    seed: int = 0
    threads: int = 260
    faulty: bool = True

    @property
    def cast(self) -> tuple[Painter, ...]:
        """The models under test."""
        return PAINTERS if self.faulty else faultless_painters()


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    checks: list[Check]
    leaderboards: list[str]
    report: str
    seconds: float


def run_demo(
    plan: DemoPlan, *, json: bool = False, style: Style | None = None, stop: threading.Event | None = None
) -> DemoResult:
    """The whole loop in one folder. What is there already is replayed."""
    begun = time.monotonic()
    house = prepare(plan)
    progress = Progress("json" if json else style)
    workspace = run_acts(house, progress, stop=stop)
    with writing(workspace.path):
        if not workspace.releases.joinpath(RELEASE).exists():
            write_release(workspace, house.settings.subject, RELEASE)
        checks = demo_checks(workspace, plan.cast, load_truth(Path(plan.folder) / "town" / TRUTH_FILE))
        report = write_report(workspace, house.settings.subject, [_report_line(check) for check in checks])
    return DemoResult(
        checks=checks,
        leaderboards=_leaderboards(workspace),
        report=str(report),
        seconds=time.monotonic() - begun,
    )


def prepare(plan: DemoPlan) -> House:
    """The town and the settings file, written unless they are there. A folder belongs to one plan."""
    folder = Path(plan.folder)
    _claim(folder, plan)
    town = folder / "town"
    if not (town / POSTS_FILE).exists():
        write_town(town, TownPlan(seed=plan.seed, threads=plan.threads, faulty=plan.faulty))
    settings = folder / "echoloop.toml"
    settings.write_text(demo_settings(plan.cast, "faulty" if plan.faulty else "faultless"), "utf-8")
    return House(settings, read_settings(settings))


def _claim(folder: Path, plan: DemoPlan) -> None:
    note = folder / "demo.json"
    mine = msgspec.json.encode(msgspec.structs.replace(plan, folder=""))
    if note.exists() and note.read_bytes() != mine:
        raise Mistake(
            "this folder holds another demo (other seed, threads or faults)",
            where=folder.absolute(),
            remedy="Name another folder, or delete this one.",
        )
    place_file(note, mine)


def run_acts(
    house: House,
    progress: Progress,
    *,
    acts: Sequence[str] = ("collect", "curate", "generate", "judge", "diagnose"),
    change: StageChange = list,
    engine: EngineSettings | None = None,
    stop: threading.Event | None = None,
) -> Workspace:
    """Acts of the loop over the house's workspace, in order; `change` sees their stages before they run."""
    hush()
    with (
        writing(house.workspace) as workspace,
        Session(
            workspace, house.endpoints.values(), engine=engine or house.engine, progress=progress, stop=stop
        ) as session,
    ):
        for act in acts:
            if act == "collect":
                collect_all(house, session, change=change)
            else:
                session.run(change(stages_of(house, act)))
    return workspace


def _leaderboards(workspace: Workspace) -> list[str]:
    standings = main_standings(from_table(workspace.tables.read("standings"), Standing))
    return [
        leaderboard_text([one for one in standings if one.split == split and one.judge == VOTE])
        for split in sorted({standing.split for standing in standings})
    ]


def _report_line(check: Check) -> tuple[str, str, bool | None]:
    return check.part, check.line[4:], None if check.shown else check.passed
