"""From the settings file to what each act needs. Here, and only here, the rooms are put together."""

import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec

from echoloop.calls import Endpoint, Mode
from echoloop.cli.composing_endpoints import declared_endpoint
from echoloop.cli.composing_models import developer_of, image_model, made_endpoint
from echoloop.cli.options import AS_USUAL, Place, Running
from echoloop.cli.settings_file import ModelTable, PhaseTable, SettingsFile, read_settings
from echoloop.collect import (
    Archive,
    Bounds,
    CollectSettings,
    FieldSettings,
    Intake,
    IntakeSettings,
    PhaseWishes,
    Plan,
    PlatformSettings,
    Reach,
    RelevanceSettings,
    open_archives,
    plan_of,
    state_of,
)
from echoloop.curate import CurateSettings
from echoloop.diagnose import AgreementSettings, DiagnoseSettings
from echoloop.engine import EngineSettings, Progress, Session, hush, start_runner, watch_signals
from echoloop.generate import GenerateSettings
from echoloop.judge import VOTE, CanarySettings, Contestant, Judge, JudgeSettings, canary_round
from echoloop.records import Mistake
from echoloop.workspace import Workspace, writing


class House:
    """Settings, read and resolved: every name in them is known to exist."""

    def __init__(self, path: Path, settings: SettingsFile, workspace: Path | None = None) -> None:
        self.path = path
        self.settings = settings
        self.workspace = workspace or path.parent / settings.workspace
        self.endpoints: Mapping[str, Endpoint] = {
            name: declared_endpoint(name, table, path) for name, table in settings.endpoints.items()
        }
        self.endpoints = {**self.endpoints, **{made.name: made for made in self._made_endpoints()}}

    @property
    def engine(self) -> EngineSettings:
        """How stages run."""
        table = self.settings.engine
        return EngineSettings(runner=table.runner, address=table.address, workers=table.workers)

    @property
    def collect(self) -> CollectSettings:
        """What the stages of collect need, over what is in the intake now."""
        intake = self.workspace / "sightings.sqlite"
        state = state_of(intake, absent=self._not_in_yet(intake))
        plan = self.plan if self._searches_archives else None
        return CollectSettings(
            found=IntakeSettings(intake=str(intake), digest=state.found, plan=plan),
            relevance=RelevanceSettings(
                subject=self.settings.subject,
                released=self.settings.released,
                reader=self.role("text"),
                keep_from=self.settings.collect.keep_from,
            ),
            posts=IntakeSettings(intake=str(intake), digest=state.everything, plan=plan),
        )

    @cached_property
    def archives(self) -> list[Archive]:
        """The archives that the settings name, by content."""
        named = [str((self.path.parent / path).absolute()) for path in self.settings.collect.archives]
        try:
            return open_archives(named)
        except Mistake as mistake:
            raise Mistake(
                mistake.what,
                where=mistake.where,
                remedy=f"{mistake.remedy} It is named by `archive` under [collect] in {self.path.name}.",
            ) from mistake

    @property
    def plan(self) -> Plan:
        """What is searched for, when, in which languages."""
        table, platforms = self.settings.collect, self.settings.platforms
        return plan_of(
            subject=self.settings.subject,
            released=self.settings.released,
            until=table.until,
            languages=tuple(table.languages),
            broad=_phase(table.broad),
            narrow=_phase(table.narrow),
            platforms={name: (one.broad, one.narrow) for name, one in platforms.items()},
        )

    @property
    def field(self) -> FieldSettings:
        """How far a run of collecting goes."""
        table = self.settings.collect
        return FieldSettings(
            expand=table.expand,
            bounds=Bounds(depth=table.depth, posts_per_thread=table.posts_per_thread, calls=table.calls),
            reach=Reach(
                plain_http=table.pictures_over_http,
                allow_private=table.pictures_from_private_addresses,
                ports=None if table.pictures_from_private_addresses else Reach().ports,
            ),
        )

    @property
    def platforms(self) -> list[PlatformSettings]:
        """The platforms that have a table."""
        return [
            msgspec.convert(
                {
                    "platform": name,
                    **table.model_dump(exclude={"broad", "narrow"}, exclude_none=True),
                },
                PlatformSettings,
            )
            for name, table in self.settings.platforms.items()
        ]

    @property
    def _searches_archives(self) -> bool:
        """Keywords that somebody wrote down also select from archives; the ones we made up do not."""
        table = self.settings.collect
        return table.broad.keywords is not None or table.narrow.keywords is not None

    def _not_in_yet(self, intake: Path) -> tuple[str, ...]:
        digests = [known for archive in self.archives if (known := archive.identity)]
        if not digests or not intake.exists():
            return tuple(digests)
        with Intake(intake, readonly=True) as opened:
            whole = {known.digest for known in opened.imports.all() if known.whole}
        return tuple(digest for digest in digests if digest not in whole)

    @property
    def curate(self) -> CurateSettings:
        """What curate needs."""
        table, roles = self.settings.curate, self.settings.roles
        return CurateSettings(
            subject=self.settings.subject,
            reader=self.role("text"),
            viewer=self.role("vision"),
            boxer=self.role("boxes"),
            guard=self.role("guard"),
            guards=self._all_known(roles.guards),
            classifiers=self._all_known(roles.classifiers),
            moderators=self._all_known(roles.moderators),
            **table.model_dump(),
        )

    @property
    def generate(self) -> GenerateSettings:
        """What generate needs."""
        table = self.settings.generate
        return GenerateSettings(
            models=tuple(image_model(self, name) for name, _ in self._models()),
            samples=table.samples,
            seed=table.seed,
            scratch=str(self.scratch),
        )

    @property
    def scratch(self) -> Path:
        """Where programs that draw leave their pictures until they are taken."""
        return self.workspace / "commands"

    @property
    def judge(self) -> JudgeSettings:
        """What judge needs."""
        table = self.settings.judge
        names = self.settings.roles.judges
        if not names:
            raise Mistake(
                "there are no judges", where=self.path, remedy='Add judges = ["..."] under [roles].'
            )
        if len(set(names)) < len(names):
            raise Mistake(
                f"judges under [roles] names one twice: {', '.join(names)}",
                where=self.path,
                remedy="Name each once. To ask a judge several times, set repeats under [judge]; to count it more, weights.",
            )
        return JudgeSettings(
            judges=tuple(self._judge(name) for name in names),
            contestants=tuple(
                Contestant(name=name, developer=developer_of(self, name)) for name, _ in self._models()
            ),
            method=table.method,
            repeats=table.repeats,
            pairs_per_item=table.pairs_per_item,
            vote=table.vote,
            missing=table.missing,
            weights=self._weights(names),
            baseline=self._baseline(),
            slices=tuple(table.slices),
            slice_items=table.slice_items,
            resamples=table.resamples,
            seed=table.seed,
        )

    @property
    def canaries(self) -> CanarySettings | None:
        """The round of canaries that belongs to the outputs there are now: the last one, or the one after it."""
        table = self.settings.judge
        if not table.canaries or table.method == "pairs":
            return None
        return canary_round(
            Workspace(self.workspace),
            tuple(self._judge(name) for name in self.settings.roles.judges),
            pictures=table.canaries,
            seed=table.seed,
        )

    def _judge(self, name: str) -> Judge:
        if name == VOTE:
            raise Mistake(
                f"no judge can be called {VOTE!r}: that is the name of their common vote",
                where=self.path,
                remedy="Give the endpoint another name.",
            )
        endpoint = self.known(name, "roles")
        return Judge(name=name, endpoint=endpoint, developer=self.endpoints[name].developer)

    def _weights(self, judges: list[str]) -> tuple[float, ...] | None:
        given = self.settings.judge.weights
        if not given:
            return None
        if set(given) != set(judges) or not any(given.values()):
            raise Mistake(
                f"weights under [judge] name {', '.join(sorted(given))}, and the judges are {', '.join(judges)}",
                where=self.path,
                remedy="Give every judge a weight, one of them above 0, or leave weights out.",
            )
        return tuple(given[judge] for judge in judges)

    def _baseline(self) -> str:
        name = self.settings.judge.baseline
        if name and name not in self.settings.models:
            raise Mistake(
                f"baseline under [judge] is {name!r}, which is no image model here",
                where=self.path,
                remedy=f"Use one of: {', '.join(sorted(self.settings.models))}.",
            )
        return name

    @property
    def diagnose(self) -> DiagnoseSettings:
        """What diagnose needs."""
        return DiagnoseSettings(
            reader=self.role("text"),
            viewer=self.role("vision"),
            resamples=self.settings.judge.resamples,
            seed=self.settings.judge.seed,
            metrics=tuple(self.settings.diagnose.metrics),
            weights={
                name: str((self.path.parent / place).absolute())
                for name, place in self.settings.diagnose.weights.items()
            },
        )

    @property
    def applicability_readers(self) -> AgreementSettings:
        """Who says which metric means something for which item, to see whether they agree."""
        table, first = self.settings.diagnose, self.role("text")
        readers = tuple(dict.fromkeys((first, *self._all_known(table.readers))))
        if len(readers) < 2:
            raise Mistake(
                "there is nobody to compare the reader with",
                where=self.path,
                remedy=f'Add readers = ["..."] under [diagnose], other than {first!r}; declared endpoints: {self._declared()}.',
            )
        return AgreementSettings(
            readers=readers,
            metrics=tuple(table.metrics),
            items=table.agreement_items,
            resamples=self.settings.judge.resamples,
            seed=self.settings.judge.seed,
        )

    def role(self, name: str) -> str:
        """The endpoint that has a role."""
        endpoint = getattr(self.settings.roles, name)
        if endpoint is None:
            raise Mistake(
                f"no endpoint has the role {name!r}",
                where=self.path,
                remedy=f'Add {name} = "..." under [roles]; declared endpoints: {self._declared()}.',
            )
        return self.known(endpoint, "roles")

    def _all_known(self, names: list[str]) -> tuple[str, ...]:
        return tuple(self.known(name, "roles") for name in names)

    def _models(self) -> Iterator[tuple[str, ModelTable]]:
        if not self.settings.models:
            raise Mistake(
                "there are no image models",
                where=self.path,
                remedy='Add [models.NAME] with endpoint = "...".',
            )
        yield from self.settings.models.items()

    def _made_endpoints(self) -> Iterator[Endpoint]:
        """What [models] declares that is no endpoint of its own table: programs, and objects in this process."""
        for name, table in self.settings.models.items():
            if made := made_endpoint(self, name, table):
                yield made

    def known(self, name: str, table: str) -> str:
        """An endpoint's name, declared."""
        if name not in self.endpoints:
            raise Mistake(
                f"[{table}] names the endpoint {name!r}, which is not declared",
                where=self.path,
                remedy=f"Declare [endpoints.{name}], or use one of: {self._declared()}.",
            )
        return name

    def _declared(self) -> str:
        return ", ".join(sorted(self.endpoints)) or "none yet"


