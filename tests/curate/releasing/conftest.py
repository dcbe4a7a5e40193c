"""A workspace with a few items, and releases of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np
import pytest
from stage_runs import store_picture, workspace_of

from echoloop.curate.releasing import Release, write_release
from echoloop.records import (
    Author,
    Duplicate,
    Feedback,
    FeedbackLabel,
    ImageRef,
    Item,
    ReviewEvent,
    Sample,
    Tombstone,
)
from echoloop.records.arrow import to_table
from echoloop.workspace import Workspace, writing

URL = "https://x.com/i/status/1"


class Shop:
    """A folder with a workspace whose tables a test fills, and releases from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def workspace(self) -> Workspace:
        return workspace_of(self.folder)

    @property
    def releases(self) -> Path:
        return self.workspace.releases

    def picture(self, seed: int) -> ImageRef:
        return store_picture(self.folder, pixels(seed))

    def item(self, name: str, **changes: Any) -> Item:
        """A task from words alone with a picture of its own, unless told otherwise."""
        fields: dict[str, Any] = {
            "id": name,
            "sample": name,
            "split": "text_to_image",
            "prompt": f"paint {name}",
            "quality": "Benchmark",
            "source_posts": (f"https://x.com/i/status/{crc32(name.encode())}",),
            **changes,
        }
        if "output_images" not in fields:
            fields["output_images"] = (self.picture(crc32(name.encode())),)
        return Item(**fields)

    def items(self) -> list[Item]:
        """One of each split."""
        one, two = self.picture(1), self.picture(2)
        return [
            self.item("edit", split="image_to_image", prompt="make it red 🦊", input_images=(one,), output_images=(two,),
                      community_feedback=(Feedback(post_url=URL, text="lovely"),), language="en",
                      created_at=datetime(2025, 4, 1, 10, tzinfo=UTC), source_posts=(URL,)),
            self.item("draw", prompt="“a house”\nby the sea", output_images=(self.picture(3),)),
            self.item("talk", split="analysis", prompt="", output_images=(), quality="Analysis"),
        ]  # fmt: skip

    def fill(self, items: Sequence[Item], **changes: dict[str, Any]) -> "Shop":
        """The tables `items` and `samples`; `changes` by the sample's name, with `_` where it has a hyphen."""
        samples = [sample_of(item, changes.get(item.sample, {})) for item in items]
        self.put("items", Item, items)
        self.put("samples", Sample, samples)
        return self

    def put(self, table: str, record: type[msgspec.Struct], rows: Sequence[msgspec.Struct]) -> None:
        with writing(self.folder / "workspace") as workspace:
            workspace.tables.write(table, to_table(rows, record), record)

    def forget(self, *posts: str) -> None:
        self.put("tombstones", Tombstone, [Tombstone(url=post, reason="asked") for post in posts])

    def review(self, sample: str, action: str, prompt: str | None = None) -> None:
        event = ReviewEvent(
            id=f"{sample}-{action}", sample=sample, reviewer="@looker_01", action=action, prompt=prompt,
            at=datetime(2025, 5, 1, tzinfo=UTC),
        )  # fmt: skip
        self.put("reviews", ReviewEvent, [event])

    def near(self, *samples: str) -> None:
        rows = [
            Duplicate(
                sample=name, cluster=samples[0], representative=at == 0, kind="prompt", size=len(samples)
            )
            for at, name in enumerate(samples)
        ]
        self.put("duplicates", Duplicate, rows)

    def label(self, item: Item, polarity: str, keyword: str = "") -> None:
        said = item.community_feedback[0]
        row = FeedbackLabel(
            id="label", sample=item.sample, post_url=said.post_url, text=said.text, polarity=polarity,
            keyword=keyword, kind="opinion", state="answered",
        )  # fmt: skip
        self.put("feedback", FeedbackLabel, [row])

    def know(self, *handles: str) -> None:
        rows = [Author(id=f"p{at}", platform="x", handle=name) for at, name in enumerate(handles)]
        self.put("authors", Author, rows)

    def release(self, version: str = "0.1.0", **options: Any) -> Release:
        return write_release(self.workspace, "Lab Painter", version, **options)


def pixels(seed: int) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    return np.random.default_rng(seed).integers(0, 255, (3, 4, 3), dtype=np.uint8)


def sample_of(item: Item, changes: dict[str, Any]) -> Sample:
    fields: dict[str, Any] = {
        "id": item.sample,
        "thread": "t",
        "post_urls": item.source_posts,
        "prompt": item.prompt,
        "quality": item.quality,
        "input_images": item.input_images,
        "output_images": item.output_images,
        "source_posts": item.source_posts,
        **changes,
    }
    return Sample(**fields)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def shop_in() -> Callable[[Path], Shop]:
    return Shop


@pytest.fixture
def files_of() -> Callable[[str | Path], dict[str, bytes]]:
    """Every file of a folder, by its path."""

    def files(folder: str | Path) -> dict[str, bytes]:
        paths = (path for path in Path(folder).rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    return files


@pytest.fixture
def offline(tmp_path: Path) -> Callable[..., Any]:
    """Run a script that prints JSON in a process of its own, as a stranger without a network would."""

    def run(script: str, *words: str) -> Any:
        environment = {
            "HF_HUB_OFFLINE": "1",
            "HF_DATASETS_OFFLINE": "1",
            "HF_HOME": str(tmp_path / "cache"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **environment},
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return run
