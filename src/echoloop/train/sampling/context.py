"""Sequences that are being read: what the model draws or writes stands behind them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from echoloop.train.bagel import Bagel
from echoloop.train.sampling.memory import Memory, Recalling
from echoloop.train.sampling.segments import NoisyPiece, Piece, advance, feed


class Context:
    """A batch of sequences read so far. Sequences may differ in what they hold; none sees another."""

    def __init__(self, model: Bagel, sequences: int) -> None:
        self.model = model
        layers = model.config.llm.num_hidden_layers
        self.memory = Memory(sequences, layers, model.vae2llm.weight.device)
        self.position = [0] * sequences

    @torch.no_grad()
    def read(self, pieces: Sequence[Piece | None]) -> Tensor:
        """Read one more piece of each sequence (None: nothing). Returns logits after the last token of each that read text.

        Rows are in the order of the sequences that read something.
        """
        fed = feed(self.model, pieces, self.position)
        recalling = Recalling(self.memory, fed.places, fed.causal, keep=True)
        hidden = self.model.think(fed.streams, fed.seating, fed.rope_position, recalling)
        recalling.remember()
        self.position = [at + advance(piece) for at, piece in zip(self.position, pieces, strict=True)]
        last = [int(places[-1]) for places in fed.places if len(places)]
        rows = fed.seating.plain_at(torch.tensor(last, dtype=torch.long, device=fed.rope_position.device))
        return self.model.logits(hidden.plain[rows])

    @torch.no_grad()
    def velocities(self, pictures: Sequence[NoisyPiece]) -> list[Tensor]:
        """Where each sequence's picture goes from here; nothing is remembered of it."""
        fed = feed(self.model, pictures, self.position)
        recalling = Recalling(self.memory, fed.places, fed.causal, keep=False)
        hidden = self.model.think(fed.streams, fed.seating, fed.rope_position, recalling)
        velocity = self.model.velocity(hidden.generation)
        return list(velocity.split([len(picture.tokens) for picture in pictures]))
