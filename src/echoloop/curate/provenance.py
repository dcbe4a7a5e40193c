"""Where a prompt's words come from. A model's word for it is not taken: the posts are searched."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from echoloop.curate.differences import Change, changes, shown
from echoloop.curate.folding import fold, weight, words
from echoloop.curate.spans import Source, in_any_order, in_order, triples
from echoloop.records import Post, PromptOrigin

LEAST_FOUND = 0.5
"""A prompt of which less than this was found is nobody's: see `Provenance.invented`."""
_BLANK = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|[_.…]{2,}|_|…")


class Provenance(NamedTuple):
    """How a prompt came out of the posts. `found` is the share of its words that stand in one of them beside the same neighbour."""

    origin: PromptOrigin
    found: float = 1.0
    diff: str = ""

    @property
    def invented(self) -> bool:
        """Most of its words come from nowhere, so nobody gave it to the model.

        Joining parts, filling a blank, putting a word right: each leaves most words beside the neighbours they had. Where more
        than half have lost theirs, the reader has retold, translated or made up the task, and what would be measured is how
        well an image model does a task that no person ever set. Half is far from both sides: one word changed in five leaves
        0.6 and more, a sentence told anew shares a few pairs of small words and stays under 0.3.
        """
        return self.found < LEAST_FOUND


def sources_of(posts: Sequence[Post]) -> list[Source]:
    """What people wrote, post by post: the text, and the descriptions of its pictures, where some keep their prompt."""
    return [Source("\n".join([post.text, *(image.alt for image in post.images)])) for post in posts]


def trace(prompt: str, sources: Sequence[Source]) -> Provenance:
    """`verbatim`: ordered spans of one text (omissions are allowed); `filled`: its blanks filled; `joined`: spans of several."""
    wanted = fold(prompt)
    if any(wanted in source.folded for source in sources):
        return Provenance("verbatim")
    new = words(wanted)
    if any(in_order(new.texts, source) for source in sources):
        return Provenance("verbatim")
    nearest = max(sources, key=lambda source: _shared(new.texts, source), default=Source(""))
    old = nearest.split
    made = changes(old.texts, new.texts, nearest.places)
    diff = shown(old, new, made)
    if _only_blanks_filled(made, old.texts):
        kept = [
            word for change in made if change.kind == "same" for word in new.texts[change.first : change.last]
        ]
        return Provenance("filled", weight(kept) / weight(new.texts), diff)
    found = _share_found(new.texts, sources)
    return Provenance("joined" if in_any_order(new.texts, sources) else "edited", found, diff)


def trace_filled(prompt: str, template: str) -> Provenance | None:
    """How a template was filled; None where the prompt keeps no more than half of what the template says around them."""
    source, new = Source(template), words(fold(prompt))
    old = source.split
    made = changes(old.texts, new.texts, source.places)
    fixed = words(fold(_BLANK.sub(" ", template))).texts
    kept = [word for change in made if change.kind == "same" for word in old.texts[change.start : change.end]]
    if weight(kept) <= LEAST_FOUND * weight(fixed):
        return None
    return Provenance("filled", 1.0, shown(old, new, made))


def _shared(wanted: list[str], source: Source) -> tuple[int, int]:
    three = sum(each in source.places for each in triples(wanted))
    return three, sum(pair in source.pairs for pair in pairwise(wanted))


def _share_found(wanted: list[str], sources: Sequence[Source]) -> float:
    found = [False] * len(wanted)
    for at, pair in enumerate(pairwise(wanted)):
        if any(pair in source.pairs for source in sources):
            found[at] = found[at + 1] = True
    whole = weight(wanted)
    return weight([word for word, here in zip(wanted, found, strict=True) if here]) / whole if whole else 0.0


def _only_blanks_filled(made: Sequence[Change], old: list[str]) -> bool:
    """Every new stretch stands where the text had a blank; the rest is the text's own."""
    filled = False
    before: Change | None = None
    for change in made:
        if change.kind == "new":
            if before is None or before.kind != "gone":
                return False
            if not _BLANK.fullmatch("".join(old[before.start : before.end])):
                return False
            filled = True
        before = change
    return filled
