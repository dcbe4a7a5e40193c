"""From noise to latents along the velocity, several pictures at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from echoloop.train.sampling.context import Context
from echoloop.train.sampling.guidance import Guidance, guided
from echoloop.train.sampling.segments import NoisyPiece


@dataclass(frozen=True)
class Canvas:
    """Where a picture starts: noise for its latent tokens [rows * columns, dim]."""

    noise: Tensor
    rows: int
    columns: int


@dataclass(frozen=True)
class Contexts:
    """What was read: everything; all but the text; all but the pictures (None where there are none)."""

    whole: Context
    without_text: Context
    without_images: Context | None


def draw_latents(
    contexts: Contexts,
    canvases: Sequence[Canvas],
    guidance: Guidance,
    watch: Callable[[float, list[Tensor]], None] | None = None,
) -> list[Tensor]:
    """Latent tokens of each picture. `watch` is shown the velocities of each step."""
    now = [canvas.noise.float() for canvas in canvases]
    times = guidance.times()
    for t, after in pairwise(times):
        velocities = mixed_velocities(contexts, canvases, now, t, guidance)
        if watch is not None:
            watch(t, velocities)
        now = [x - velocity * (t - after) for x, velocity in zip(now, velocities, strict=True)]
    return now


def mixed_velocities(
    contexts: Contexts, canvases: Sequence[Canvas], now: Sequence[Tensor], t: float, guidance: Guidance
) -> list[Tensor]:
    """The velocity of each picture at this time, guided where the guidance says so."""
    pictures = [
        NoisyPiece(tokens, canvas.rows, canvas.columns, t)
        for tokens, canvas in zip(now, canvases, strict=True)
    ]
    whole = contexts.whole.velocities(pictures)
    if not guidance.guides(t):
        return whole
    no_text = contexts.without_text.velocities(pictures)
    shown = contexts.without_images if guidance.image_scale > 1 else None
    no_images = [None] * len(whole) if shown is None else shown.velocities(pictures)
    return [guided(*three, guidance) for three in zip(whole, no_text, no_images, strict=True)]
