"""The mix of `sizes.json` as samples: what they hold, and how many tokens that is. No benchmark of its own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from echoloop.train.data.transforms import LATENTS, PATCHES, Sizes

MIX = Path(__file__).with_name("sizes.json")


@dataclass(frozen=True)
class Drawn:
    """One sample: sizes (width, height) of its pictures as published, and the tokens of its text with both ends."""

    kind: str
    references: tuple[tuple[int, int], ...]
    output: tuple[int, int]
    text: int

    @property
    def length(self) -> int:
        """Tokens in the sequence."""
        conditions = sum(tokens(size, LATENTS) + tokens(size, PATCHES) for size in self.references)
        return conditions + self.text + tokens(self.output, LATENTS)


def tokens(size: tuple[int, int], sizes: Sizes) -> int:
    """Of a picture, its start and end included."""
    width, height = sizes.fit(*size)
    return (width // sizes.stride) * (height // sizes.stride) + 2


def draw(count: int, seed: int) -> tuple[list[Drawn], int]:
    """So many samples of the mix, and how many more were left out because they are too long."""
    mix: dict[str, Any] = json.loads(MIX.read_text())
    rng = np.random.default_rng(seed)
    rows = np.array([kind["rows"] for kind in mix["kinds"]], dtype=float)
    kept: list[Drawn] = []
    left_out = 0
    while len(kept) < count:
        for place in rng.choice(len(rows), 4096, p=rows / rows.sum()):
            kind = mix["kinds"][place]
            text = 2 + max(1, round(rng.lognormal(np.log(kind["text_median"]), kind["text_sigma"])))
            references = tuple(_size(mix["references"], rng) for _ in range(kind["references"]))
            sample = Drawn(kind["name"], references, _size(mix["outputs"], rng), text)
            if sample.length > mix["most_tokens"]:
                left_out += 1
            elif len(kept) < count:
                kept.append(sample)
    return kept, left_out


def _size(offered: list[dict[str, Any]], rng: np.random.Generator) -> tuple[int, int]:
    luck = rng.random()
    for size in offered:
        luck -= size["share"]
        if luck < 0:
            break
    return size["width"], size["height"]
