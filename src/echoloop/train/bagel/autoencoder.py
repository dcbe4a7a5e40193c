"""The autoencoder of FLUX: pictures to latents and back, with the tensor names of `ae.safetensors`."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from echoloop.train.bagel.config import VaeConfig


class ResidualBlock(nn.Module):
    """Norm, swish, convolution, twice, beside a shortcut."""

    def __init__(self, config: VaeConfig, inside: int, outside: int) -> None:
        super().__init__()
        self.norm1 = _norm(config, inside)
        self.conv1 = nn.Conv2d(inside, outside, 3, padding=1)
        self.norm2 = _norm(config, outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, padding=1)
        if inside != outside:
            self.nin_shortcut = nn.Conv2d(inside, outside, 1)
        self.widens = inside != outside

    def forward(self, x: Tensor) -> Tensor:
        mixed = self.conv1(F.silu(self.norm1(x)))
        mixed = self.conv2(F.silu(self.norm2(mixed)))
        return (self.nin_shortcut(x) if self.widens else x) + mixed


class MiddleAttention(nn.Module):
    """One head over all pixels."""

    def __init__(self, config: VaeConfig, channels: int) -> None:
        super().__init__()
        self.norm = _norm(config, channels)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(channels, channels, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm(x)
        query, key, value = (
            projected(normed).flatten(2).transpose(1, 2)[:, None] for projected in (self.q, self.k, self.v)
        )
        mixed = F.scaled_dot_product_attention(query, key, value)[:, 0].transpose(1, 2)
        return x + self.proj_out(mixed.reshape(x.shape))


class Middle(nn.Module):
    """Block, attention, block."""

    def __init__(self, config: VaeConfig, channels: int) -> None:
        super().__init__()
        self.block_1 = ResidualBlock(config, channels, channels)
        self.attn_1 = MiddleAttention(config, channels)
        self.block_2 = ResidualBlock(config, channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.block_2(self.attn_1(self.block_1(x)))


class Downsample(nn.Module):
    """Half the size; the missing row and column of zeros lie at the bottom and on the right alone."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    """Twice the size by repeating pixels, then a convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Level(nn.Module):
    """The blocks of one resolution, and the step to the next where there is one."""

    def __init__(self, config: VaeConfig, inside: int, outside: int, blocks: int, step: str) -> None:
        super().__init__()
        self.block = nn.ModuleList(
            ResidualBlock(config, inside if at == 0 else outside, outside) for at in range(blocks)
        )
        if step == "down":
            self.downsample = Downsample(outside)
        elif step == "up":
            self.upsample = Upsample(outside)
        self.step = step

    def forward(self, x: Tensor) -> Tensor:
        for block in self.block:
            x = block(x)
        if self.step == "down":
            return self.downsample(x)
        return self.upsample(x) if self.step == "up" else x


class Encoder(nn.Module):
    """Finest level first; the last convolution says mean, then log-variance."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        widths = [config.base_channels * times for times in config.channel_multipliers]
        inside = [config.base_channels, *widths[:-1]]
        last = len(widths) - 1
        self.conv_in = nn.Conv2d(3, config.base_channels, 3, padding=1)
        self.down = nn.ModuleList(
            Level(config, inside[at], width, config.num_res_blocks, "down" if at < last else "")
            for at, width in enumerate(widths)
        )
        self.mid = Middle(config, widths[-1])
        self.norm_out = _norm(config, widths[-1])
        self.conv_out = nn.Conv2d(widths[-1], 2 * config.latent_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class Decoder(nn.Module):
    """Level 0 is the finest and runs last; each level has one more block than the encoder's."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        widths = [config.base_channels * times for times in config.channel_multipliers]
        inside = [*widths[1:], widths[-1]]
        self.conv_in = nn.Conv2d(config.latent_channels, widths[-1], 3, padding=1)
        self.mid = Middle(config, widths[-1])
        self.up = nn.ModuleList(
            Level(config, inside[at], width, config.num_res_blocks + 1, "up" if at else "")
            for at, width in enumerate(widths)
        )
        self.norm_out = _norm(config, widths[0])
        self.conv_out = nn.Conv2d(widths[0], 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.mid(self.conv_in(x))
        for level in reversed(self.up):
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class Autoencoder(nn.Module):
    """Pictures [B, 3, H, W] in -1..1 to latents [B, channels, H/8, W/8], scaled and shifted, and back."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    def encode(self, pixels: Tensor, noise: Tensor | None) -> Tensor:
        """A draw from the posterior by this noise; without noise, its mean."""
        mean, log_variance = self.encoder(pixels).chunk(2, dim=1)
        latent = mean if noise is None else mean + torch.exp(0.5 * log_variance) * noise
        return self.config.scale_factor * (latent - self.config.shift_factor)

    def decode(self, latents: Tensor) -> Tensor:
        """Pixels about -1..1, not clamped."""
        return self.decoder(latents / self.config.scale_factor + self.config.shift_factor)


def _norm(config: VaeConfig, channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(config.group_norm_groups, channels, eps=config.group_norm_eps)
