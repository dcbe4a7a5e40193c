"""Runs that take a second: a micro model, and packs drawn from a seed, for any rank and from any place."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from echoloop.train.bagel import BagelConfig, LlmConfig, TokenIds, VaeConfig, VitConfig
from echoloop.train.data import ImageSplit, Sample, TextSplit, Unencoded, collate
from echoloop.train.running import Data, Logging, Optimiser, Saving, Settings

MICRO = BagelConfig(
    llm=LlmConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        intermediate_size=48,
        vocab_size=64,
    ),
    vit=VitConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=40, patch_size=8
    ),
    vae=VaeConfig(kind="patches", latent_channels=48, downsample=4, scale_factor=1.0, shift_factor=0.0),
    tokens=TokenIds(bos=60, eos=61, start_of_image=62, end_of_image=63),
    latent_patch_size=1,
    max_latent_size=8,
    vit_max_num_patch_per_side=8,
)
SETTINGS = Settings(
    steps=6,
    precision="fp32",
    recompute=False,
    data=Data(expected=128, most=256, sample=128),
    optimiser=Optimiser(rate=1e-2, warm_up=2, eps=1e-8),
    saving=Saving(every=3, keep=2),
    logging=Logging(every=1, tensorboard=False),
)


def sample(number: int, kinds: str = "rti") -> Sample:
    """r: a reference, seen both ways. t: text. l: text to be learned. i: a picture to be drawn."""
    rng = np.random.default_rng(number)
    splits: list[TextSplit | ImageSplit] = []
    for kind in kinds:
        if kind in "tl":
            ids = np.array([60, *rng.integers(0, 60, 3 + number % 4), 61])
            splits.append(TextSplit(ids=ids, learned=kind == "l"))
            continue
        side = 16 if kind == "r" else 8 * (2 + number % 2)
        pixels = rng.integers(0, 256, (side, 16, 3), dtype=np.uint8)
        ways = ("clean", "patches") if kind == "r" else ("target",)
        splits += [ImageSplit(pixels=pixels, seen=way) for way in ways]
    return Sample(splits=tuple(splits), name=f"sample-{number}", dataset="micro")


class Packs:
    """`kinds[n]` is the sample that the n-th place of a pack holds. Rank r of n reads places r, r + n, ..."""

    def __init__(self, kinds: Sequence[str] = ("rti", "l", "ti")) -> None:
        self.kinds = kinds

    def __call__(self, rank: int, ranks: int, positions: Sequence[str]) -> Iterator[tuple[Unencoded, str]]:
        number = int(positions[0]) if positions else 0
        while True:
            places = range(len(self.kinds))[rank::ranks]
            numbers = [number * len(self.kinds) + place for place in places]
            samples = [sample(one, self.kinds[one % len(self.kinds)]) for one in numbers]
            number += 1
            yield collate(samples, [(0, one) for one in numbers], MICRO), str(number)


def logged(folder: Path) -> list[dict[str, float]]:
    """What `log.jsonl` says, without what the clock decides."""
    lines = [msgspec.json.decode(line) for line in (folder / "log.jsonl").read_bytes().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]
