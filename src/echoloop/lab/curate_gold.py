"""A town's truth as a gold file: the form in which people's labels are given, so that scoring can be tried on what is known."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from echoloop.lab.town import GoldRelevance, GoldSample, TownTruth
from echoloop.records import Box


def write_town_gold(truth: TownTruth, path: Path) -> int:
    """A line a conversation, its posts by their addresses. Returns how many lines."""
    rows = list(gold_rows(truth))
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return len(rows)


def gold_rows(truth: TownTruth) -> Iterator[dict[str, Any]]:
    """Each conversation with everything that is true of it; a conversation of which every post is gone has no line."""
    posts: dict[str, list[str]] = defaultdict(list)
    samples: dict[str, list[GoldSample]] = defaultdict(list)
    for post in truth.posts:
        if not post.tombstone:
            posts[post.thread_root].append(post.url)
    for sample in truth.samples:
        samples[sample.thread_root].append(sample)
    relevance = {row.post: row for row in truth.relevance}
    for root, urls in posts.items():
        here = set(urls)
        yield {
            "thread": root,
            "posts": urls,
            "relevance": [_relevance(relevance[url]) for url in urls if url in relevance],
            "samples": [row for sample in samples[root] if (row := _sample(sample, here))["posts"]],
        }


def _relevance(row: GoldRelevance) -> dict[str, Any]:
    return {"post": row.post, "score": [row.score_low, row.score_high]}


def _sample(sample: GoldSample, here: set[str]) -> dict[str, Any]:
    return {
        "prompt": sample.prompt,
        "quality": sample.quality,
        "posts": [url for url in sample.post_urls if url in here],
        "inputs": sample.input_images,
        "outputs": sample.output_images,
        "screenshot": sample.screenshot,
        "input_boxes": [_corners(box) for box in sample.input_boxes],
        "output_boxes": [_corners(box) for box in sample.output_boxes],
        "feedback": [said.post_url for said in sample.feedback if said.post_url in here],
        "hazards": sample.hazards,
    }


def _corners(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]
