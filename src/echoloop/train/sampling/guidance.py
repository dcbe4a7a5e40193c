"""Guidance: the velocity with the whole context, pushed away from those without its text and without its pictures."""

from typing import Literal, TypeAlias

import msgspec
import torch
from torch import Tensor

from echoloop.records import Mistake
from echoloop.train.bagel import shifted

Renorm: TypeAlias = Literal["global", "channel", "text_channel"]


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """How a picture is drawn. A scale of 1 switches its part off; guidance holds while low < t <= high."""

    steps: int = 50
    shift: float = 3.0
    text_scale: float = 4.0
    image_scale: float = 1.5
    interval: tuple[float, float] = (0.4, 1.0)
    renorm: Renorm = "global"
    renorm_min: float = 0.0

    def __post_init__(self) -> None:
        if self.steps < 2:
            raise Mistake(f"steps is {self.steps}", remedy="Drawing needs at least 2 times.")
        low, high = self.interval
        if not 0 <= low <= high <= 1:
            raise Mistake(f"interval is {self.interval}", remedy="Give 0 <= low <= high <= 1.")

    def guides(self, t: float) -> bool:
        """Whether anything but the plain velocity is needed at this time."""
        return self.text_scale > 1 and self.interval[0] < t <= self.interval[1]

    def times(self) -> list[float]:
        """From 1 to 0, `steps` of them, moved towards noise by the shift."""
        return shifted(torch.linspace(1, 0, self.steps), self.shift).tolist()


MULTI_REFERENCE = Guidance(text_scale=4.0, image_scale=2.0, interval=(0.0, 1.0), renorm="text_channel")


def guided(whole: Tensor, no_text: Tensor, no_images: Tensor | None, guidance: Guidance) -> Tensor:
    """The mixed velocity of one picture [tokens, dim]. `no_images` is None where no picture was shown or its scale is 1."""
    mixed = no_text + guidance.text_scale * (whole - no_text)
    by_token = guidance.renorm != "global"
    if guidance.renorm == "text_channel":
        mixed = _no_longer_than(whole, mixed, by_token, guidance.renorm_min)
        return mixed if no_images is None else no_images + guidance.image_scale * (mixed - no_images)
    if no_images is not None:
        mixed = no_images + guidance.image_scale * (mixed - no_images)
    return _no_longer_than(whole, mixed, by_token, guidance.renorm_min)


def _no_longer_than(whole: Tensor, mixed: Tensor, by_token: bool, least: float) -> Tensor:
    """Scaled down to the length of the plain velocity, over each token or the whole picture."""
    if by_token:
        ratio = whole.norm(dim=-1, keepdim=True) / mixed.norm(dim=-1, keepdim=True).clamp_min(1e-8)
    else:
        ratio = whole.norm() / mixed.norm().clamp_min(1e-8)
    return mixed * ratio.clamp(least, 1.0)
