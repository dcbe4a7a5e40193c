"""What is right in one conversation, as counts that add up over conversations: right, found, wanted."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from echoloop.curate.scoring.gold import GoldSample, LabelledThread
from echoloop.curate.scoring.matching import (
    Pair,
    match,
    matched_boxes,
    own_pictures,
    same_words,
    shared_words,
)
from echoloop.records import Sample

Tally: TypeAlias = dict[str, list[float]]
QUALITIES = ("Benchmark", "Analysis", "Trash")
ROLES = ("input", "output", "none")
_HALF, _CLOSE = 0.5, 0.75


def count_relevance(thread: LabelledThread, scores: Mapping[str, int | None], keep_from: int) -> Tally:
    """Posts that have a label and an answer. Of several scores that can be defended the nearest is the labelled one."""
    table = np.zeros((5, 5))
    right = answered = kept = wanted = kept_rightly = 0
    for label in thread.relevance or ():
        score = scores.get(label.post)
        if score is None:
            continue
        answered += 1
        nearest = min(max(score, label.low), label.high)
        table[nearest - 1, score - 1] += 1
        agrees = (nearest >= keep_from) == (score >= keep_from)
        right += agrees
        kept += score >= keep_from
        wanted += nearest >= keep_from
        kept_rightly += agrees and score >= keep_from
    return {
        "kept": [right, answered],
        "relevant": [kept_rightly, kept, wanted],
        "table": table.ravel().tolist(),
    }


def count_samples(thread: LabelledThread, found: Sequence[Sample]) -> Tally:
    """Everything that is said of the samples of one conversation."""
    gold = [one for one in thread.samples or () if not one.hazards]
    wanted = [one for one in gold if one.quality != "Trash"]
    hazardous = [one for one in thread.samples or () if one.hazards]
    pairs = match(wanted, found)
    others = _without(found, pairs)
    kept = [sample for sample in found if sample not in [one for _, one in match(hazardous, others)]]
    unwanted = match([one for one in gold if one.quality == "Trash"], _without(kept, pairs))
    prompts = [sum(bool(sample.prompt) for sample in kept), sum(bool(one.prompt) for one in wanted)]
    with_words = [(one, sample) for one, sample in pairs if one.prompt]
    return {
        "samples": [len(pairs), len(kept), len(wanted)],
        "prompts": [sum(same_words(*pair) for pair in with_words), *prompts],
        "tokens": [sum(shared_words(one.prompt, sample.prompt) for one, sample in with_words), *prompts],
        "benchmark": [
            sum(one.quality == sample.quality == "Benchmark" for one, sample in pairs),
            sum(sample.quality == "Benchmark" for sample in kept),
            sum(one.quality == "Benchmark" for one in wanted),
        ],
        "quality": _quality(gold, kept, [*pairs, *unwanted]),
        "feedback": _feedback(wanted, kept),
        "inputs": _pictures(pairs, wanted, kept, "inputs"),
        "outputs": _pictures(pairs, wanted, kept, "outputs"),
        "roles": _roles(thread, wanted, hazardous, kept),
        "boxes_half": _boxes(pairs, wanted, kept, _HALF),
        "boxes_close": _boxes(pairs, wanted, kept, _CLOSE),
    }


def _without(found: Sequence[Sample], pairs: Sequence[Pair]) -> list[Sample]:
    taken = {sample.id for _, sample in pairs}
    return [sample for sample in found if sample.id not in taken]


def _quality(gold: Sequence[GoldSample], kept: Sequence[Sample], pairs: Sequence[Pair]) -> list[float]:
    """Labelled by found; the last row is what nobody labelled, the last column what was not kept."""
    table = np.zeros((len(QUALITIES) + 1, len(QUALITIES) + 1))
    for one, sample in pairs:
        table[QUALITIES.index(one.quality), QUALITIES.index(sample.quality)] += 1
    for row, quality in enumerate(QUALITIES):
        table[row, -1] = sum(one.quality == quality for one in gold) - table[row, :-1].sum()
        table[-1, row] = sum(sample.quality == quality for sample in kept) - table[:-1, row].sum()
    return table.ravel().tolist()


def _feedback(gold: Sequence[GoldSample], kept: Sequence[Sample]) -> list[float]:
    wanted = {url for one in gold for url in one.feedback}
    found = {said.post_url for sample in kept for said in sample.community_feedback}
    return [len(wanted & found), len(found), len(wanted)]


def _pictures(
    pairs: Sequence[Pair], gold: Sequence[GoldSample], kept: Sequence[Sample], side: str
) -> list[float]:
    def labelled(one: GoldSample) -> frozenset[str]:
        return frozenset(one.inputs if side == "inputs" else one.outputs)

    return [
        sum(len(labelled(one) & own_pictures(sample, side)) for one, sample in pairs),
        sum(len(own_pictures(sample, side)) for sample in kept),
        sum(len(labelled(one)) for one in gold),
    ]


def _roles(
    thread: LabelledThread,
    gold: Sequence[GoldSample],
    hazardous: Sequence[GoldSample],
    kept: Sequence[Sample],
) -> list[float]:
    """For input, output and none: how many pictures have the role rightly, as found, as labelled."""
    left_out = {name for one in hazardous for name in (*one.inputs, *one.outputs, one.screenshot)}
    pictures = thread.pictures - left_out
    truth = _sides([set(one.inputs) for one in gold], [set(one.outputs) for one in gold], pictures)
    told = _sides(
        [set(own_pictures(sample, "inputs")) for sample in kept],
        [set(own_pictures(sample, "outputs")) for sample in kept],
        pictures,
    )
    return [
        float(count)
        for one, other in zip(truth, told, strict=True)
        for count in (len(one & other), len(other), len(one))
    ]


def _sides(
    inputs: Sequence[set[str]], outputs: Sequence[set[str]], pictures: frozenset[str]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    into = pictures.intersection(set[str]().union(*inputs))
    out = pictures.intersection(set[str]().union(*outputs)) - into
    return into, out, pictures - into - out


def _boxes(
    pairs: Sequence[Pair], gold: Sequence[GoldSample], kept: Sequence[Sample], overlap: float
) -> list[float]:
    right = sum(
        matched_boxes(one.input_boxes, sample.input_boxes, overlap)
        + matched_boxes(one.output_boxes, sample.output_boxes, overlap)
        for one, sample in pairs
        if sample.conversation is not None and sample.conversation.sha256 == one.screenshot
    )
    return [
        right,
        sum(len(sample.input_boxes) + len(sample.output_boxes) for sample in kept),
        sum(len(one.input_boxes) + len(one.output_boxes) for one in gold),
    ]
