"""The moving average of the weights that learn: what is sampled from and published."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor

from echoloop.train.running.settings import Averaging


class Average:
    """Averaged copies, sharded as the weights are. Weights that do not learn are their own average."""

    def __init__(self, weights: Mapping[str, Tensor], averaging: Averaging) -> None:
        self.averaging = averaging
        self.values = {name: weight.detach().clone() for name, weight in weights.items()}

    def update(self, weights: Mapping[str, Tensor], step: int) -> None:
        """Move towards the weights after the `step`-th step."""
        part = 1 - decay_at(self.averaging, step)
        with torch.no_grad():
            for name, value in self.values.items():
                local(value).lerp_(local(weights[name].detach()), part)


def decay_at(averaging: Averaging, step: int) -> float:
    """How much of the average stays at this step (counted from 1)."""
    if averaging.warm_up:
        return min(averaging.decay, (1 + step) / (10 + step))
    return averaging.decay


def local(value: Tensor) -> Tensor:
    """This rank's part."""
    return value.to_local() if isinstance(value, DTensor) else value
