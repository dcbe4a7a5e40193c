"""Samples -> the items of a release: complete tasks in two benchmark splits, the rest for analysis."""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
import pyarrow as pa

from echoloop.curate.absences import NOT_HERE
from echoloop.curate.provenance import fold
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk
from echoloop.records import Drop, Item, Keep, Sample, Split
from echoloop.records.arrow import from_table


def select_items(desk: Desk[CurateSettings], samples: pa.Table) -> Iterator[Keep[Item] | Drop]:
    """Up to `per_split` items a benchmark split, drawn by a seeded order that adding samples does not shuffle."""
    places: dict[Split, int] = {"text_to_image": 0, "image_to_image": 0}
    seen: set[str] = set()
    rows = from_table(samples, Sample)
    for sample in sorted(rows, key=lambda one: _draw(one, desk.settings.seed)):
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
    if not any(places.values()):
        desk.note(f"no benchmark item: {_why_none(rows)}")


def _split_of(sample: Sample) -> Split:
    if _lack(sample):
        return "analysis"
    return "image_to_image" if sample.input_images else "text_to_image"


def _lack(sample: Sample) -> str:
    """What a sample lacks to be a benchmark item: a whole task, its prompt, and a picture that came of it."""
    if sample.quality != "Benchmark":
        return NOT_HERE if sample.quality_reason == NOT_HERE else f"its quality is {sample.quality}"
    if not sample.prompt.strip():
        return "it has no prompt"
    return "" if sample.output_images else "it has no output picture"


def _why_none(samples: Sequence[Sample]) -> str:
    if not samples:
        return "there are no samples"
    lacks = Counter(_lack(sample) for sample in samples)
    lacks["per_split leaves no place"] = lacks.pop("", 0)
    return ", ".join(f"{reason} ({count:,})" for reason, count in lacks.most_common() if count)


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
