"""What a sequence can be given to read, and several such pieces as the tensors of one forward pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import torch
from torch import Tensor

from echoloop.train.bagel import (
    Bagel,
    NoisyLatents,
    Seating,
    SeenPatches,
    Streams,
    cut,
    cut_patches,
    grid_positions,
)


@dataclass(frozen=True)
class TextPiece:
    """Token ids, complete with first and last token where there are any."""

    ids: Sequence[int]


@dataclass(frozen=True)
class CleanPiece:
    """A picture's latent [channels, height, width], scaled and shifted: a condition."""

    latent: Tensor


@dataclass(frozen=True)
class PatchPiece:
    """A picture [3, height, width] in -1..1 for the vision tower."""

    pixels: Tensor


@dataclass(frozen=True)
class NoisyPiece:
    """A picture on its way: latent tokens, their grid, and the time they are at."""

    tokens: Tensor
    rows: int
    columns: int
    t: float


Piece: TypeAlias = TextPiece | CleanPiece | PatchPiece | NoisyPiece


@dataclass(frozen=True)
class Fed:
    """One forward pass: token inputs, their order, rotary positions, and each sequence's new places."""

    streams: Streams
    seating: Seating
    rope_position: Tensor
    causal: Tensor
    places: list[Tensor]


class _Gathering:
    """Collects the tokens of all pieces; places count up over all sequences."""

    def __init__(self, model: Bagel) -> None:
        self.model, self.config = model, model.config
        self.device = model.vae2llm.weight.device
        self.text_ids: list[int] = []
        self.text_place: list[int] = []
        self.patches: list[Tensor] = []
        self.patch_grid: list[Tensor] = []
        self.patch_place: list[int] = []
        self.latents: list[Tensor] = []
        self.latent_grid: list[Tensor] = []
        self.latent_place: list[int] = []
        self.t: list[float] = []
        self.rope: list[int] = []
        self.causal: list[bool] = []

    def add(self, piece: Piece, position: int) -> None:
        """One piece of one sequence, from this rotary position on."""
        match piece:
            case TextPiece(ids=ids):
                for step, token in enumerate(ids):
                    self._text(token, position + step, causal=True)
            case CleanPiece(latent=latent):
                side = self.config.latent_patch_size
                rows, columns = latent.shape[1] // side, latent.shape[2] // side
                self._drawn(cut(latent, side), rows, columns, 0.0, position)
            case NoisyPiece(tokens=tokens, rows=rows, columns=columns, t=t):
                self._drawn(tokens, rows, columns, t, position)
            case PatchPiece(pixels=pixels):
                self._seen(pixels, position)

    def fed(self, lengths: Sequence[int]) -> Fed:
        """Everything as tensors; `lengths` are the new tokens of each sequence."""
        config = self.config
        streams = self.model.embed(
            self._ids(self.text_ids),
            SeenPatches(
                self._rows(self.patches, config.vit.patch_size**2 * config.vit.num_channels),
                self._grid(self.patch_grid),
                tuple(len(patches) for patches in self.patches),
            ),
            NoisyLatents(
                self._rows(self.latents, config.latent_token_dim),
                self._grid(self.latent_grid),
                torch.tensor(self.t, device=self.device, dtype=torch.float32),
            ),
        )
        seating = Seating(self._ids(self.text_place + self.patch_place), self._ids(self.latent_place))
        ends = torch.tensor([0, *lengths]).cumsum(0).tolist()
        return Fed(
            streams=streams,
            seating=seating,
            rope_position=self._ids(self.rope),
            causal=torch.tensor(self.causal, dtype=torch.bool, device=self.device),
            places=[torch.arange(a, b, device=self.device) for a, b in pairwise(ends)],
        )

    def _text(self, token: int, position: int, causal: bool) -> None:
        self.text_ids.append(token)
        self.text_place.append(self._sit(position, causal))

    def _sit(self, position: int, causal: bool) -> int:
        self.rope.append(position)
        self.causal.append(causal)
        return len(self.rope) - 1

    def _drawn(self, tokens: Tensor, rows: int, columns: int, t: float, position: int) -> None:
        self._text(self.config.tokens.start_of_image, position, causal=False)
        self.latents.append(tokens.to(self.device))
        self.latent_grid.append(grid_positions(rows, columns, self.config.max_latent_size))
        self.latent_place += [self._sit(position, causal=False) for _ in range(len(tokens))]
        self.t += [t] * len(tokens)
        self._text(self.config.tokens.end_of_image, position, causal=False)

    def _seen(self, pixels: Tensor, position: int) -> None:
        side = self.config.vit.patch_size
        patches = cut_patches(pixels, side)
        self._text(self.config.tokens.start_of_image, position, causal=False)
        self.patches.append(patches.to(self.device))
        rows, columns = pixels.shape[1] // side, pixels.shape[2] // side
        self.patch_grid.append(grid_positions(rows, columns, self.config.vit_max_num_patch_per_side))
        self.patch_place += [self._sit(position, causal=False) for _ in range(len(patches))]
        self._text(self.config.tokens.end_of_image, position, causal=False)

    def _ids(self, values: list[int]) -> Tensor:
        return torch.tensor(values, dtype=torch.long, device=self.device)

    def _grid(self, grids: list[Tensor]) -> Tensor:
        return torch.cat(grids).to(self.device) if grids else self._ids([])

    def _rows(self, parts: list[Tensor], width: int) -> Tensor:
        return torch.cat(parts) if parts else torch.empty(0, width, device=self.device)


def feed(model: Bagel, pieces: Sequence[Piece | None], positions: Sequence[int]) -> Fed:
    """One piece (or nothing) of each sequence, each from its own rotary position on."""
    gathering = _Gathering(model)
    lengths: list[int] = []
    for piece, position in zip(pieces, positions, strict=True):
        before = len(gathering.rope)
        if piece is not None:
            gathering.add(piece, position)
        lengths.append(len(gathering.rope) - before)
    return gathering.fed(lengths)


def advance(piece: Piece | None) -> int:
    """How far the rotary position moves on after a piece: one a text token, one a picture."""
    match piece:
        case None:
            return 0
        case TextPiece(ids=ids):
            return len(ids)
        case _:
            return 1
