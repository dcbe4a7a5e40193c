"""What the model has read, kept as keys and values: a sequence is read once, whatever is drawn or written after it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from echoloop.train.bagel.blocks import connected


class Memory:
    """Keys and values of several sequences beside each other, layer by layer, and which of them belong to whom."""

    def __init__(self, sequences: int, layers: int, device: torch.device) -> None:
        self.keys: list[Tensor | None] = [None] * layers
        self.values: list[Tensor | None] = [None] * layers
        self.seen = [torch.empty(0, dtype=torch.long, device=device) for _ in range(sequences)]
        self.size = 0

    def after(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """What is remembered, followed by what is new."""
        old_key, old_value = self.keys[layer], self.values[layer]
        if old_key is None or old_value is None:
            return key, value
        return torch.cat((old_key, key)), torch.cat((old_value, value))


class Recalling:
    """Attention of new tokens to their sequence's memory and to each other. `causal` says it of each new token.

    With `keep` the new tokens become part of the memory once all layers have run; without, they leave no trace.
    """

    def __init__(self, memory: Memory, new: Sequence[Tensor], causal: Tensor, keep: bool) -> None:
        self.memory, self.new, self.keep = memory, new, keep
        size = memory.size

        def sees(query: Tensor, key: Tensor) -> Tensor:
            return (key < size) | ~causal[query] | (key - size <= query)

        keys = [
            torch.cat((seen, places + size)) if len(places) else places
            for seen, places in zip(memory.seen, new, strict=True)
        ]
        self.blocks = connected(new, keys, sees if bool(causal.any()) else None)

    def __call__(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        keys, values = self.memory.after(layer, key, value)
        if self.keep:
            self.memory.keys[layer], self.memory.values[layer] = keys, values
        return self.blocks.attend(query, keys, values)

    def remember(self) -> None:
        """The new tokens are old from now on."""
        for at, places in enumerate(self.new):
            self.memory.seen[at] = torch.cat((self.memory.seen[at], places + self.memory.size))
        self.memory.size += sum(len(places) for places in self.new)
