"""Samples -> the items of a release: complete tasks in two benchmark splits, the rest for analysis."""

from collections.abc import Iterator
from hashlib import sha256

import msgspec
import pyarrow as pa

from echoloop.curate.provenance import fold
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk
from echoloop.records import Drop, Item, Keep, Sample, Split
from echoloop.records.arrow import from_table


def select_items(desk: Desk[CurateSettings], samples: pa.Table) -> Iterator[Keep[Item] | Drop]:
    """Up to `per_split` items a benchmark split, drawn by a seeded order that adding samples does not shuffle."""
    places: dict[Split, int] = {"text_to_image": 0, "image_to_image": 0}
    seen: set[str] = set()
    for sample in sorted(from_table(samples, Sample), key=lambda one: _draw(one, desk.settings.seed)):
        split = _split_of(sample)
        if split == "analysis":
            yield Keep(_item(sample, "analysis"))
            continue
        task = _task(sample)
        if task in seen:
            yield Drop(key=sample.id, reason="the same task again", source_posts=sample.source_posts)
        elif places[split] >= desk.settings.per_split:
            yield Keep(_item(sample, "analysis"))
        else:
            seen.add(task)
            places[split] += 1
            yield Keep(_item(sample, split))


def _split_of(sample: Sample) -> Split:
    """A benchmark item has a whole prompt and at least one picture that came of it."""
    if sample.quality != "Benchmark" or not sample.prompt.strip() or not sample.output_images:
        return "analysis"
    return "image_to_image" if sample.input_images else "text_to_image"


def _draw(sample: Sample, seed: int) -> str:
    return sha256(f"{seed}:{sample.id}".encode()).hexdigest()


def _task(sample: Sample) -> str:
    return msgspec.json.encode(
        [fold(sample.prompt).casefold(), [image.sha256 for image in sample.input_images]]
    ).decode()


def _item(sample: Sample, split: Split) -> Item:
    return Item(
        id=sample.id,
        split=split,
        sample=sample.id,
        prompt=sample.prompt,
        prompt_modified=sample.prompt_modified,
        prompt_fill_blank=sample.prompt_fill_blank,
        quality=sample.quality,
        input_images=sample.input_images,
        output_images=sample.output_images,
        community_feedback=sample.community_feedback,
        is_screenshot=sample.is_screenshot,
        language=sample.language,
        created_at=sample.created_at,
        source_posts=sample.source_posts,
    )
