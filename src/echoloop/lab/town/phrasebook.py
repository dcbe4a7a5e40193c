"""The shape of a phrasebook: what people say at each moment of a conversation, by language.

There are two books with the same shape, `phrasings.OPEN` and `phrasings_held_out.HELD_OUT`. Whoever writes the lab's
annotators reads the first and never opens the second, so that the score on the second says what rules are worth on
words their author has not seen.
"""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from echoloop.lab.scenes import Language
from echoloop.lab.town.truth import Defect

Wordings: TypeAlias = Mapping[Language, tuple[str, ...]]


class Phrasebook(msgspec.Struct, frozen=True, kw_only=True):
    """Braces hold places: {product}, {rival}, {fragment}, {word}. A *lead* is what comes before a quoted prompt."""

    held_out: bool

    opener: Wordings
    edit_opener: Wordings
    lead: Wordings
    prompt_below: Wordings
    prompt_continues: Wordings
    prompt_request: Wordings

    input_first: Wordings
    output_first: Wordings
    two_references: Wordings
    collage: Wordings
    alt_before: Wordings
    alt_after: Wordings

    blank_call: Wordings
    completion: Wordings
    reuse: Wordings
    new_task: Wordings
    small_change: Wordings
    screenshot: Wordings

    commentary_success: Wordings
    commentary_failure: Wordings
    partial: Wordings
    news: Wordings
    rival: Wordings
    rival_confession: Wordings
    rival_reply: Wordings
    coincidence: Wordings
    spam: Wordings
    spam_reply: Wordings

    praise: Wordings
    neutral: Wordings
    chatter: Wordings
    complaint: Mapping[Defect, Wordings]
    solution: Wordings
    exploration: Wordings

    injection: tuple[str, ...]
