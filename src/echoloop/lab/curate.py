"""Curation against the town's truth: precision and recall of everything it claims to find."""

from collections.abc import Callable, Hashable, Iterable, Sequence

import msgspec

from echoloop.images import Box as PixelBox
from echoloop.lab.checks import Check
from echoloop.lab.town import GoldSample, TownTruth
from echoloop.records import Box, Relevance, Sample

_SAME_PLACE = 0.5
MINIMUMS = {
    "relevant posts": (0.95, 0.95),
    "samples": (0.9, 0.9),
    "prompts": (0.9, 0.9),
    "input pictures": (0.9, 0.9),
    "output pictures": (0.9, 0.9),
    "boxes (IoU >= 0.5)": (0.9, 0.9),
    "quality Benchmark": (0.9, 0.9),
    "filled blanks": (0.85, 0.85),
    "feedback": (0.85, 0.85),
    "withheld for safety": (0.9, 0.95),
}
"""What the demo asks for: precision and recall, on the wordings that the annotators' author could read."""


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """What curation left: relevance, the samples before and after the guard, and after the final filter."""

    relevance: tuple[Relevance, ...]
    unfolded: tuple[Sample, ...]
    guarded: tuple[Sample, ...]
    samples: tuple[Sample, ...]


def curation_checks(recovered: Recovered, truth: TownTruth) -> list[Check]:
    """Every part of curation, on open wordings (with a minimum) and on held-out ones (shown apart)."""
    hidden = {gold.thread_root for gold in truth.samples if gold.held_out}
    hidden_posts = {row.post for row in truth.relevance if row.held_out}
    return [
        *_checks(
            recovered,
            truth,
            lambda thread: thread not in hidden,
            lambda post: post not in hidden_posts,
            False,
        ),
        *_checks(recovered, truth, lambda thread: thread in hidden, lambda post: post in hidden_posts, True),
    ]


def _checks(
    recovered: Recovered,
    truth: TownTruth,
    in_threads: Callable[[str], bool],
    in_posts: Callable[[str], bool],
    shown: bool,
) -> list[Check]:
    gold = [one for one in truth.samples if in_threads(one.thread_root)]
    wanted = [one for one in gold if one.quality != "Trash" and not one.hazards]
    thread_of = {url: one.thread_root for one in truth.samples for url in one.post_urls}
    kept = [one for one in recovered.samples if in_threads(_thread(one, thread_of))]
    pairs = match_samples(wanted, kept)
    found: dict[str, tuple[int, int, int]] = {
        "relevant posts": _sets(
            {row.post for row in truth.relevance if row.relevant and in_posts(row.post)},
            {row.post for row in recovered.relevance if in_posts(row.post)},
        ),
        "samples": (len(pairs), len(kept), len(wanted)),
        "prompts": _prompts(pairs, wanted, kept),
        "input pictures": _pictures(pairs, wanted, kept, "input_images"),
        "output pictures": _pictures(pairs, wanted, kept, "output_images"),
        "boxes (IoU >= 0.5)": _boxes(pairs, wanted, kept),
        "quality Benchmark": _quality(pairs, wanted, kept),
        "filled blanks": _filled(pairs, wanted, kept),
        "feedback": _feedback(pairs, wanted, kept),
        "withheld for safety": _withheld(recovered, gold, in_threads, thread_of),
    }
    part = "curation, held-out wordings" if shown else "curation"
    return [
        check for name, counts in found.items() for check in _precision_and_recall(part, name, counts, shown)
    ]


def match_samples(gold: Sequence[GoldSample], kept: Sequence[Sample]) -> list[tuple[GoldSample, Sample]]:
    """One recovered sample for each true one, best first: the same words, then shared pictures, then shared posts."""
    by_thread: dict[str, list[Sample]] = {}
    for sample in kept:
        for url in sample.post_urls:
            by_thread.setdefault(url, []).append(sample)
    claims: list[tuple[tuple[int, int, int], str, str, GoldSample, Sample]] = []
    for one in gold:
        near = {sample.id: sample for url in one.post_urls for sample in by_thread.get(url, [])}
        for sample in near.values():
            strength = _likeness(one, sample)
            if strength > (0, 0, 0):
                claims.append((strength, one.id, sample.id, one, sample))
    claims.sort(key=lambda claim: ([-part for part in claim[0]], claim[1], claim[2]))
    taken: set[str] = set()
    pairs: list[tuple[GoldSample, Sample]] = []
    for _, gold_id, sample_id, one, sample in claims:
        if gold_id not in taken and sample_id not in taken:
            taken |= {gold_id, sample_id}
            pairs.append((one, sample))
    return pairs


def _likeness(gold: GoldSample, sample: Sample) -> tuple[int, int, int]:
    pictures = {*gold.input_images, *gold.output_images} & _shown(sample)
    return int(_same_words(gold, sample)), len(pictures), int(gold.post_urls[0] == sample.post_urls[0])


def _shown(sample: Sample) -> set[str]:
    images = (*sample.input_images, *sample.output_images)
    return {image.sha256 for image in images if image.sha256}


