"""How many threads of each kind a town has, and which of them are told in held-out words."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from echoloop.lab.town.plan import TownPlan
from echoloop.lab.town.storyteller import Storyteller
from echoloop.lab.town.threads_asides import (
    tell_coincidence,
    tell_commentary,
    tell_news,
    tell_partial_prompt,
    tell_rival,
    tell_rival_confessed,
    tell_spam,
)
from echoloop.lab.town.threads_blanks import tell_fill_in_the_blank
from echoloop.lab.town.threads_editing import tell_edit, tell_multi_reference
from echoloop.lab.town.threads_hostile import (
    tell_flood,
    tell_injection,
    tell_orphan,
    tell_unsafe_picture,
    tell_unsafe_request,
)
from echoloop.lab.town.threads_screenshots import tell_chat_screenshot, tell_collage
from echoloop.lab.town.threads_sharing import tell_branching, tell_plain, tell_prompt_in_reply
from echoloop.lab.town.truth import ThreadKind

TELLERS: Mapping[ThreadKind, Callable[[Storyteller], None]] = {
    "plain": tell_plain,
    "prompt in reply": tell_prompt_in_reply,
    "edit": tell_edit,
    "multi-reference": tell_multi_reference,
    "fill in the blank": tell_fill_in_the_blank,
    "branching": tell_branching,
    "chat screenshot": tell_chat_screenshot,
    "collage": tell_collage,
    "commentary": tell_commentary,
    "partial prompt": tell_partial_prompt,
    "news": tell_news,
    "rival": tell_rival,
    "rival confessed": tell_rival_confessed,
    "coincidence": tell_coincidence,
    "spam": tell_spam,
    "unsafe request": tell_unsafe_request,
    "unsafe picture": tell_unsafe_picture,
    "injection": tell_injection,
    "orphan": tell_orphan,
    "flood": tell_flood,
}

_WEIGHTS: Mapping[ThreadKind, float] = {
    "plain": 13,
    "prompt in reply": 12,
    "edit": 16,
    "multi-reference": 5,
    "fill in the blank": 6,
    "branching": 9,
    "chat screenshot": 9,
    "collage": 3,
    "commentary": 7,
    "partial prompt": 5,
    "news": 7,
    "rival": 4,
    "rival confessed": 2,
    "coincidence": 6,
    "spam": 6,
    "unsafe request": 2,
    "unsafe picture": 1.5,
    "injection": 2,
    "orphan": 3,
    "flood": 0,
}


class Assignment(NamedTuple):
    """What one thread will be."""

    kind: ThreadKind
    held_out: bool


def assign(plan: TownPlan) -> list[Assignment]:
    """The town's threads in chance order: every kind at least once where there is room, one flood, and the held-out
    share spread evenly over each kind."""
    rng = np.random.default_rng((plan.seed, 1 << 20))
    assignments: list[Assignment] = []
    for kind, count in _counts(plan.threads).items():
        offset = float(rng.random())
        marks = [int((at + 1) * plan.held_out_share + offset) for at in range(-1, count)]
        assignments += [Assignment(kind, marks[at + 1] > marks[at]) for at in range(count)]
    return [assignments[int(at)] for at in rng.permutation(len(assignments))]


def _counts(threads: int) -> dict[ThreadKind, int]:
    """Largest remainders on top of one thread of each kind; a tiny town has the first kinds only."""
    kinds = tuple(_WEIGHTS)
    counts: dict[ThreadKind, int] = {kind: int(at < threads) for at, kind in enumerate(kinds)}
    spare, total = max(0, threads - len(kinds)), sum(_WEIGHTS.values())
    shares = {kind: _WEIGHTS[kind] * spare / total for kind in kinds}
    for kind in kinds:
        counts[kind] += int(shares[kind])
    left = threads - sum(counts.values())
    for kind in sorted(kinds, key=lambda each: (int(shares[each]) - shares[each], each))[:left]:
        counts[kind] += 1
    return counts
