"""How many we are: one process, or all that torchrun started, with the same code."""

import os
import socket
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch._C._distributed_c10d import HashStore
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh

from echoloop.records import Mistake


@dataclass(frozen=True)
class Ranks:
    """This process among all. `mesh` is None where nothing is sharded: one process that computes in float32."""

    rank: int
    count: int
    device: torch.device
    mesh: DeviceMesh | None

    @property
    def first(self) -> bool:
        return self.rank == 0

    def sums(self, values: Sequence[float]) -> list[float]:
        """Each number added up over all ranks."""
        if self.count == 1:
            return list(values)
        total = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(total)
        return total.tolist()

    def all_agree(self, yes: bool) -> bool:
        """True where it is true on every rank. Nobody goes on before all have answered."""
        return self.sums([0.0 if yes else 1.0])[0] == 0


@contextmanager
def joined(*, sharded: bool, hybrid: bool = True, timeout_minutes: float = 20.0) -> Generator[Ranks]:
    """Join the other ranks where torchrun started any; `sharded` makes a group of one where it started none."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    device = _device(int(os.environ.get("LOCAL_RANK", "0")))
    ours = not dist.is_initialized() and (count > 1 or sharded)
    if ours:
        _start(count, device, timedelta(minutes=timeout_minutes))
    rank = dist.get_rank() if dist.is_initialized() else 0
    mesh = _mesh(count, device, hybrid) if count > 1 or sharded else None
    yield Ranks(rank, count, device, mesh)
    if ours:  # after a failure the group is left alone: waiting for ranks that are gone would hide the reason
        dist.destroy_process_group()


def _start(count: int, device: torch.device, timeout: timedelta) -> None:
    backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
    if count == 1:
        dist.init_process_group(backend, store=HashStore(), rank=0, world_size=1, timeout=timeout)
        return
    try:
        dist.init_process_group(backend, timeout=timeout)
    except (ValueError, dist.DistError) as error:
        raise Mistake(
            f"the {count} ranks did not find each other from {socket.gethostname()}: {error}",
            remedy="Start them with torchrun; on several nodes give each the same --rdzv-endpoint.",
        ) from error


def _device(local: int) -> torch.device:
    if not torch.cuda.is_available():
        return torch.device("cpu")
    if local >= torch.cuda.device_count():
        raise Mistake(
            f"rank {local} of this node has no GPU: there are {torch.cuda.device_count()}",
            remedy="Give torchrun --nproc-per-node as many as there are GPUs.",
        )
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


def _mesh(count: int, device: torch.device, hybrid: bool) -> DeviceMesh:
    """One axis, or nodes by ranks of a node: weights sharded within a node, copied between."""
    within = int(os.environ.get("LOCAL_WORLD_SIZE", count))
    if hybrid and 1 < within < count and count % within == 0:
        return init_device_mesh(device.type, (count // within, within), mesh_dim_names=("copies", "shards"))
    return init_device_mesh(device.type, (count,), mesh_dim_names=("shards",))
