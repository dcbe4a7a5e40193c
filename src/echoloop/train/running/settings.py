"""Everything that can be set about a run, in nested values that a recipe fills. Defaults are the published ones."""

from typing import Literal, TypeAlias

import msgspec

Precision: TypeAlias = Literal["fp32", "bf16"]
Experts: TypeAlias = Literal["generation", "understanding", "both"]


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens: how many a pack is filled to, how many it may have at most, and how many one sample may have."""

    expected: int = 32_768
    most: int = 36_864
    sample: int = 16_384
    buffer: int = 50


class Optimiser(msgspec.Struct, frozen=True, kw_only=True):
    """AdamW, its warm-up in steps, and what becomes of the rate afterwards (`lowest`: the part of it that is left at the end)."""

    rate: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.95)
    eps: float = 1e-15
    decay: float = 0.0
    clip: float = 1.0
    warm_up: int = 2_000
    schedule: Literal["constant", "cosine"] = "constant"
    lowest: float = 0.0


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of the two parts. `reweight_text`: an answer counts by the root of its length, not by its length."""

    mse: float = 1.0
    ce: float = 1.0
    reweight_text: bool = False


class Averaging(msgspec.Struct, frozen=True, kw_only=True):
    """The moving average that is published. `warm_up`: in short runs, let the first steps be forgotten sooner."""

    decay: float = 0.9999
    warm_up: bool = False


class Lora(msgspec.Struct, frozen=True, kw_only=True):
    """Small matrices beside frozen weights: of which experts, and beside which of a layer's linear maps."""

    rank: int = 64
    alpha: float = 64.0
    experts: Experts = "generation"
    linears: tuple[str, ...] = (
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    )  # fmt: skip

    @property
    def scale(self) -> float:
        return self.alpha / self.rank


Tuning: TypeAlias = Literal["full", "generation"] | Lora
"""What is trained: everything but the autoencoder, what belongs to drawing alone, or LoRA."""


class Saving(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint every so many steps, and how many are kept."""

    every: int = 500
    keep: int = 2


class Logging(msgspec.Struct, frozen=True, kw_only=True):
    """A terminal line every so many steps; `log.jsonl` has every step. `samples`: the loss of every single sample, too."""

    every: int = 10
    tensorboard: bool = True
    samples: bool = True


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A run. `accumulate`: packs a rank reads for one step. `sharding`: over all ranks, or within a node and copied between."""

    steps: int
    seed: int = 0
    accumulate: int = 1
    precision: Precision = "bf16"
    recompute: bool = True
    compile: bool = False
    sharding: Literal["full", "hybrid"] = "hybrid"
    tuning: Tuning = "full"
    data: Data = Data()
    optimiser: Optimiser = Optimiser()
    loss: Loss = Loss()
    averaging: Averaging = Averaging()
    saving: Saving = Saving()
    logging: Logging = Logging()
    timeout_minutes: float = 20.0

    def same_run(self, other: "Settings") -> tuple[str, ...]:
        """The names of settings that must not change within a run, and did."""
        free = {"steps", "saving", "logging", "timeout_minutes", "compile", "recompute", "sharding"}
        return tuple(
            name
            for name in self.__struct_fields__
            if name not in free and getattr(self, name) != getattr(other, name)
        )
