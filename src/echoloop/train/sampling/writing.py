"""Text from the model, token by token."""

from collections.abc import Sequence

import msgspec
import torch
from torch import Tensor

from echoloop.train.sampling.context import Context
from echoloop.train.sampling.segments import Piece, TextPiece


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """How text is written. Temperature 0 takes the likeliest token each time."""

    most_tokens: int = 512
    temperature: float = 0.0
    start: int
    stop: int


def write(
    context: Context, writing: Writing, seeds: Sequence[int], logits_seen: list[Tensor] | None = None
) -> list[list[int]]:
    """What each sequence says next, without its first and last token; all of it has then been read by its sequence."""
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    said: list[list[int]] = [[] for _ in seeds]
    speaking = list(range(len(seeds)))
    pieces: list[Piece | None] = [TextPiece([writing.start]) for _ in seeds]
    for _ in range(writing.most_tokens):
        logits = context.read(pieces)
        if logits_seen is not None:
            logits_seen.append(logits)
        pieces = [None] * len(seeds)
        still: list[int] = []
        for row, at in enumerate(speaking):
            token = _choose(logits[row], writing.temperature, generators[at])
            pieces[at] = TextPiece([token])
            if token != writing.stop:
                said[at].append(token)
                still.append(at)
        ended = [piece if at not in still else None for at, piece in enumerate(pieces)]
        if any(ended):
            context.read(ended)
        pieces = [piece if at in still else None for at, piece in enumerate(pieces)]
        speaking = still
        if not speaking:
            return said
    context.read(
        [TextPiece([*piece.ids, writing.stop]) if isinstance(piece, TextPiece) else None for piece in pieces]
    )
    return said


def _choose(logits: Tensor, temperature: float, generator: torch.Generator) -> int:
    if temperature <= 0:
        return int(logits.argmax())
    likely = torch.softmax(logits.cpu() / temperature, dim=-1)
    return int(torch.multinomial(likely, 1, generator=generator))
