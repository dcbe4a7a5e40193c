"""A codec without weights in the autoencoder's place: pixels rearranged, invertible, of about unit scale."""

import torch.nn.functional as F
from torch import Tensor, nn

from echoloop.train.bagel.config import VaeConfig


class PatchCodec(nn.Module):
    """`downsample` x `downsample` pixels become the channels of one latent pixel."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        if config.latent_channels != 3 * config.downsample**2:
            raise ValueError(
                f"a patch codec of {config.downsample} x {config.downsample} pixels has "
                f"{3 * config.downsample**2} channels, not {config.latent_channels}"
            )
        self.config = config

    def encode(self, pixels: Tensor, noise: Tensor | None) -> Tensor:
        """Exact: there is no posterior to draw from."""
        del noise
        folded = F.pixel_unshuffle(pixels, self.config.downsample)
        return self.config.scale_factor * (folded - self.config.shift_factor)

    def decode(self, latents: Tensor) -> Tensor:
        """What `encode` was given."""
        unfolded = latents / self.config.scale_factor + self.config.shift_factor
        return F.pixel_shuffle(unfolded, self.config.downsample)
