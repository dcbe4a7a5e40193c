"""Running an act: each stage in turn, skipping what is fresh, writing what is whole."""

import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
import pyarrow as pa

from echoloop.calls import Endpoint, Spending
from echoloop.engine.batches import EngineSettings, start_runner
from echoloop.engine.desk import Desk
from echoloop.engine.doors import DoorHandle, Mode, OpenDoor, close_door, open_door
from echoloop.engine.progress import Progress
from echoloop.engine.stage import Outcome, Stage
from echoloop.engine.stopping import Stopped
from echoloop.engine.tally import Counts
from echoloop.records import ACTS, Drop, Dropped, Keep, Mistake
from echoloop.records.arrow import schema_of, to_table
from echoloop.workspace import Origin, Workspace, fingerprint, forgotten_posts

if TYPE_CHECKING:
    from echoloop.engine.ray_keeper import RunningKeeper


TableState: TypeAlias = Literal["missing", "stale", "unanswered", "fresh"]


class StageResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a stage: how many rows, and whether anything had to be done."""

    act: str
    stage: str
    table: str
    fresh: bool
    kept: int
    dropped: int
    unanswered: int
    counts: Counts


class Session:
    """One run over one workspace: `with Session(...) as session: session.run(stages)`."""

    def __init__(
        self,
        workspace: Workspace,
        endpoints: Iterable[Endpoint],
        *,
        engine: EngineSettings | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
        mode: Mode = "live",
        max_cost: float | None = None,
        force: bool = False,
    ) -> None:
        self.workspace = workspace
        self.endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self.engine = engine or EngineSettings()
        self.progress = progress or Progress()
        self.stop = stop or threading.Event()
        self.force = force
        self._planned: dict[str, pa.Table] = {}
        self._keeper: RunningKeeper | None = None
        self._handle = DoorHandle(
            run=os.urandom(8).hex(),
            workspace=str(workspace.path),
            endpoints=tuple(self.endpoints.values()),
            mode=mode,
            max_cost=max_cost,
        )

    def __enter__(self) -> "Session":
        start_runner(self.engine)
        if self.engine.runner == "ray":
            from echoloop.engine.ray_keeper import RunningKeeper

            self._keeper = RunningKeeper(self._handle.run, self.workspace.receipts, self._handle.max_cost)
            self._handle = msgspec.structs.replace(self._handle, keeper=self._keeper.name)
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.pause()
        close_door(self._handle.run)
        if self._keeper is not None:
            self._keeper.end()

    @property
    def opened(self) -> OpenDoor:
        """The door of this process."""
        return open_door(self._handle, self.stop)

    @property
    def spending(self) -> Spending:
        """The budget of this run, for what is paid elsewhere than at the door."""
        return self.opened.keeping.budget

    def run(self, stages: Sequence[Stage], *, first: int = 0) -> list[StageResult]:
        """Every stage in order, of which the first is the act's `first`. Raises `Stopped` when one could not be made whole."""
        return [self._run_stage(stage, number) for number, stage in enumerate(stages, start=first)]

    def state(self, stage: Stage) -> TableState:
        """Whether the stage's table is there, whole, and made from what there is now."""
        known = self.workspace.tables.manifest(stage.output)
        if known is None:
            return "missing"
        if known.origin.fingerprint != self._fingerprint(stage):
            return "stale"
        return "unanswered" if known.origin.unanswered else "fresh"

    def read(self, name: str) -> pa.Table:
        """A table as this run sees it: planned rows where it only plans, else what is on disk."""
        planned = self._planned.get(name)
        return self.workspace.tables.read(name) if planned is None else planned

    def _read_if_there(self, name: str, record: type[msgspec.Struct]) -> pa.Table:
        there = name in self._planned or self.workspace.tables.manifest(name) is not None
        return self.read(name) if there else to_table([], record)

    def _run_stage(self, stage: Stage, number: int) -> StageResult:
        if self.stop.is_set():
            raise Stopped(
                f"stopped before stage {stage.name!r}", remedy="Run the same command again to go on."
            )
        known = self.workspace.tables.manifest(stage.output)
        if known is not None and not self.force and self.state(stage) == "fresh":
            self.progress.fresh(stage.act, stage.name, known.rows)
            return StageResult(
                act=stage.act,
                stage=stage.name,
                table=stage.output,
                fresh=True,
                kept=known.rows,
                dropped=0,
                unanswered=0,
                counts=Counts(),
            )
        return self._make(stage, ACTS.index(stage.act) * 100 + number, self._fingerprint(stage))

    def _make(self, stage: Stage, position: int, made_from: str) -> StageResult:
        self._check_keys(stage)
        begun, before = time.monotonic(), self.opened.keeping.tally.read()

        def show(total: int) -> None:
            self.progress.pause()
            start = self.opened.keeping.tally.read()
            self.progress.start(
                stage.act,
                stage.name,
                total,
                lambda: (_since(start, self.opened.keeping.tally.read()), self.opened.door.gauge().in_flight),
            )

        desk = Desk[Any](
            stage.settings,
            self._handle,
            self.opened,
            self.engine,
            self.progress,
            self.stop,
            forgotten_posts(self.workspace),
            show,
        )
        tables = [self.read(name) for name in stage.reads]
        tables += [self._read_if_there(name, record) for name, record in stage.also]
        rows, dropped = _settle(stage, stage.run(desk, *tables))
        if self.stop.is_set():
            raise Stopped(f"stopped in stage {stage.name!r}", remedy="Run the same command again to go on.")
        self._keep(stage, rows, dropped, position, made_from, desk.unanswered)
        counts = _since(before, self.opened.keeping.tally.read())
        self.progress.end(
            stage.act, stage.name, rows.num_rows, len(dropped), counts, time.monotonic() - begun
        )
        return StageResult(
            act=stage.act,
            stage=stage.name,
            table=stage.output,
            fresh=False,
            kept=rows.num_rows,
            dropped=len(dropped),
            unanswered=desk.unanswered,
            counts=counts,
        )

    def _keep(
        self,
        stage: Stage,
        rows: pa.Table,
        dropped: list[Dropped],
        position: int,
        made_from: str,
        unanswered: int,
    ) -> None:
        if self._handle.mode == "plan":
            self._planned[stage.output] = rows
            return
        tables = self.workspace.tables
        origin = Origin(fingerprint=made_from, act=stage.act, position=position)
        tables.write(f"{stage.output}.dropped", to_table(dropped, Dropped), Dropped, origin)
        tables.write(stage.output, rows, stage.writes, msgspec.structs.replace(origin, unanswered=unanswered))

    def _fingerprint(self, stage: Stage) -> str:
        return fingerprint(
            inputs={name: self._digest(name) for name in (*stage.reads, *(name for name, _ in stage.also))},
            settings=stage.settings,
            prompts=[prompt.id for prompt in stage.prompts],
            models=[self._identity(name) for name in stage.endpoints],
            function=stage.run,
            schema=schema_of(stage.writes),
        )

    def _digest(self, name: str) -> str:
        if name in self._planned:
            return "planned"
        manifest = self.workspace.tables.manifest(name)
        return manifest.digest if manifest else "absent"

    def _identity(self, name: str) -> str:
        return self._endpoint(name).identity

    def _endpoint(self, name: str) -> Endpoint:
        try:
            return self.endpoints[name]
        except KeyError:
            raise Mistake(
                f"there is no endpoint {name!r}",
                where="echoloop.toml",
                remedy=f"Declare [endpoints.{name}], or use one of: {', '.join(sorted(self.endpoints)) or 'none yet'}.",
            ) from None

    def _check_keys(self, stage: Stage) -> None:
        for name in stage.endpoints:
            self._endpoint(name)
        self.opened.door.check(stage.endpoints)


def _settle(stage: Stage, outcome: Outcome) -> tuple[pa.Table, list[Dropped]]:
    if isinstance(outcome, pa.Table):
        return outcome, []
    kept: list[Any] = []
    blocks: list[pa.Table] = []
    dropped: list[Dropped] = []
    for decision in outcome:
        if isinstance(decision, Keep):
            kept.append(decision.row)
        elif isinstance(decision, Drop):
            dropped.append(_dropped(stage.name, decision))
        else:
            blocks.append(decision)
    return pa.concat_tables([to_table(kept, stage.writes), *blocks]), dropped


def _dropped(stage: str, drop: Drop) -> Dropped:
    return Dropped(
        stage=stage, key=drop.key, reason=drop.reason, detail=drop.detail, source_posts=drop.source_posts
    )


def _since(before: Counts, now: Counts) -> Counts:
    values: Mapping[str, float] = {
        name: getattr(now, name) - getattr(before, name) for name in Counts.__struct_fields__
    }
    return Counts(**values)  # pyright: ignore[reportArgumentType]
