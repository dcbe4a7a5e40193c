"""Items, and a run of generate over them with whatever models a test declares."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from stage_runs import workspace_of

from echoloop.calls import Endpoint
from echoloop.engine import Progress, Session, StageResult
from echoloop.generate import GenerateSettings, generate_stages
from echoloop.images import encode_png
from echoloop.records import FileMatch, ImageRef, Item, Output, Rewrite
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import writing

URL = "https://x.com/i/status/1"


class Generated(NamedTuple):
    """What the run left."""

    outputs: list[Output]
    results: list[StageResult]

    @property
    def by_item(self) -> dict[str, Output]:
        """The one output of each item."""
        return {output.item: output for output in self.outputs}


def item(name: str, *inputs: ImageRef, **changes: Any) -> Item:
    """An item whose prompt is `paint <name>`."""
    fields = {
        "id": name,
        "split": "image_to_image" if inputs else "text_to_image",
        "sample": name,
        "prompt": f"paint {name}",
        "quality": "Benchmark",
        "input_images": inputs,
        "source_posts": (URL,),
        **changes,
    }
    return Item(**fields)


def picture(red: int = 77, width: int = 90, height: int = 60) -> bytes:
    """A PNG of two halves."""
    pixels = np.full((height, width, 3), red, dtype=np.uint8)
    pixels[:, width // 2 :] = 255 - red
    return encode_png(pixels)


def coded(data: bytes) -> str:
    """As a server sends it."""
    return base64.b64encode(data).decode()


def generate(
    folder: Path,
    items: Sequence[Item],
    models: Sequence[Any],
    endpoints: Sequence[Endpoint] = (),
    **more: Any,
) -> Generated:
    """Run every stage of generate."""
    session_options = {name: more.pop(name) for name in ("mode", "engine", "stop", "force") if name in more}
    stages = generate_stages(GenerateSettings(models=tuple(models), seed=5, **more))
    with writing(folder / "workspace") as workspace:
        workspace.tables.write("items", to_table(items, Item), Item)
        with Session(workspace, endpoints, progress=Progress("quiet"), **session_options) as session:
            results = session.run(stages)
            outputs = from_table(session.read("outputs"), Output)
    return Generated(outputs, results)


def matches_of(folder: Path) -> list[FileMatch]:
    """The table of what was matched."""
    return from_table(workspace_of(folder).tables.read("matches"), FileMatch)


def rewrites_of(folder: Path) -> list[Rewrite]:
    """What readers wrote."""
    return from_table(workspace_of(folder).tables.read("rewrites"), Rewrite)