def read_house(place: Place) -> House:
    """Read the settings file. A workspace named in it is relative to the file; one named as an option is not."""
    return House(place.config, read_settings(place.config), place.workspace)


def progress_of(running: Running) -> Progress:
    """The one progress line, in the form that was asked for."""
    return Progress("json" if running.json else "quiet" if running.quiet else None)


@contextmanager
def session(house: House, running: Running = AS_USUAL, mode: Mode = "live") -> Generator[Session]:
    """A workspace opened for writing, with signals that stop it cleanly."""
    run = get_ready(house, running)
    with (
        writing(house.workspace) as workspace,
        session_over(workspace, house, running, run, mode=mode, force=running.force) as opened,
    ):
        yield opened


class Run(NamedTuple):
    """What a command shows, and what stops it."""

    progress: Progress
    stop: threading.Event


def get_ready(house: House, running: Running) -> Run:
    """Before anything heavy: the runner first, then the signals, so that its processes do not inherit them blocked."""
    hush()
    run = Run(progress_of(running), threading.Event())
    if house.engine.runner == "ray":
        start_runner(house.engine)
    if threading.current_thread() is threading.main_thread():
        watch_signals(run.stop, run.progress.note)
    return run


def session_over(
    workspace: Workspace, house: House, running: Running, run: Run, *, mode: Mode = "live", force: bool
) -> Session:
    """A session over a workspace that is open already."""
    return Session(
        workspace,
        house.endpoints.values(),
        engine=house.engine,
        progress=run.progress,
        stop=run.stop,
        mode="offline" if running.offline else mode,
        max_cost=running.max_cost,
        force=force,
    )


def _phase(table: PhaseTable) -> PhaseWishes:
    return PhaseWishes(
        keywords=None if table.keywords is None else tuple(table.keywords),
        days=table.days,
        window_days=table.window_days,
    )
