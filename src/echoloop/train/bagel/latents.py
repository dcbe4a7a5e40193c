"""Latent pictures cut into tokens and put together again; the schedule of noise."""

import torch
from torch import Tensor


def cut(latent: Tensor, side: int) -> Tensor:
    """[channels, height, width] -> [tokens, side * side * channels], tokens row by row, (row, column, channel) inside."""
    channels, height, width = latent.shape
    if height % side or width % side:
        raise ValueError(f"a latent of {height} x {width} cannot be cut into pieces of {side} x {side}")
    pieces = latent.reshape(channels, height // side, side, width // side, side)
    return pieces.permute(1, 3, 2, 4, 0).reshape(-1, side * side * channels)


def uncut(tokens: Tensor, rows: int, columns: int, side: int, channels: int) -> Tensor:
    """The latent that `cut` made tokens of."""
    pieces = tokens.reshape(rows, columns, side, side, channels)
    return pieces.permute(4, 0, 2, 1, 3).reshape(channels, rows * side, columns * side)


def cut_patches(pixels: Tensor, side: int) -> Tensor:
    """[3, height, width] -> [patches, side * side * 3] for the vision tower, in the same order as latents."""
    return cut(pixels, side)


def grid_positions(rows: int, columns: int, table_side: int) -> Tensor:
    """The rows of a position table for a grid at its upper left."""
    row, column = torch.arange(rows)[:, None], torch.arange(columns)[None, :]
    return (row * table_side + column).flatten()


def times_of(logit: Tensor, shift: float) -> Tensor:
    """t of each token: a logistic of the drawn number, shifted; -inf is a clean picture, t = 0."""
    return shifted(torch.sigmoid(logit.float()), shift)


def shifted(t: Tensor, shift: float) -> Tensor:
    """Times moved towards noise by a shift above 1."""
    return shift * t / (1 + (shift - 1) * t)


def noised(clean: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """(1 - t) clean + t noise."""
    part = t[:, None]
    return (1 - part) * clean + part * noise
