"""What collect says while it reads an archive: a loss is never silent."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from echoloop.collect import CollectSettings, archive_digest
from echoloop.collect.posts import collect_posts
from echoloop.images import encode_png
from echoloop.records import Keep, Post
from echoloop.workspace import ImageStore


class QuietDesk:
    """Stands in for the engine's desk: rows are mapped at once, notes are kept."""

    def __init__(self, folder: Path) -> None:
        archive = folder / "posts.jsonl"
        self.settings = CollectSettings(
            subject="Lab Painter",
            released=date(2025, 3, 25),
            archive=str(archive),
            archive_sha256=archive_digest(archive),
            reader="reader",
        )
        self.forgotten: frozenset[str] = frozenset()
        self.notes: list[str] = []
        self.images = ImageStore(folder / "images")

    def note(self, message: str) -> None:
        self.notes.append(message)

    def map(self, rows: Sequence[Any], function: Callable[..., Any], _: type) -> list[Any]:
        return [function(row, self.images) for row in rows]


def collected(folder: Path, *posts: dict[str, Any]) -> tuple[list[Post], list[str]]:
    lines = [json.dumps({"url": f"https://x.com/i/status/{n}", **post}) for n, post in enumerate(posts)]
    (folder / "posts.jsonl").write_text("\n".join(lines))
    desk = QuietDesk(folder)
    rows = [row.row for row in collect_posts(desk) if isinstance(row, Keep)]  # type: ignore[arg-type]
    return rows, desk.notes


def test_an_archive_whose_pictures_are_elsewhere_says_so(tmp_path: Path) -> None:
    urls = [{"url": f"https://a.example/{number}.png"} for number in range(3)]
    rows, notes = collected(tmp_path, {"image_urls": urls[:2]}, {"image_urls": urls[1:]})
    assert [note for note in notes if "3 of 3 pictures are not here: not fetched (3)" in note]
    assert all(image.absence for row in rows for image in row.images)


def test_a_whole_archive_is_no_occasion_for_words(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encode_png(np.zeros((20, 30, 3), np.uint8)))
    rows, notes = collected(tmp_path, {"image_urls": [{"url": "a.png"}], "engagement": {"likes": 3}})
    assert rows[0].images[0].sha256
    assert not notes


def test_counts_that_nothing_can_have_are_said(tmp_path: Path) -> None:
    rows, notes = collected(tmp_path, {"engagement": {"likes": -5, "views": 10**20}})
    assert rows[0].engagement.likes is None
    assert any("2 counts" in note for note in notes)
