"""The norm of the backbone."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class RmsNorm(nn.Module):
    """Scaled to unit mean square, in the precision of its input."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight.to(x.dtype)
        if x.is_cuda:
            return F.rms_norm(x, weight.shape, weight, self.eps)
        return _FewPasses.apply(x, weight, self.eps)  # pyright: ignore[reportReturnType]


class _FewPasses(torch.autograd.Function):
    """On a processor torch composes this norm of many passes over memory; half as many do, there and back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        scale = torch.rsqrt(length.square_() / x.shape[-1] + eps).to(x.dtype)
        ctx.save_for_backward(x, weight, scale)
        return torch.mul(x, scale).mul_(weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight, scale = ctx.saved_tensors
        normed = x * scale
        for_weight = (gradients[0] * normed).flatten(0, -2).sum(0)
        for_x = gradients[0] * weight
        along = (for_x * normed).mean(-1, keepdim=True)
        return for_x.sub_(normed.mul_(along)).mul_(scale), for_weight, None
