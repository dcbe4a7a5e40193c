"""Pictures to latent tokens, by the frozen autoencoder, pictures of one size side by side."""

from collections import defaultdict
from dataclasses import replace

import torch
from torch import Tensor

from echoloop.train.bagel import BagelConfig, Codec, Packed, cut
from echoloop.train.data import Unencoded
from echoloop.train.running.settings import Precision

_PIXELS_AT_ONCE = 2 * 1024 * 1024


def encode(
    pack: Unencoded, codec: Codec, config: BagelConfig, device: torch.device, precision: Precision
) -> Packed:
    """The sequence on the device, its latents filled in, in their order."""
    latents = _latents(pack, codec, device, precision)
    tokens = [cut(latent, config.latent_patch_size) for latent in latents]
    empty = torch.empty(0, config.latent_token_dim, device=device)
    packed = pack.packed.to(device)
    return replace(packed, latent_tokens=torch.cat(tokens) if tokens else empty)


def _latents(pack: Unencoded, codec: Codec, device: torch.device, precision: Precision) -> list[Tensor]:
    latents: dict[int, Tensor] = {}
    half = torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")
    with torch.no_grad(), half:
        for places in _side_by_side(pack.pictures):
            pixels = torch.stack([pack.pictures[place] for place in places]).to(device, non_blocking=True)
            noise = torch.stack([pack.posterior_noise[place] for place in places]).to(
                device, non_blocking=True
            )
            encoded = codec.encode(pixels, noise).float()
            latents |= dict(zip(places, encoded, strict=True))
    return [latents[place] for place in range(len(pack.pictures))]


def _side_by_side(pictures: tuple[Tensor, ...]) -> list[list[int]]:
    """Places of pictures of equal size, no more at once than the autoencoder's memory is reckoned for."""
    sizes: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, picture in enumerate(pictures):
        sizes[tuple(picture.shape)].append(place)
    groups: list[list[int]] = []
    for (_, height, width), places in sizes.items():
        most = max(1, _PIXELS_AT_ONCE // (height * width))
        groups += [places[start : start + most] for start in range(0, len(places), most)]
    return groups
