"""From the settings file to what each act needs. Here, and only here, the rooms are put together."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from echoloop.calls import Endpoint, Mode, Price
from echoloop.cli.options import AS_USUAL, Place, Running
from echoloop.cli.settings_file import EndpointTable, ModelTable, SettingsFile, read_settings
from echoloop.collect import CollectSettings, archive_digest
from echoloop.curate import CurateSettings
from echoloop.diagnose import DiagnoseSettings
from echoloop.engine import EngineSettings, Progress, Session, hush, start_runner, watch_signals
from echoloop.generate import GenerateSettings, ImageModel
from echoloop.judge import Contestant, Judge, JudgeSettings
from echoloop.records import Mistake
from echoloop.workspace import writing

LAB_ADDRESS = "lab:"
LAB_FACTORY = "echoloop.lab.endpoint:open_lab"


class House:
    """Settings, read and resolved: every name in them is known to exist."""

    def __init__(self, path: Path, settings: SettingsFile, workspace: Path | None = None) -> None:
        self.path = path
        self.settings = settings
        self.workspace = workspace or path.parent / settings.workspace
        self.endpoints = {name: _endpoint(name, table, path) for name, table in settings.endpoints.items()}

    @property
    def engine(self) -> EngineSettings:
        """How stages run."""
        table = self.settings.engine
        return EngineSettings(runner=table.runner, address=table.address, workers=table.workers)

    @cached_property
    def collect(self) -> CollectSettings:
        """What collect needs."""
        table = self.settings.collect
        if table is None:
            raise Mistake(
                "there is no [collect] table",
                where=self.path,
                remedy='Add [collect] with archive = "posts.jsonl".',
            )
        archive = (self.path.parent / table.archive).absolute()
        return CollectSettings(
            subject=self.settings.subject,
            released=self.settings.released,
            archive=str(archive),
            archive_sha256=archive_digest(archive),
            reader=self.role("text"),
            keep_from=table.keep_from,
        )

    @property
    def curate(self) -> CurateSettings:
        """What curate needs."""
        table = self.settings.curate
        return CurateSettings(
            subject=self.settings.subject,
            reader=self.role("text"),
            viewer=self.role("vision"),
            boxer=self.role("boxes"),
            guard=self.role("guard"),
            per_split=table.per_split,
            seed=table.seed,
        )

    @property
    def generate(self) -> GenerateSettings:
        """What generate needs."""
        table = self.settings.generate
        return GenerateSettings(
            models=tuple(
                ImageModel(
                    name=name, endpoint=self._known(model.endpoint, f"models.{name}"), developer=developer
                )
                for name, model, developer in self._models()
            ),
            samples=table.samples,
            seed=table.seed,
        )

    @property
    def judge(self) -> JudgeSettings:
        """What judge needs."""
        table = self.settings.judge
        names = self.settings.roles.judges
        if not names:
            raise Mistake(
                "there are no judges", where=self.path, remedy='Add judges = ["..."] under [roles].'
            )
        return JudgeSettings(
            judges=tuple(
                Judge(
                    name=name, endpoint=self._known(name, "roles"), developer=self.endpoints[name].developer
                )
                for name in names
            ),
            contestants=tuple(
                Contestant(name=name, developer=developer) for name, _, developer in self._models()
            ),
            repeats=table.repeats,
            vote="net" if table.vote == "net" else "majority",
            missing="loss" if table.missing == "loss" else "skip",
            resamples=table.resamples,
            seed=table.seed,
        )

    @property
    def diagnose(self) -> DiagnoseSettings:
        """What diagnose needs."""
        return DiagnoseSettings(
            reader=self.role("text"),
            viewer=self.role("vision"),
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
        return self._known(endpoint, "roles")

    def _models(self) -> Iterator[tuple[str, ModelTable, str]]:
        if not self.settings.models:
            raise Mistake(
                "there are no image models",
                where=self.path,
                remedy='Add [models.NAME] with endpoint = "...".',
            )
        for name, model in self.settings.models.items():
            endpoint = self.endpoints.get(model.endpoint)
            yield name, model, model.developer or (endpoint.developer if endpoint else "unknown")

    def _known(self, name: str, table: str) -> str:
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


@contextmanager
def session(house: House, running: Running = AS_USUAL, mode: Mode = "live") -> Generator[Session]:
    """A workspace opened for writing, with signals that stop it cleanly."""
    hush()
    progress = Progress("json" if running.json else "quiet" if running.quiet else None)
    stop = threading.Event()
    if house.engine.runner == "ray":
        start_runner(house.engine)
    if threading.current_thread() is threading.main_thread():
        watch_signals(stop, progress.note)
    with (
        writing(house.workspace) as workspace,
        Session(
            workspace,
            house.endpoints.values(),
            engine=house.engine,
            progress=progress,
            stop=stop,
            mode="offline" if running.offline else mode,
            max_cost=running.max_cost,
            force=running.force,
        ) as opened,
    ):
        yield opened


def _endpoint(name: str, table: EndpointTable, path: Path) -> Endpoint:
    in_lab = table.base_url == LAB_ADDRESS
    price = Price(**table.price.model_dump()) if table.price else None
    try:
        return Endpoint(
            name=name,
            provider=table.provider or ("lab" if in_lab else name),
            model=table.model,
            base_url="" if in_lab else table.base_url,
            snapshot=table.snapshot,
            developer=table.developer,
            key_env=table.key_env,
            factory=LAB_FACTORY if in_lab else None,
            factory_options=table.options,
            concurrency=table.concurrency,
            requests_per_minute=table.requests_per_minute,
            tokens_per_minute=table.tokens_per_minute,
            total_timeout=table.total_timeout,
            connect_timeout=table.connect_timeout,
            retries=table.retries,
            price=price,
            parameters=table.parameters,
            omit=tuple(table.omit),
        )
    except ValueError as error:
        raise Mistake(str(error), where=path) from error
