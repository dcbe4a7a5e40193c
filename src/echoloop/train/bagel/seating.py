"""Two streams of tokens, each with weights of its own, and their common order in the sequence.

Text, vision tokens and the tokens around pictures go through the understanding experts (`plain`); latent tokens go through
the generation experts. Kept apart, no weight ever meets a token that is not its own; the streams meet in attention alone.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from echoloop.train.bagel.places import collect, places_of, spread


class Streams(NamedTuple):
    """Hidden states of both kinds of tokens, [tokens, width] each."""

    plain: Tensor
    generation: Tensor


class Seating:
    """Who sits where: the place of each token of both streams in the sequence."""

    def __init__(self, plain_place: Tensor, generation_place: Tensor) -> None:
        self.plain = len(plain_place)
        self.places = places_of(torch.cat((plain_place, generation_place)))

    def join(self, streams: Streams) -> Tensor:
        """All tokens in the order of the sequence."""
        return collect(torch.cat(streams), self.places)

    def part(self, sequence: Tensor) -> Streams:
        """Each token back into its stream."""
        parted = spread(sequence, self.places)
        return Streams(parted[: self.plain], parted[self.plain :])

    def plain_at(self, place: Tensor) -> Tensor:
        """Which rows of the plain stream sit at these places."""
        return self.places.seat[place]

    def generation_at(self, place: Tensor) -> Tensor:
        """Which rows of the generation stream sit at these places."""
        return self.places.seat[place] - self.plain
