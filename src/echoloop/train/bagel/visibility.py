"""Who sees whom in a packed sequence: one rule, read by every kind of attention.

A token sees nothing of another sample. Of its own sample it sees all earlier splits but noised ones, and of its own split
what came before it (text) or everything (pictures).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from echoloop.train.bagel.packed import Layout


@dataclass(frozen=True)
class Visibility:
    """For each token: its sample, its split, and how that split is looked at."""

    sample: Tensor
    split: Tensor
    causal: Tensor
    noised: Tensor

    def __call__(self, query: Tensor, key: Tensor) -> Tensor:
        """True where the token at place `query` may look at the one at place `key`; the two are broadcast."""
        mine = self.split[query] == self.split[key]
        own = mine & (~self.causal[query] | (key <= query))
        earlier = (self.split[key] < self.split[query]) & ~self.noised[key]
        return (self.sample[query] == self.sample[key]) & (own | earlier)


def visibility(layout: Layout, device: torch.device) -> Visibility:
    """The rule for one packed sequence."""
    split_lens = torch.tensor(layout.split_lens, dtype=torch.long)
    sample_lens = torch.tensor(layout.sample_lens, dtype=torch.long)
    causal = torch.tensor([mode == "causal" for mode in layout.split_modes], dtype=torch.bool)
    noised = torch.tensor([mode == "noise" for mode in layout.split_modes], dtype=torch.bool)
    return Visibility(
        sample=torch.arange(len(sample_lens)).repeat_interleave(sample_lens).to(device),
        split=torch.arange(len(split_lens)).repeat_interleave(split_lens).to(device),
        causal=causal.repeat_interleave(split_lens).to(device),
        noised=noised.repeat_interleave(split_lens).to(device),
    )
