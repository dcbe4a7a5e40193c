"""One stage over rows given here, with a model that follows a script: what was kept, and what left with which reason."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from scripted_model import Rule, scripted

from echoloop.calls import Endpoint
from echoloop.curate import CurateSettings, curate_stages
from echoloop.engine import Progress, Session, Stage
from echoloop.images import encode_png
from echoloop.records import Dropped, ImageRef, Post
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import Workspace, writing

CURATE = CurateSettings(
    subject="Lab Painter", reader="scripted", viewer="scripted", boxer="scripted", guard="scripted"
)
Rows = Sequence[msgspec.Struct]


class Run(NamedTuple):
    """What came out."""

    kept: list[Any]
    dropped: list[Dropped]
    unanswered: int

    @property
    def reasons(self) -> list[str]:
        """Why rows left, sorted."""
        return sorted(drop.reason for drop in self.dropped)


def workspace_of(folder: Path) -> Workspace:
    """Where the runs of a test write."""
    return Workspace(folder / "workspace")


def store_picture(folder: Path, pixels: Any) -> ImageRef:
    """A picture in the store of the test's workspace."""
    with writing(folder / "workspace") as workspace:
        sha256 = workspace.images.put(encode_png(pixels))
    return ImageRef(
        sha256=sha256,
        media_type="image/png",
        width=int(pixels.shape[1]),
        height=int(pixels.shape[0]),
    )


def post(number: int, text: str, images: Sequence[ImageRef] = ()) -> Post:
    """A post of a made-up person."""
    url = f"https://x.com/i/status/{number}"
    return Post(
        url=url,
        platform="x",
        text=text,
        created_at=None,
        author=f"@painter_fan_{number:02}",
        images=tuple(images),
        source_posts=(url,),
    )


def curate_stage(name: str, settings: CurateSettings = CURATE) -> Stage:
    """A stage of curate by its name."""
    return next(stage for stage in curate_stages(settings) if stage.name == name)


def run_stage(
    folder: Path, stage: Stage, tables: Mapping[str, tuple[type[msgspec.Struct], Rows]], rules: list[Rule]
) -> Run:
    """Write the tables, run the stage with the scripted model, read what it wrote."""
    return run_stages(folder, [stage], tables, [scripted(folder, rules)])


def run_stages(
    folder: Path,
    stages: Sequence[Stage],
    tables: Mapping[str, tuple[type[msgspec.Struct], Rows]],
    endpoints: Sequence[Endpoint],
) -> Run:
    """Several stages in turn; what the last one wrote."""
    with writing(folder / "workspace") as workspace:
        for name, (record, rows) in tables.items():
            workspace.tables.write(name, to_table(rows, record), record)
        with Session(workspace, endpoints, progress=Progress("quiet")) as session:
            results = session.run(stages)
    last = stages[-1]
    return Run(
        from_table(workspace.tables.read(last.output), last.writes),
        from_table(workspace.tables.read(f"{last.output}.dropped"), Dropped),
        results[-1].unanswered,
    )
