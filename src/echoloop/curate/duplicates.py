"""Clusters of near-duplicates, so that a benchmark does not ask the same thing twice.

A task from words alone is met again where its prompt is, or a picture that came of it; a task on pictures only where both its
prompt and its input pictures are: many people ask for the same edit, each of another photograph.
"""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from echoloop.curate.clusters import Clusters
from echoloop.curate.near_pictures import Likeness, Look, Looked, StoredPicture, look_at
from echoloop.curate.near_prompts import alike, near_prompts, shingles
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk
from echoloop.records import Duplicate, ImageRef, Keep, Sample
from echoloop.records.arrow import from_table

_COMPARED = [
    *("id", "thread", "post_urls", "prompt", "quality", "community_feedback"),
    *("input_images", "output_images", "created_at", "source_posts"),
]
"""What of a sample this stage looks at, and what no sample can be without; nothing of it is written again."""


def find_duplicates(desk: Desk[CurateSettings], samples: pa.Table) -> Iterator[Keep[Duplicate]]:
    """Every sample that has a near-duplicate, with its cluster; one of each cluster is its representative."""
    rows = sorted(from_table(samples.select(_COMPARED), Sample), key=lambda sample: sample.id)
    clusters = Clusters(rows)
    likeness = Likeness(_looks(desk, rows))
    words = [shingles(sample.prompt) for sample in rows]
    drawn = [place for place, sample in enumerate(rows) if not sample.input_images]
    edited = [place for place, sample in enumerate(rows) if sample.input_images]
    for one, other in near_prompts([words[place] for place in drawn]):
        clusters.join(drawn[one], drawn[other], "prompt")
    for one, other in likeness.touching([_stored(rows[place].output_images) for place in drawn]):
        clusters.join(drawn[one], drawn[other], "pictures")
    for one, other in likeness.matching([_stored(rows[place].input_images) for place in edited]):
        if alike(words[edited[one]], words[edited[other]]):
            clusters.join(edited[one], edited[other], "both")
    for row in clusters.rows():
        yield Keep(row)


def _looks(desk: Desk[CurateSettings], samples: Sequence[Sample]) -> dict[str, Look | None]:
    """Of what is compared: the pictures that went in, or, where none did, those that came out."""
    names = {name for sample in samples for name in _stored(sample.input_images or sample.output_images)}
    pictures = [StoredPicture(sha256=name) for name in sorted(names)]
    looked = desk.map(pictures, look_at, Looked)
    unseen = sum(not found.readable for found in looked)
    if unseen:
        desk.note(f"{unseen:,} pictures cannot be looked at: only their exact copies are found")
    return {picture.sha256: found.look for picture, found in zip(pictures, looked, strict=True)}


def _stored(images: Sequence[ImageRef]) -> list[str]:
    return [image.sha256 for image in images if image.sha256 is not None]
