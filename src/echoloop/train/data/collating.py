"""Samples behind each other become the tensors of one sequence, with every random number it needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from echoloop.images import Pixels
from echoloop.records import Mistake
from echoloop.train.bagel.config import BagelConfig
from echoloop.train.bagel.packed import Layout, Mode, Packed
from echoloop.train.data.samples import ImageSplit, Sample, TextSplit
from echoloop.train.data.seeds import Seed, generator

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Owners:
    """Whose an element of the loss is: the place of its sample in this sequence, and each sample's name and data set."""

    mse: Tensor
    ce: Tensor
    names: tuple[str, ...]
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class Unencoded:
    """A sequence whose latents are still pictures: `running` encodes them and fills `packed.latent_tokens`.

    `pictures` ([3, H, W], -1..1) and `posterior_noise` ([C, h, w]) stand in the order of the latents in the sequence.
    """

    packed: Packed
    pictures: tuple[Tensor, ...]
    posterior_noise: tuple[Tensor, ...]
    owners: Owners


def collate(samples: Sequence[Sample], seeds: Sequence[Seed], config: BagelConfig) -> Unencoded:
    """One sequence. What a sample draws hangs on its own seed alone: its company in the pack changes nothing."""
    if not samples or len(samples) != len(seeds):
        raise ValueError(
            f"{len(samples)} samples with {len(seeds)} seeds: one seed a sample, and one sample at least"
        )
    draft = _Draft(config)
    for place, (sample, seed) in enumerate(zip(samples, seeds, strict=True)):
        draft.add(place, sample, generator(seed, "noise"))
    return draft.finished(samples)


