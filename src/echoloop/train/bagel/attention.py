"""Attention over a packed sequence, prepared once a pack: by block with SDPA, or with FlexAttention. The numbers are the same."""

from functools import cache
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention

from echoloop.train.bagel.blocks import Blocks, connected, spans
from echoloop.train.bagel.packed import Layout
from echoloop.train.bagel.visibility import visibility


class Attends(Protocol):
    """How a layer's queries meet its keys: [tokens, heads, head dim] in the order of the sequence, and out again."""

    def __call__(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor: ...


class BlockAttention:
    """SDPA on any device: each sample (or each picture of the vision tower) sees itself, through the rule where there is one."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks

    def __call__(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        del layer
        return self.blocks.attend(query, key, value)


class FlexAttention:
    """One kernel for the whole sequence, which skips what nobody may see."""

    def __init__(self, layout: Layout, device: torch.device) -> None:
        rule = visibility(layout, device)

        def may_see(batch: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
            del batch, head
            return rule(query, key)

        length = layout.length
        self.mask: BlockMask = create_block_mask(may_see, None, None, length, length, device=str(device))
        self.kernel: Any = _compiled_flex() if device.type == "cuda" else flex_attention

    def __call__(self, layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        del layer
        mixed = self.kernel(
            query.transpose(0, 1)[None],
            key.transpose(0, 1)[None],
            value.transpose(0, 1)[None],
            block_mask=self.mask,
            enable_gqa=query.shape[1] != key.shape[1],
        )
        return mixed[0].transpose(0, 1)


def attention_for(layout: Layout, device: torch.device) -> Attends:
    """Training's attention: what is fastest where the tensors are."""
    if device.type == "cuda" and layout.length:
        return FlexAttention(layout, device)
    own = spans(layout.sample_lens, device)
    return BlockAttention(connected(own, own, visibility(layout, device)))


def picture_attention(lengths: tuple[int, ...], device: torch.device) -> Attends:
    """The vision tower's attention: each picture by itself, everything seen."""
    own = spans(lengths, device)
    return BlockAttention(connected(own, own, None))


@cache
def _compiled_flex() -> Any:
    """Built when a GPU first needs it; one kernel serves all lengths."""
    return torch.compile(flex_attention, dynamic=True)
