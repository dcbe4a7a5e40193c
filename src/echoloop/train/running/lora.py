"""LoRA: a frozen linear map plus a product of two small matrices that learn. The published names stay what they are."""

import zlib
from collections.abc import Callable, Collection
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from echoloop.records import Mistake
from echoloop.train.bagel import is_generation
from echoloop.train.checkpoints.placing import put
from echoloop.train.running.settings import Lora


class LoraLinear(nn.Linear):
    """`weight` and `bias` as before, frozen; `lora_a` [rank, in] and `lora_b` [out, rank] beside them."""

    lora_a: nn.Parameter
    lora_b: nn.Parameter

    def __init__(self, frozen: nn.Linear, lora: Lora) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = frozen.in_features, frozen.out_features
        self.weight, self.bias = frozen.weight, frozen.bias
        device = frozen.weight.device
        self.lora_a = nn.Parameter(torch.empty(lora.rank, frozen.in_features, device=device))
        self.lora_b = nn.Parameter(torch.empty(frozen.out_features, lora.rank, device=device))
        self.scale = lora.scale

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (nn.Linear calls it so)
        learned = linear(linear(input, self.lora_a), self.lora_b)
        return linear(input, self.weight, self.bias).add_(learned, alpha=self.scale)


def add_lora(model: nn.Module, lora: Lora) -> int:
    """Put LoRA beside the chosen linear maps of the backbone's layers; how many there were. Values: `begin_lora`."""
    chosen = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and _chosen(name, lora)
    ]
    if not chosen:
        raise Mistake(
            f"no linear map of the {lora.experts} experts is named {' or '.join(lora.linears)}",
            where="tuning.linears",
            remedy="Name some of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.",
        )
    for name in chosen:
        parent, _, last = name.rpartition(".")
        owner = model.get_submodule(parent)
        setattr(owner, last, LoraLinear(cast(nn.Linear, getattr(owner, last)), lora))
    return len(chosen)


def begin_lora(model: nn.Module, seed: int) -> None:
    """Values to begin with: together they change nothing yet. Each hangs on the seed and its name, not on the ranks."""
    for name, parameter in model.named_parameters():
        if name.endswith(".lora_a"):
            generator = torch.Generator().manual_seed(seed * 1_000_003 + zlib.crc32(name.encode()))
            bound = parameter.shape[1] ** -0.5
            put(parameter, torch.empty(parameter.shape).uniform_(-bound, bound, generator=generator))
        elif name.endswith(".lora_b"):
            put(parameter, torch.zeros(parameter.shape))


def merged(read: Callable[[str], Tensor], names: Collection[str], scale: float) -> Callable[[str], Tensor]:
    """A reader of published names that adds what was learned to the weights; `names` are those `read` knows."""

    def read_merged(name: str) -> Tensor:
        value = read(name)
        stem = name.removesuffix(".weight")
        if f"{stem}.lora_a" not in names:
            return value
        learned = read(f"{stem}.lora_b").float() @ read(f"{stem}.lora_a").float()
        return (value.float() + scale * learned).to(value.dtype)

    return read_merged


def _chosen(name: str, lora: Lora) -> bool:
    parts = name.split(".")
    if parts[:3] != ["language_model", "model", "layers"]:
        return False
    if not any(part.removesuffix("_moe_gen") in lora.linears for part in parts[-1:]):
        return False
    return lora.experts == "both" or is_generation(name) == (lora.experts == "generation")
