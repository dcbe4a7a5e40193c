"""AdamW with a state that exists from the start, its rate, and the clipping of gradients."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor

from echoloop.train.running.settings import Optimiser

MOMENTS = ("exp_avg", "exp_avg_sq")


def open_optimiser(weights: Mapping[str, nn.Parameter], settings: Optimiser) -> torch.optim.AdamW:
    """Fused: no copies beside the state. The state is made here, so that what is saved and counted is always there."""
    optimiser = torch.optim.AdamW(
        list(weights.values()),
        lr=settings.rate,
        betas=settings.betas,
        eps=settings.eps,
        weight_decay=settings.decay,
        fused=True,
    )
    for weight in weights.values():
        optimiser.state[weight] = {
            "step": torch.zeros((), dtype=torch.float32, device=weight.device),
            **{moment: torch.zeros_like(weight, memory_format=torch.preserve_format) for moment in MOMENTS},
        }
    return optimiser


def moments(optimiser: torch.optim.AdamW, weights: Mapping[str, nn.Parameter]) -> dict[str, Tensor]:
    """Both moments by name, as they are saved."""
    return {
        f"{moment}/{name}": optimiser.state[weight][moment]
        for name, weight in weights.items()
        for moment in MOMENTS
    }


def set_steps(optimiser: torch.optim.AdamW, taken: int) -> None:
    """Tell the optimiser how many steps it has taken, when it goes on from a checkpoint."""
    for state in optimiser.state.values():
        state["step"].fill_(taken)


def steps_taken(optimiser: torch.optim.AdamW) -> int:
    """Steps so far; those that were skipped are none of them."""
    return int(next(iter(optimiser.state.values()))["step"])


def rate_at(settings: Optimiser, step: int, steps: int) -> float:
    """The learning rate of a step (counted from 1): a straight warm-up, then constant, or half a cosine."""
    if step < settings.warm_up:
        return settings.rate * step / settings.warm_up
    if settings.schedule == "constant":
        return settings.rate
    done = min(1.0, (step - settings.warm_up) / max(1, steps - settings.warm_up))
    part = settings.lowest + (1 - settings.lowest) * (1 + math.cos(math.pi * done)) / 2
    return settings.rate * part


def clip(weights: Mapping[str, nn.Parameter], most: float) -> float:
    """Shorten all gradients together to the norm `most`; the norm that they had, over all ranks."""
    norm = torch.nn.utils.clip_grad_norm_(list(weights.values()), most)
    return float(norm.full_tensor() if isinstance(norm, DTensor) else norm)


def set_rate(optimiser: torch.optim.AdamW, rate: float) -> None:
    """The rate of the coming step."""
    for group in optimiser.param_groups:
        group["lr"] = rate
