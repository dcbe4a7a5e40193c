"""Attention of ragged sequences: those of about the same length side by side in one call, so that little is computed for nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from echoloop.train.bagel.places import Places, collect, spread

Sees: TypeAlias = Callable[[Tensor, Tensor], Tensor]

_WASTE = 1.15
_MOST_SCORES = 1 << 24


@dataclass(frozen=True)
class Block:
    """Sequences side by side: how many, the longest queries and keys, and who sees whom (None: all)."""

    count: int
    queries: int
    keys: int
    mask: Tensor | None


@dataclass(frozen=True)
class Blocks:
    """All sequences of one call: where their queries and keys sit, block behind block."""

    blocks: tuple[Block, ...]
    queries: Places
    keys: Places

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """[tokens, heads, head dim] in the order of the sequence, and out again."""
        if not self.blocks:
            return _nothing(query, key, value)
        shared = query.shape[1] != key.shape[1]
        all_queries = spread(query, self.queries).split(
            [block.count * block.queries for block in self.blocks]
        )
        sizes = [block.count * block.keys for block in self.blocks]
        all_keys, all_values = (spread(part, self.keys).split(sizes) for part in (key, value))
        outputs: list[Tensor] = []
        for block, q, k, v in zip(self.blocks, all_queries, all_keys, all_values, strict=True):
            mixed = F.scaled_dot_product_attention(
                _beside(q, block.count),
                _beside(k, block.count),
                _beside(v, block.count),
                attn_mask=block.mask,
                enable_gqa=shared,
            )
            outputs.append(mixed.transpose(1, 2).flatten(0, 1))
        return collect(torch.cat(outputs), self.queries)


def spans(lengths: Sequence[int], device: torch.device) -> list[Tensor]:
    """The places of sequences that lie behind each other."""
    ends = torch.tensor([0, *lengths]).cumsum(0).tolist()
    return [torch.arange(a, b, device=device) for a, b in pairwise(ends)]


def connected(queries: Sequence[Tensor], keys: Sequence[Tensor], sees: Sees | None) -> Blocks:
    """The i-th queries look at the i-th keys, all of them or as `sees(query place, key place)` says.

    Every place of the queries belongs to one sequence. Keys may be remembered ones, which need no gradient.
    """
    device = queries[0].device if queries else torch.device("cpu")
    lengths = [(len(query), len(key)) for query, key in zip(queries, keys, strict=True)]
    blocks: list[Block] = []
    query_parts: list[tuple[Tensor, Tensor]] = []
    key_parts: list[tuple[Tensor, Tensor]] = []
    for members in _alike(lengths):
        query, real = _padded([queries[i] for i in members])
        key, there = _padded([keys[i] for i in members])
        mask = _mask(query, key, real, there, sees)
        blocks.append(Block(len(members), query.shape[1], key.shape[1], mask))
        query_parts.append((query, real))
        key_parts.append((key, there))
    seated = _seated(query_parts, device)
    return Blocks(tuple(blocks), seated, seated if keys is queries else _seated(key_parts, device))


def _seated(parts: Sequence[tuple[Tensor, Tensor]], device: torch.device) -> Places:
    if not parts:
        return Places(*(torch.empty(0, dtype=torch.long, device=device) for _ in range(2)))
    rows = torch.cat([places.flatten() for places, _ in parts])
    real = torch.cat([kept.flatten() for _, kept in parts])
    seat = torch.zeros(int(rows.max()) + 1, dtype=torch.long, device=device)
    seat[rows[real]] = real.nonzero().flatten()
    return Places(rows, seat, None if bool(real.all()) else ~real)


def _mask(query: Tensor, key: Tensor, real: Tensor, there: Tensor, sees: Sees | None) -> Tensor | None:
    """[sequences, 1, queries, keys]. A row that only fills up looks at the first key: of nothing at all no softmax exists."""
    if sees is None and bool(there.all()):
        return None
    mask = there[:, None, :].expand(-1, query.shape[1], -1)
    if sees is not None:
        mask = mask & sees(query[:, :, None], key[:, None, :])
    mask = mask.clone()
    mask[:, :, 0] |= ~real
    return mask[:, None]


def _alike(lengths: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Indexes of sequences, grouped so that filling up wastes little and no group's scores grow large."""
    order = sorted((i for i, (query, _) in enumerate(lengths) if query), key=lambda i: (lengths[i], i))
    groups: list[list[int]] = []
    wide = high = used = 0
    for i in reversed(order):
        query, key = lengths[i]
        if groups:
            count, wider, higher = len(groups[-1]) + 1, max(wide, key), max(high, query)
            scores = count * wider * higher
            if scores <= _WASTE * (used + query * key) and scores <= _MOST_SCORES:
                groups[-1].append(i)
                wide, high, used = wider, higher, used + query * key
                continue
        groups.append([i])
        wide, high, used = key, query, query * key
    return groups


def _padded(places: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Places [sequences, longest], filled up with the sequence's first, and which of them are real."""
    lengths = torch.tensor([len(one) for one in places], device=places[0].device)
    padded = pad_sequence(places, batch_first=True)
    real = torch.arange(padded.shape[1], device=padded.device) < lengths[:, None]
    return torch.where(real, padded, padded[:, :1]), real


def _beside(rows: Tensor, count: int) -> Tensor:
    """[count * length, heads, head dim] as SDPA wants it."""
    return rows.unflatten(0, (count, -1)).transpose(1, 2)


def _nothing(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Of no tokens, but reached by all three: under sharding every rank must send a gradient for the same weights."""
    return query + (key.sum() + value.sum()) * 0
