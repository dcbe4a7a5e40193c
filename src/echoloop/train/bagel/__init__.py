"""BAGEL in PyTorch: small modules whose names are those of the published checkpoint."""

from echoloop.train.bagel.attention import Attends, BlockAttention, FlexAttention, attention_for
from echoloop.train.bagel.autoencoder import Autoencoder
from echoloop.train.bagel.config import BagelConfig, LlmConfig, TokenIds, VaeConfig, VitConfig
from echoloop.train.bagel.initialising import initialise
from echoloop.train.bagel.latents import cut, cut_patches, grid_positions, noised, shifted, times_of, uncut
from echoloop.train.bagel.model import (
    Bagel,
    Codec,
    NoisyLatents,
    SeenPatches,
    is_generation,
    open_autoencoder,
)
from echoloop.train.bagel.packed import Layout, Losses, Mode, Packed
from echoloop.train.bagel.patch_codec import PatchCodec
from echoloop.train.bagel.seating import Seating, Streams

__all__ = [
    "Attends",
    "Autoencoder",
    "Bagel",
    "BagelConfig",
    "BlockAttention",
    "Codec",
    "FlexAttention",
    "Layout",
    "LlmConfig",
    "Losses",
    "Mode",
    "NoisyLatents",
    "Packed",
    "PatchCodec",
    "Seating",
    "SeenPatches",
    "Streams",
    "TokenIds",
    "VaeConfig",
    "VitConfig",
    "attention_for",
    "cut",
    "cut_patches",
    "grid_positions",
    "initialise",
    "is_generation",
    "noised",
    "open_autoencoder",
    "shifted",
    "times_of",
    "uncut",
]
