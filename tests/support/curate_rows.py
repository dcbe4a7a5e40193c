"""Rows that tests of curate start from."""

from pathlib import Path
from typing import Any

import numpy as np
from stage_runs import store_picture

from echoloop.records import ImageRef, Sample

FIRST, REPLY = "https://x.com/i/status/1", "https://x.com/i/status/2"


def picture(folder: Path, shade: int) -> ImageRef:
    """A plain stored picture."""
    return store_picture(folder, np.full((24, 32, 3), shade, dtype=np.uint8))


def sample(name: str = "one", **changes: Any) -> Sample:
    """A complete task found in two posts."""
    fields = {
        "id": name,
        "thread": FIRST,
        "post_urls": (FIRST, REPLY),
        "prompt": "a house",
        "quality": "Benchmark",
        "receipts": ("r",),
        "source_posts": (FIRST, REPLY),
        **changes,
    }
    return Sample(**fields)
