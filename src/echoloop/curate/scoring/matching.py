"""Which found sample is which labelled one: the same words first, then shared pictures, then the same first post."""

from collections import Counter
from collections.abc import Sequence

from echoloop.curate.folding import fold
from echoloop.curate.near_prompts import words_of
from echoloop.curate.scoring.gold import GoldSample
from echoloop.images import Box as PixelBox
from echoloop.records import Box, Sample

Pair = tuple[GoldSample, Sample]


def match(gold: Sequence[GoldSample], found: Sequence[Sample]) -> list[Pair]:
    """One found sample for each labelled one, the likest first. They must share a post and something besides."""
    claims = [
        (likeness, -g, -f)
        for g, one in enumerate(gold)
        for f, sample in enumerate(found)
        if not set(one.posts).isdisjoint(sample.post_urls) and any(likeness := _likeness(one, sample))
    ]
    pairs: list[Pair] = []
    taken: set[tuple[str, int]] = set()
    for _, g, f in sorted(claims, reverse=True):
        if ("gold", g) not in taken and ("found", f) not in taken:
            taken |= {("gold", g), ("found", f)}
            pairs.append((gold[-g], found[-f]))
    return pairs


def same_words(one: GoldSample, sample: Sample) -> bool:
    """The same prompt but for case, spaces and forms of letters."""
    return fold(one.prompt).casefold() == fold(sample.prompt).casefold()


def shared_words(one: str, other: str) -> float:
    """Token F1 of two prompts; letters are the tokens of scripts without spaces."""
    first, second = Counter(words_of(one)), Counter(words_of(other))
    total = first.total() + second.total()
    return 2.0 * (first & second).total() / total if total else 0.0


def own_pictures(sample: Sample, side: str) -> frozenset[str]:
    """The pictures of posts on one side of a sample, without those that were cut out of a screenshot."""
    images = sample.input_images if side == "inputs" else sample.output_images
    return frozenset(
        image.sha256 for image in images if image.sha256 and not image.alt.startswith("cut from")
    )


def matched_boxes(gold: Sequence[tuple[int, int, int, int]], found: Sequence[Box], overlap: float) -> int:
    """How many labelled boxes have a found one of their own that covers the same place."""
    left = [PixelBox(left=box.left, top=box.top, right=box.right, bottom=box.bottom) for box in found]
    matched = 0
    for corners in gold:
        box = PixelBox(left=corners[0], top=corners[1], right=corners[2], bottom=corners[3])
        best = max(left, key=box.overlap, default=None)
        if best is not None and box.overlap(best) >= overlap:
            left.remove(best)
            matched += 1
    return matched


def _likeness(one: GoldSample, sample: Sample) -> tuple[int, int, int]:
    shown = {image.sha256 for image in (*sample.input_images, *sample.output_images)}
    shared = len({*one.inputs, *one.outputs} & shown)
    return int(same_words(one, sample)), shared, int(one.posts[0] == sample.post_urls[0])
