"""The loss of every single sample, for a curriculum and for finding bad rows."""

from collections.abc import Iterator

import msgspec
import torch
from torch import Tensor

from echoloop.train.bagel import Losses, Packed, times_of
from echoloop.train.data import Owners


class SampleLoss(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `samples-*.jsonl`. A part that the sample does not have is None; `t` is its target's time."""

    step: int
    sample: str
    dataset: str
    mse: float | None
    ce: float | None
    t: float | None


def sample_losses(
    step: int, losses: Losses, packed: Packed, owners: Owners, shift: float
) -> Iterator[SampleLoss]:
    """One record for each sample of a pack."""
    count = len(owners.names)
    mse = _means(losses.mse.detach().mean(dim=1).cpu(), owners.mse.cpu(), count)
    ce = _means(losses.ce.detach().cpu(), owners.ce.cpu(), count)
    times = times_of(packed.timestep_logit, shift).cpu()
    of_targets = times[torch.isin(packed.latent_index.cpu(), packed.mse_index.cpu())]
    t = _means(of_targets, owners.mse.cpu(), count)
    for place in range(count):
        yield SampleLoss(
            step=step,
            sample=owners.names[place],
            dataset=owners.datasets[place],
            mse=mse[place],
            ce=ce[place],
            t=t[place],
        )


def _means(values: Tensor, owner: Tensor, count: int) -> list[float | None]:
    """The mean of each owner's values; None where it has none."""
    number = torch.zeros(count).index_add_(0, owner, torch.ones(len(owner)))
    total = torch.zeros(count).index_add_(0, owner, values.float())
    return [
        float(all_) / float(own) if own else None
        for all_, own in zip(total.tolist(), number.tolist(), strict=True)
    ]
