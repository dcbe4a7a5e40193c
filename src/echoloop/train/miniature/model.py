"""The miniature: BAGEL with every part it has at full size, a few million parameters, and a codec without weights."""

from collections.abc import Iterable
from pathlib import Path

from echoloop.train.bagel import (
    Bagel,
    BagelConfig,
    LlmConfig,
    PatchCodec,
    TokenIds,
    VaeConfig,
    VitConfig,
    initialise,
)
from echoloop.train.checkpoints import of_model, save_published
from echoloop.train.data import Dropout, Planning, Sizes
from echoloop.train.data.tokens import open_tokens
from echoloop.train.data.word_tokens import write_word_tokens
from echoloop.train.sampling import Defaults, Guidance, write_defaults

SIDE = 32
_TOKEN = 4
_SHIFT = 2.0
"""Towards noise: only there does the text say what the picture does not yet show."""


def tiny_config(tokens: TokenIds, vocabulary: int) -> BagelConfig:
    """Pictures of 32 x 32, a token for 4 x 4 pixels: 48 numbers each, and a width well above that."""
    half = _TOKEN // 2
    return BagelConfig(
        llm=LlmConfig(
            hidden_size=128,
            num_hidden_layers=5,
            num_attention_heads=4,
            num_key_value_heads=4,
            intermediate_size=320,
            vocab_size=vocabulary,
            rope_theta=10_000.0,
            head_dim=32,
        ),
        vit=VitConfig(
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=128,
            patch_size=_TOKEN,
        ),
        vae=VaeConfig(
            kind="patches",
            latent_channels=3 * half * half,
            downsample=half,
            scale_factor=1.5,
            shift_factor=0.2,
        ),
        tokens=tokens,
        max_latent_size=SIDE // _TOKEN,
        vit_max_num_patch_per_side=SIDE // _TOKEN,
        timestep_shift=_SHIFT,
    )


def tiny_sizes() -> tuple[Sizes, Sizes]:
    """Latents and patches: a picture keeps its size, up to 32 pixels."""
    return (
        Sizes(stride=_TOKEN, longest=SIDE, shortest=_TOKEN),
        Sizes(stride=_TOKEN, longest=SIDE, shortest=_TOKEN),
    )


def tiny_planning(folder: Path) -> Planning:
    """How rows become samples of the miniature."""
    latents, patches = tiny_sizes()
    return Planning(
        tokens=open_tokens(folder),
        latents=latents,
        patches=patches,
        understanding=patches,
        dropout=Dropout(text=0.1, clean=0.1, patches=0.3),
    )


def write_tiny(folder: Path, texts: Iterable[str], seed: int) -> BagelConfig:
    """A checkpoint to begin with, in the published layout: weights by chance, a tokenizer of the words of these texts."""
    words = folder.with_name(f"{folder.name}-words")
    words.mkdir(parents=True, exist_ok=True)
    tokens = write_word_tokens(words, texts)
    latents, patches = tiny_sizes()
    plain = Guidance(steps=25, shift=_SHIFT, text_scale=2.0, image_scale=1.0, interval=(0.0, 1.0))
    write_defaults(
        words,
        Defaults(
            width=SIDE,
            height=SIDE,
            latents=latents,
            patches=patches,
            text_to_image=plain,
            editing=plain,
            multi_reference=plain,
            thoughts=64,
        ),
    )
    config = tiny_config(tokens.special, tokens.size)
    model = Bagel(config)
    initialise(model, seed)
    save_published(folder, of_model(model), config, autoencoder=PatchCodec(config.vae), tokens=words)
    return config
