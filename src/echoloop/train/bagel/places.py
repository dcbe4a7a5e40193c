"""Rows in another order, filled up where sequences are shorter than their neighbours, and back.

Each row has one seat. That makes the gradient of both directions a gather too: nothing is ever summed into zeros.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Places:
    """`rows` says which row sits at each seat, `seat` where each row sits; `filler` marks seats that only fill up."""

    rows: Tensor
    seat: Tensor
    filler: Tensor | None = None


def places_of(rows: Tensor) -> Places:
    """An order without fillers."""
    seat = torch.empty_like(rows)
    seat[rows] = torch.arange(len(rows), device=rows.device)
    return Places(rows, seat)


def spread(x: Tensor, places: Places) -> Tensor:
    """Rows to their seats. Whatever is computed of a filler must not be used: its gradient is taken to be zero."""
    return _Spread.apply(x, places)  # pyright: ignore[reportReturnType]


def collect(x: Tensor, places: Places) -> Tensor:
    """Rows back from their seats; fillers are left behind."""
    return _Collect.apply(x, places)  # pyright: ignore[reportReturnType]


class _Spread(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, places: Places) -> Tensor:
        ctx.places = places
        return x.index_select(0, places.rows)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0].index_select(0, ctx.places.seat), None


class _Collect(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, places: Places) -> Tensor:
        ctx.places = places
        return x.index_select(0, places.seat)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        gathered = gradients[0].index_select(0, ctx.places.rows)
        if ctx.places.filler is not None:
            gathered[ctx.places.filler] = 0
        return gathered, None
