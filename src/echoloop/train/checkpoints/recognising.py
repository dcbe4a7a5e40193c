"""What a name of a tensor says about the model it comes from."""

from collections.abc import Collection
from typing import Literal, TypeAlias

from echoloop.train.bagel import is_generation

Part: TypeAlias = Literal[
    "understanding experts", "generation experts", "vision tower", "connector", "latents", "position tables",
    "autoencoder", "other",
]  # fmt: skip

_FIRST: dict[str, Part] = {
    "vit_model": "vision tower",
    "connector": "connector",
    "vae2llm": "latents",
    "llm2vae": "latents",
    "time_embedder": "latents",
    "latent_pos_embed": "position tables",
    "vit_pos_embed": "position tables",
    "encoder": "autoencoder",
    "decoder": "autoencoder",
}
_OTHERS = (
    (
        "a text-to-image transformer in the layout of diffusers",
        ("transformer_blocks", "single_transformer_blocks"),
    ),
    ("a FLUX transformer", ("double_blocks", "single_blocks")),
    ("a U-Net of a diffusion model", ("down_blocks", "input_blocks", "mid_block")),
    ("a vision tower (SigLIP or CLIP)", ("vision_model", "text_model")),
    ("a vision-language model", ("visual", "vision_tower", "multi_modal_projector")),
    ("a language model", ("model", "transformer", "lm_head")),
)


def part_of(name: str) -> Part:
    """Which part of BAGEL a tensor belongs to."""
    first = name.split(".")[0]
    if first == "language_model":
        return "generation experts" if is_generation(name) else "understanding experts"
    return _FIRST.get(first, "other")


def is_table(name: str) -> bool:
    """True for the two frozen position tables, which are computed rather than read."""
    return name in ("latent_pos_embed.pos_embed", "vit_pos_embed.pos_embed")


def what_model(names: Collection[str]) -> str:
    """In words: whose tensors these are. "BAGEL" where the mixture of experts is there."""
    if any(name.endswith(("lora_a", "lora_A.weight", "lora_A")) for name in names):
        return "a LoRA adapter"
    if any(name.startswith("language_model.model.layers.") and "_moe_gen" in name for name in names):
        return "BAGEL"
    firsts = {name.split(".")[0] for name in names}
    if firsts and firsts <= {"encoder", "decoder", "quant_conv", "post_quant_conv"}:
        return "an autoencoder"
    if any(name.startswith("model/") for name in names):
        return "a training run of echoloop"
    if "language_model" in firsts:
        return "a model with a language model inside, but without BAGEL's generation experts"
    for words, marks in _OTHERS:
        if firsts & set(marks):
            return words
    return "an unknown model"