@dataclass
class _Draft:
    """The sequence while it grows: lists that become tensors at the end."""

    config: BagelConfig
    at: int = 0
    rope: int = 0
    owner: int = 0
    sample_lens: list[int] = field(default_factory=list[int])
    split_lens: list[int] = field(default_factory=list[int])
    split_modes: list[Mode] = field(default_factory=list[Mode])
    rope_position: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    text_ids: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    text_index: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    vit_patches: list[Floats] = field(default_factory=list[Floats])
    vit_index: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    vit_grid: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    vit_lens: list[int] = field(default_factory=list[int])
    pictures: list[Tensor] = field(default_factory=list[Tensor])
    posterior: list[Tensor] = field(default_factory=list[Tensor])
    latent_index: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    latent_grid: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    timestep_logit: list[Floats] = field(default_factory=list[Floats])
    noise: list[Floats] = field(default_factory=list[Floats])
    mse_index: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    mse_owner: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    ce_index: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    ce_label: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    ce_weight: list[Floats] = field(default_factory=list[Floats])
    ce_owner: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])

    def add(self, owner: int, sample: Sample, rng: np.random.Generator) -> None:
        start, self.rope, self.owner = self.at, 0, owner
        for split in sample.splits:
            if isinstance(split, TextSplit):
                self._text(split)
            elif split.dropped:
                self.rope += 1
            elif split.seen == "patches":
                self._patches(split)
            else:
                self._latents(split, rng)
        if self.at == start:
            raise ValueError(f"sample {sample.name!r} has no token: nothing of it is left to learn from")
        self.sample_lens.append(self.at - start)

    def _text(self, split: TextSplit) -> None:
        if split.dropped:
            return
        count = len(split.ids)
        places = np.arange(self.at, self.at + count)
        self.text_ids.append(split.ids)
        self.text_index.append(places)
        if split.learned and count > 1:
            self.ce_index.append(places[:-1])
            self.ce_label.append(split.ids[1:])
            self.ce_weight.append(np.full(count - 1, 1 / np.sqrt(count - 1), dtype=np.float32))
            self.ce_owner.append(np.full(count - 1, self.owner))
        self._advance(np.arange(self.rope, self.rope + count), "causal", count)

    def _patches(self, split: ImageSplit) -> None:
        stride, side = self.config.vit.patch_size, self.config.vit_max_num_patch_per_side
        rows, columns = _grid(split.pixels, stride, side, "the vision tower's position table")
        tiles = _unit(split.pixels).reshape(rows, stride, columns, stride, 3).transpose(0, 2, 1, 3, 4)
        self.vit_patches.append(tiles.reshape(rows * columns, -1))
        self.vit_index.append(self._framed(rows * columns))
        self.vit_grid.append(_positions(rows, columns, side))
        self.vit_lens.append(rows * columns)
        self._advance_picture(rows * columns, "full", moves=1)

    def _latents(self, split: ImageSplit, rng: np.random.Generator) -> None:
        config = self.config
        stride, side = config.pixels_per_latent_token, config.max_latent_size
        rows, columns = _grid(split.pixels, stride, side, "the latents' position table")
        count, dim, cut = rows * columns, config.latent_token_dim, config.latent_patch_size
        places = self._framed(count)
        self.pictures.append(torch.from_numpy(_unit(split.pixels).transpose(2, 0, 1).copy()))
        latent = (config.vae.latent_channels, rows * cut, columns * cut)
        self.posterior.append(torch.from_numpy(rng.standard_normal(latent, dtype=np.float32)))
        self.latent_index.append(places)
        self.latent_grid.append(_positions(rows, columns, side))
        if split.seen == "target":
            self.timestep_logit.append(np.full(count, rng.standard_normal(), dtype=np.float32))
            self.noise.append(rng.standard_normal((count, dim), dtype=np.float32))
            self.mse_index.append(places)
            self.mse_owner.append(np.full(count, self.owner))
            self._advance_picture(count, "noise", moves=0)
        else:
            self.timestep_logit.append(np.full(count, -np.inf, dtype=np.float32))
            self.noise.append(np.zeros((count, dim), dtype=np.float32))
            self._advance_picture(count, "full", moves=1)

    def _framed(self, count: int) -> NDArray[np.int64]:
        """Write the start and end token of a picture; the places between them are its own."""
        special = self.config.tokens
        self.text_ids.append(np.array([special.start_of_image, special.end_of_image]))
        self.text_index.append(np.array([self.at, self.at + count + 1]))
        return np.arange(self.at + 1, self.at + 1 + count)

    def _advance_picture(self, count: int, mode: Mode, moves: int) -> None:
        before = self.rope
        self._advance(np.full(count + 2, before), mode, moves)

    def _advance(self, rope: NDArray[np.int64], mode: Mode, moves: int) -> None:
        self.rope_position.append(rope)
        self.split_lens.append(len(rope))
        self.split_modes.append(mode)
        self.at += len(rope)
        self.rope += moves

    def finished(self, samples: Sequence[Sample]) -> Unencoded:
        config = self.config
        patch_dim = config.vit.patch_size**2 * config.vit.num_channels
        packed = Packed(
            layout=Layout(tuple(self.sample_lens), tuple(self.split_lens), tuple(self.split_modes)),
            rope_position=_whole(self.rope_position),
            text_ids=_whole(self.text_ids),
            text_index=_whole(self.text_index),
            vit_patches=_real(self.vit_patches, (0, patch_dim)),
            vit_index=_whole(self.vit_index),
            vit_grid_position=_whole(self.vit_grid),
            vit_image_lens=tuple(self.vit_lens),
            latent_tokens=torch.empty(0, config.latent_token_dim),
            latent_index=_whole(self.latent_index),
            latent_grid_position=_whole(self.latent_grid),
            timestep_logit=_real(self.timestep_logit, (0,)),
            noise=_real(self.noise, (0, config.latent_token_dim)),
            mse_index=_whole(self.mse_index),
            ce_index=_whole(self.ce_index),
            ce_label=_whole(self.ce_label),
            ce_weight=_real(self.ce_weight, (0,)),
        )
        owners = Owners(
            mse=_whole(self.mse_owner),
            ce=_whole(self.ce_owner),
            names=tuple(sample.name for sample in samples),
            datasets=tuple(sample.dataset for sample in samples),
        )
        return Unencoded(packed, tuple(self.pictures), tuple(self.posterior), owners)


def _grid(pixels: Pixels, stride: int, side: int, table: str) -> tuple[int, int]:
    height, width = pixels.shape[:2]
    if height % stride or width % stride or min(height, width) < stride:
        raise Mistake(
            f"a picture of {width} x {height} pixels does not divide into tokens of {stride} x {stride}",
            remedy="Give the planning sizes of that stride.",
        )
    if max(height, width) // stride > side:
        raise Mistake(
            f"a picture of {width} x {height} pixels has more than {side} tokens on a side: larger than {table}",
            remedy=f"Bound its sides by {side * stride} pixels.",
        )
    return height // stride, width // stride


def _positions(rows: int, columns: int, side: int) -> NDArray[np.int64]:
    return (np.arange(rows)[:, None] * side + np.arange(columns)).reshape(-1)


def _unit(pixels: Pixels) -> Floats:
    """Values -1..1."""
    return np.asarray(pixels.astype(np.float32) / 255 * 2 - 1, dtype=np.float32)


def _whole(parts: Sequence[NDArray[np.int64]]) -> Tensor:
    return torch.from_numpy(np.concatenate(parts)) if parts else torch.empty(0, dtype=torch.int64)


def _real(parts: Sequence[Floats], empty: tuple[int, ...]) -> Tensor:
    return torch.from_numpy(np.concatenate(parts)) if parts else torch.empty(empty)
