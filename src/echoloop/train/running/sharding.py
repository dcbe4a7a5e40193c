"""Weights spread over the ranks, block by block, in the precision they are kept in and the one they compute in."""

import torch
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

from echoloop.train.bagel import Bagel
from echoloop.train.running.distributed import Ranks
from echoloop.train.running.settings import Precision


def keep_frozen_small(model: Bagel, precision: Precision) -> None:
    """What is not trained needs no float32: in bf16 runs it is kept as it computes."""
    if precision == "bf16":
        for parameter in model.parameters():
            if not parameter.requires_grad:
                parameter.data = parameter.data.to(torch.bfloat16)


def shard(model: Bagel, ranks: Ranks, precision: Precision) -> None:
    """Spread each block, then the rest. Trained weights stay float32; gradients are added up in float32.

    Inputs are not cast: the model itself says what stays in float32 (times, rotations, losses).
    """
    if ranks.mesh is None:
        return
    compute = torch.bfloat16 if precision == "bf16" else torch.float32
    policy = MixedPrecisionPolicy(param_dtype=compute, reduce_dtype=torch.float32, cast_forward_inputs=False)
    for block in model.blocks:
        fully_shard(block, mesh=ranks.mesh, mp_policy=policy)
    fully_shard(model, mesh=ranks.mesh, mp_policy=policy)
