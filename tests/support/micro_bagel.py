"""A model small enough for tests, with weights by chance, and packed sequences for it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import torch

from echoloop.train.bagel import (
    Bagel,
    BagelConfig,
    Layout,
    LlmConfig,
    Mode,
    Packed,
    TokenIds,
    VaeConfig,
    VitConfig,
)
from echoloop.train.checkpoints import of_model, save_published
from echoloop.train.data import Sizes, write_word_tokens
from echoloop.train.sampling import Defaults, Guidance, write_defaults

MICRO = BagelConfig(
    llm=LlmConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        vocab_size=64,
        head_dim=8,
    ),
    vit=VitConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=32, patch_size=4
    ),
    vae=VaeConfig(kind="patches", latent_channels=12, downsample=2, scale_factor=1.5, shift_factor=0.1),
    tokens=TokenIds(bos=60, eos=61, start_of_image=62, end_of_image=63),
    latent_patch_size=2,
    max_latent_size=8,
    vit_max_num_patch_per_side=8,
)


def micro_model(seed: int = 0, config: BagelConfig = MICRO) -> Bagel:
    """Weights large enough that every path through the model matters."""
    torch.manual_seed(seed)
    model = Bagel(config)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
    return model


Piece = tuple[str, int]


def packed_of(samples: Sequence[Sequence[Piece]], seed: int = 0, config: BagelConfig = MICRO) -> Packed:
    """Samples of pieces ("text", ids), ("answer", ids), ("patches", n), ("clean", n), ("target", n): n by n tokens.

    Every number a piece holds is drawn from the piece's own place, so that a sample is the same in any company.
    """
    parts: dict[str, list[torch.Tensor]] = {
        name: []
        for name in (
            "rope_position", "text_ids", "text_index", "vit_patches", "vit_index", "vit_grid_position",
            "latent_tokens", "latent_index", "latent_grid_position", "timestep_logit", "noise", "mse_index",
            "ce_index", "ce_label", "ce_weight",
        )
    }  # fmt: skip
    sample_lens: list[int] = []
    split_lens: list[int] = []
    modes: list[Mode] = []
    vit_lens: list[int] = []
    at = 0
    for sample in samples:
        start, rope = at, 0
        for number, (kind, size) in enumerate(sample):
            draw = torch.Generator().manual_seed(seed * 1000 + sum(kind.encode()) * 31 + size * 7 + number)
            if kind in ("text", "answer"):
                ids = torch.randint(0, 60, (size,), generator=draw)
                places = torch.arange(at, at + size)
                parts["text_ids"].append(ids)
                parts["text_index"].append(places)
                parts["rope_position"].append(torch.arange(rope, rope + size))
                if kind == "answer":
                    parts["ce_index"].append(places[:-1])
                    parts["ce_label"].append(ids[1:])
                    parts["ce_weight"].append(torch.full((size - 1,), (size - 1) ** -0.5))
                length, mode, moves = size, "causal", size
            else:
                count = size * size
                places = torch.arange(at + 1, at + 1 + count)
                parts["text_ids"].append(
                    torch.tensor([config.tokens.start_of_image, config.tokens.end_of_image])
                )
                parts["text_index"].append(torch.tensor([at, at + count + 1]))
                parts["rope_position"].append(torch.full((count + 2,), rope))
                grid = torch.arange(size)[:, None] * 8 + torch.arange(size)
                if kind == "patches":
                    width = config.vit.patch_size**2 * 3
                    parts["vit_patches"].append(torch.randn(count, width, generator=draw))
                    parts["vit_index"].append(places)
                    parts["vit_grid_position"].append(grid.flatten())
                    vit_lens.append(count)
                else:
                    target = kind == "target"
                    dim = config.latent_token_dim
                    parts["latent_tokens"].append(torch.randn(count, dim, generator=draw))
                    parts["noise"].append(torch.randn(count, dim, generator=draw))
                    logit = float(torch.randn((), generator=draw)) if target else float("-inf")
                    parts["timestep_logit"].append(torch.full((count,), logit))
                    parts["latent_index"].append(places)
                    parts["latent_grid_position"].append(grid.flatten())
                    if target:
                        parts["mse_index"].append(places)
                length, mode = count + 2, "noise" if kind == "target" else "full"
                moves = 0 if kind == "target" else 1
            split_lens.append(length)
            modes.append(mode)
            at, rope = at + length, rope + moves
        sample_lens.append(at - start)
    empty = {
        "vit_patches": torch.empty(0, config.vit.patch_size**2 * 3),
        "latent_tokens": torch.empty(0, config.latent_token_dim),
        "noise": torch.empty(0, config.latent_token_dim),
        "timestep_logit": torch.empty(0),
        "ce_weight": torch.empty(0),
    }
    nothing = torch.empty(0, dtype=torch.long)
    tensors = {name: torch.cat(found) if found else empty.get(name, nothing) for name, found in parts.items()}
    return Packed(
        layout=Layout(tuple(sample_lens), tuple(split_lens), tuple(modes)),
        vit_image_lens=tuple(vit_lens),
        **tensors,
    )


def micro_checkpoint(folder: Path, seed: int = 0) -> BagelConfig:
    """The same on disk in the published layout, with a tokenizer that knows a few words."""
    words = folder.with_name(f"{folder.name}-words")
    words.mkdir(parents=True)
    tokens = write_word_tokens(words, ["draw a red ball and a blue box on the left right . ? what is this"])
    latents, patches = (
        Sizes(stride=4, longest=32, shortest=4),
        Sizes(stride=4, longest=32, shortest=4),
    )
    guidance = Guidance(steps=4, shift=1.0, interval=(0.0, 1.0))
    defaults = Defaults(
        width=16,
        height=12,
        latents=latents,
        patches=patches,
        text_to_image=guidance,
        editing=guidance,
        multi_reference=guidance,
        thoughts=5,
    )
    write_defaults(words, defaults)
    config = msgspec.structs.replace(
        MICRO,
        tokens=tokens.special,
        llm=msgspec.structs.replace(MICRO.llm, vocab_size=tokens.size),
    )
    save_published(folder, of_model(micro_model(seed, config)), config, tokens=words)
    return config
