"""One packed sequence as tensors: many samples behind each other, none of which sees another."""

from dataclasses import dataclass, fields, replace
from typing import Literal, TypeAlias

import torch
from torch import Tensor

Mode: TypeAlias = Literal["causal", "full", "noise"]


@dataclass(frozen=True)
class Layout:
    """Who sits where: the lengths of the samples, and of their splits with the way each looks at itself."""

    sample_lens: tuple[int, ...]
    split_lens: tuple[int, ...]
    split_modes: tuple[Mode, ...]

    @property
    def length(self) -> int:
        return sum(self.sample_lens)

    def splits_of_samples(self) -> list[list[tuple[int, int, Mode]]]:
        """For each sample its splits as (start, length, mode), in places of the whole sequence."""
        samples: list[list[tuple[int, int, Mode]]] = []
        start = at = 0
        for sample in self.sample_lens:
            end, found = start + sample, []
            while start < end:
                found.append((start, self.split_lens[at], self.split_modes[at]))
                start, at = start + self.split_lens[at], at + 1
            samples.append(found)
        return samples


@dataclass(frozen=True)
class Packed:
    """What the model is given. Indexes are places in the sequence; latents are clean, and noised by the model.

    `timestep_logit` is the number before the sigmoid (-inf: a clean condition, t = 0). `mse_index` are the places of the
    targets' latent tokens, `ce_index` those whose next token is to be predicted. `mse_sample` and `ce_sample` say which
    sample an element of the loss belongs to.
    """

    layout: Layout
    rope_position: Tensor
    text_ids: Tensor
    text_index: Tensor
    vit_patches: Tensor
    vit_index: Tensor
    vit_grid_position: Tensor
    vit_image_lens: tuple[int, ...]
    latent_tokens: Tensor
    latent_index: Tensor
    latent_grid_position: Tensor
    timestep_logit: Tensor
    noise: Tensor
    mse_index: Tensor
    ce_index: Tensor
    ce_label: Tensor
    ce_weight: Tensor

    def to(self, device: torch.device) -> "Packed":
        """The same on a device."""
        moved = {
            field.name: value.to(device, non_blocking=True)
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), Tensor)
        }
        return replace(self, **moved)


@dataclass(frozen=True)
class Losses:
    """One number an element: squared errors [targets' tokens, token dim], cross-entropies [predicted tokens]."""

    mse: Tensor
    ce: Tensor
