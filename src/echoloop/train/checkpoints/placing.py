"""A tensor from a file into a parameter, also where each rank holds only its rows."""

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor, distribute_tensor


def put(target: Tensor, value: Tensor) -> None:
    """Copy the whole `value`, or this rank's part of it, converting its type."""
    with torch.no_grad():
        if not isinstance(target, DTensor):
            target.copy_(value)
            return
        own = value.to(target.device, target.dtype)
        parted = distribute_tensor(own, target.device_mesh, target.placements, src_data_rank=None)
        target.to_local().copy_(parted.to_local())
