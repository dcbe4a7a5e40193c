"""Where a token sits: fixed tables for places in a picture, rotations for places in the sequence, features of a time."""

import torch
from torch import Tensor, nn


def sincos_table(side: int, width: int) -> Tensor:
    """[side * side, width]: the first half of a row says its column, the second its row, each as sines, then cosines."""
    quarter = width // 4
    frequency = 10000.0 ** (-torch.arange(quarter, dtype=torch.float64) / quarter)
    angle = torch.arange(side, dtype=torch.float64)[:, None] * frequency
    line = torch.cat((angle.sin(), angle.cos()), dim=1)
    columns = line[None, :, :].expand(side, side, -1)
    rows = line[:, None, :].expand(side, side, -1)
    return torch.cat((columns, rows), dim=2).reshape(side * side, 4 * quarter).float()


class GridPositions(nn.Module):
    """A frozen table. It is stored in checkpoints, and computed again rather than read."""

    pos_embed: Tensor

    def __init__(self, side: int, width: int) -> None:
        super().__init__()
        if width % 4:
            raise ValueError(f"a position table needs a width divisible by 4, not {width}")
        self.side, self.width = side, width
        self.register_buffer("pos_embed", torch.empty(side * side, width))
        self.reset()

    def reset(self) -> None:
        """Compute the table where the module has real memory."""
        if not self.pos_embed.is_meta:
            with torch.no_grad():
                self.pos_embed.copy_(sincos_table(self.side, self.width))

    def forward(self, grid_position: Tensor) -> Tensor:
        return self.pos_embed[grid_position]


def rotations(position: Tensor, head_dim: int, theta: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines [tokens, 1, head_dim / 2] of the rotary embedding; angles are always computed in float32."""
    half = torch.arange(0, head_dim, 2, dtype=torch.float32, device=position.device)
    angle = (position.float()[:, None] * theta ** (-half / head_dim))[:, None, :]
    return angle.cos(), angle.sin()


def rotate(heads: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Turn each pair (d, d + half) of every head by the token's angle."""
    cosine, sine = (part.to(heads.dtype) for part in rotation)
    first, second = heads.chunk(2, dim=-1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)


class TimeEmbedder(nn.Module):
    """t in 0..1 as cosines, then sines, of geometric frequencies, through a small network."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.features = features
        self.mlp = nn.Sequential(nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, t: Tensor) -> Tensor:
        half = self.features // 2
        step = torch.arange(half, dtype=torch.float32, device=t.device) / half
        angle = t.float()[:, None] * 10000.0 ** (-step)
        first: nn.Linear = self.mlp[0]  # pyright: ignore[reportAssignmentType]
        return self.mlp(torch.cat((angle.cos(), angle.sin()), dim=-1).to(first.weight.dtype))