def _same_words(gold: GoldSample, sample: Sample) -> bool:
    return _folded(gold.prompt) == _folded(sample.prompt)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _thread(sample: Sample, thread_of: dict[str, str]) -> str:
    return next((thread_of[url] for url in sample.post_urls if url in thread_of), sample.thread)


def _prompts(
    pairs: Iterable[tuple[GoldSample, Sample]], gold: Sequence[GoldSample], kept: Sequence[Sample]
) -> tuple[int, int, int]:
    exact = sum(bool(one.prompt) and _same_words(one, sample) for one, sample in pairs)
    return exact, sum(bool(sample.prompt) for sample in kept), sum(bool(one.prompt) for one in gold)


def _pictures(
    pairs: Iterable[tuple[GoldSample, Sample]], gold: Sequence[GoldSample], kept: Sequence[Sample], side: str
) -> tuple[int, int, int]:
    def claimed(sample: Sample) -> set[str]:
        return {
            image.sha256
            for image in getattr(sample, side)
            if image.sha256 and not image.alt.startswith("cut from")
        }

    right = sum(len(set(getattr(one, side)) & claimed(sample)) for one, sample in pairs)
    return (
        right,
        sum(len(claimed(sample)) for sample in kept),
        sum(len(set(getattr(one, side))) for one in gold),
    )


def _boxes(
    pairs: Iterable[tuple[GoldSample, Sample]], gold: Sequence[GoldSample], kept: Sequence[Sample]
) -> tuple[int, int, int]:
    right = sum(
        _matched_boxes(one.input_boxes, sample.input_boxes)
        + _matched_boxes(one.output_boxes, sample.output_boxes)
        for one, sample in pairs
        if sample.conversation is not None and sample.conversation.sha256 == one.screenshot
    )
    return (
        right,
        sum(len(sample.input_boxes) + len(sample.output_boxes) for sample in kept),
        sum(len(one.input_boxes) + len(one.output_boxes) for one in gold),
    )


def _matched_boxes(gold: Sequence[Box], found: Sequence[Box]) -> int:
    left = [_pixel_box(box) for box in found]
    matched = 0
    for box in map(_pixel_box, gold):
        best = max(left, key=box.overlap, default=None)
        if best is not None and box.overlap(best) >= _SAME_PLACE:
            left.remove(best)
            matched += 1
    return matched


def _pixel_box(box: Box) -> PixelBox:
    return PixelBox(left=box.left, top=box.top, right=box.right, bottom=box.bottom)


def _quality(
    pairs: Iterable[tuple[GoldSample, Sample]], gold: Sequence[GoldSample], kept: Sequence[Sample]
) -> tuple[int, int, int]:
    right = sum(one.quality == sample.quality == "Benchmark" for one, sample in pairs)
    return (
        right,
        sum(sample.quality == "Benchmark" for sample in kept),
        sum(one.quality == "Benchmark" for one in gold),
    )


def _filled(
    pairs: Iterable[tuple[GoldSample, Sample]], gold: Sequence[GoldSample], kept: Sequence[Sample]
) -> tuple[int, int, int]:
    right = sum(
        one.prompt_fill_blank and sample.prompt_fill_blank and _same_words(one, sample)
        for one, sample in pairs
    )
    return (
        right,
        sum(sample.prompt_fill_blank for sample in kept),
        sum(one.prompt_fill_blank for one in gold),
    )


def _feedback(
    pairs: Iterable[tuple[GoldSample, Sample]], gold: Sequence[GoldSample], kept: Sequence[Sample]
) -> tuple[int, int, int]:
    del pairs
    return _sets(
        {said.post_url for one in gold for said in one.feedback},
        {said.post_url for sample in kept for said in sample.community_feedback},
    )


def _withheld(
    recovered: Recovered,
    gold: Sequence[GoldSample],
    in_threads: Callable[[str], bool],
    thread_of: dict[str, str],
) -> tuple[int, int, int]:
    """Samples that the guard took away, against those that are hazardous, by the post they hang on."""
    passed = {sample.id for sample in recovered.guarded}
    taken = {
        sample.post_urls[0]
        for sample in recovered.unfolded
        if sample.id not in passed and in_threads(_thread(sample, thread_of))
    }
    return _sets({one.post_urls[0] for one in gold if one.hazards and one.quality != "Trash"}, taken)


def _sets(gold: set[Hashable] | set[str], found: set[Hashable] | set[str]) -> tuple[int, int, int]:
    return len(gold & found), len(found), len(gold)


def _precision_and_recall(part: str, name: str, counts: tuple[int, int, int], shown: bool) -> list[Check]:
    right, found, planted = counts
    bounds = MINIMUMS[name]
    return [
        Check(
            part="curation, held-out wordings" if shown else "curation",
            name=f"{name}: {measure}",
            value=right / total if total else None,
            at_least=bound,
            planted=str(planted),
            recovered=f"{right} of {found} claimed",
            shown=shown,
        )
        for measure, total, bound in (("precision", found, bounds[0]), ("recall", planted, bounds[1]))
        if total or not shown
    ]
