"""The loss of a step: sums over elements, divided by the numbers of elements on all ranks and in all packs of the step."""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor

from echoloop.train.bagel import Losses, Packed
from echoloop.train.running.distributed import Ranks
from echoloop.train.running.settings import Loss


@dataclass(frozen=True)
class Counts:
    """Elements of a step: noised tokens, and predicted text tokens (or their weights)."""

    mse: float
    ce: float


@dataclass(frozen=True)
class Sums:
    """Both parts of a pack, added up but not divided."""

    mse: Tensor
    ce: Tensor


def counts(packs: Iterable[Packed], loss: Loss) -> Counts:
    """Elements of these packs."""
    mse = ce = 0.0
    for packed in packs:
        mse += len(packed.mse_index)
        ce += float(packed.ce_weight.sum()) if loss.reweight_text else len(packed.ce_index)
    return Counts(mse, ce)


def sums(losses: Losses, packed: Packed, loss: Loss) -> Sums:
    """A pack's loss by part; of a part that is not there, a zero that still reaches its weights."""
    text = losses.ce * packed.ce_weight if loss.reweight_text else losses.ce
    return Sums(losses.mse.mean(dim=1).sum(), text.sum())


def to_minimise(part: Sums, whole: Counts, loss: Loss, ranks: Ranks) -> Tensor:
    """A pack's share of the step's loss. Ranks average their gradients, so that each counts as many times as there are ranks."""
    mse = part.mse * (loss.mse / (whole.mse or 1.0))
    ce = part.ce * (loss.ce / (whole.ce or 1.0))
    return (mse + ce) * ranks.count


def mean(total: float, count: float) -> float | None:
    """The mean, or None: a part without elements has no loss, not a loss of zero."""
    return total / count if count else None
