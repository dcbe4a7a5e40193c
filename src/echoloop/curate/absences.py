"""Pictures that are not here: without them nobody can tell what a task was, so it is not measured with."""

from collections.abc import Mapping

import msgspec

from echoloop.records import Post, Sample

NOT_HERE = "a picture of its posts is not here"


def pictures_not_here(post: Post) -> int:
    """How many pictures of a post were never fetched, or were refused."""
    return sum(image.sha256 is None for image in post.images)


def kept_for_analysis(sample: Sample, posts: Mapping[str, Post]) -> Sample:
    """The sample, fit for a benchmark only if every picture of its posts was seen.

    An edit whose input is gone would otherwise pass for a picture made from words alone.
    """
    if sample.quality != "Benchmark" or not any(pictures_not_here(posts[url]) for url in sample.post_urls):
        return sample
    return msgspec.structs.replace(sample, quality="Analysis", quality_reason=NOT_HERE)
