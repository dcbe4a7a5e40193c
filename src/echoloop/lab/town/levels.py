"""Counts over the gold tables: the funnel of a faultless pipeline, and what was planted against what was said."""

from collections import Counter
from collections.abc import Sequence

from echoloop.lab.town.defects import WEIGHTS
from echoloop.lab.town.truth import (
    GoldLevel,
    GoldPicture,
    GoldPost,
    GoldRelevance,
    GoldSample,
    PlantedComplaint,
)


def count_levels(
    posts: Sequence[GoldPost], relevance: Sequence[GoldRelevance], samples: Sequence[GoldSample]
) -> tuple[GoldLevel, ...]:
    """How many rows are left after each step, if every step is right."""
    wanted = [sample for sample in samples if sample.quality == "Benchmark"]
    safe = [sample for sample in wanted if not sample.hazards]
    counts = {
        "posts": sum(not post.tombstone for post in posts),
        "posts found by a keyword": len(relevance),
        "relevant posts": sum(each.relevant for each in relevance),
        "threads with a sample": len({sample.thread_root for sample in samples}),
        "samples": len(samples),
        "Benchmark": len(wanted),
        "Analysis": sum(sample.quality == "Analysis" for sample in samples),
        "Trash": sum(sample.quality == "Trash" for sample in samples),
        "safe Benchmark": len(safe),
        "text_to_image": sum(sample.split == "text_to_image" for sample in safe),
        "image_to_image": sum(sample.split == "image_to_image" for sample in safe),
    }
    return tuple(GoldLevel(level=level, rows=rows) for level, rows in counts.items())


def count_planted(
    pictures: Sequence[GoldPicture], samples: Sequence[GoldSample]
) -> tuple[PlantedComplaint, ...]:
    """Pictures with each defect, and complaints about it."""
    drawn = Counter(picture.defect for picture in pictures)
    said = Counter(
        each.keyword for sample in samples for each in sample.feedback if each.polarity == "failure"
    )
    return tuple(
        PlantedComplaint(keyword=defect, pictures=drawn[defect], complaints=said[defect])
        for defect in WEIGHTS
    )
