"""BAGEL: one sequence of text, pictures seen and pictures to be drawn, through one transformer of two experts."""

from typing import NamedTuple, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from echoloop.train.bagel.attention import Attends, attention_for, picture_attention
from echoloop.train.bagel.autoencoder import Autoencoder
from echoloop.train.bagel.backbone import LanguageModel
from echoloop.train.bagel.config import BagelConfig, VaeConfig
from echoloop.train.bagel.latents import noised, times_of
from echoloop.train.bagel.packed import Losses, Packed
from echoloop.train.bagel.patch_codec import PatchCodec
from echoloop.train.bagel.positions import GridPositions, TimeEmbedder
from echoloop.train.bagel.seating import Seating, Streams
from echoloop.train.bagel.vision import Connector, VisionTower

Codec: TypeAlias = Autoencoder | PatchCodec


class SeenPatches(NamedTuple):
    """Pictures for the vision tower: patches, their grid positions, and how many each picture has."""

    patches: Tensor
    grid_position: Tensor
    image_lens: tuple[int, ...]


class NoisyLatents(NamedTuple):
    """Latent tokens as the model meets them: noised to their t, which is 0 for conditions."""

    tokens: Tensor
    grid_position: Tensor
    t: Tensor


class Bagel(nn.Module):
    """The model without its autoencoder; `state_dict()` has the names of a published checkpoint.

    Its forward pass is training's: a packed sequence in, the loss of every element out. `embed`, `think`, `velocity` and
    `logits` are its parts, from which sampling is built.
    """

    def __init__(self, config: BagelConfig) -> None:
        super().__init__()
        width = config.llm.hidden_size
        self.config = config
        self.recompute = False
        self.language_model = LanguageModel(config.llm)
        self.time_embedder = TimeEmbedder(config.time_embedding_dim, width)
        self.vae2llm = nn.Linear(config.latent_token_dim, width)
        self.llm2vae = nn.Linear(width, config.latent_token_dim)
        self.latent_pos_embed = GridPositions(config.max_latent_size, width)
        self.vit_model = VisionTower(config.vit, config.vit_max_num_patch_per_side)
        self.connector = Connector(config.vit.hidden_size, width, config.connector_act)
        self.vit_pos_embed = GridPositions(config.vit_max_num_patch_per_side, width)

    @property
    def blocks(self) -> list[nn.Module]:
        """The layers, backbone first: the units of sharding and compiling."""
        return [*self.language_model.model.layers, *self.vit_model.vision_model.encoder.layers]

    def reset_tables(self) -> None:
        """Compute the position tables, after the module was given real memory."""
        self.latent_pos_embed.reset()
        self.vit_pos_embed.reset()

    def forward(self, packed: Packed) -> Losses:
        """Squared errors of the velocity and cross-entropies of the text, element by element."""
        t = times_of(packed.timestep_logit, self.config.timestep_shift)
        latents = noised(packed.latent_tokens, packed.noise, t)
        streams = self.embed(
            packed.text_ids,
            SeenPatches(packed.vit_patches, packed.vit_grid_position, packed.vit_image_lens),
            NoisyLatents(latents, packed.latent_grid_position, t),
        )
        seating = Seating(torch.cat((packed.text_index, packed.vit_index)), packed.latent_index)
        attend = attention_for(packed.layout, packed.rope_position.device)
        hidden = self.think(streams, seating, packed.rope_position, attend)
        drawn = seating.generation_at(packed.mse_index)
        velocity = self.velocity(hidden.generation[drawn])
        wanted = (packed.noise - packed.latent_tokens)[drawn]
        logits = self.logits(hidden.plain[seating.plain_at(packed.ce_index)])
        return Losses(
            mse=(velocity - wanted) ** 2, ce=F.cross_entropy(logits, packed.ce_label, reduction="none")
        )

    def embed(self, text_ids: Tensor, seen: SeenPatches, latents: NoisyLatents) -> Streams:
        """Token inputs: text and vision tokens in the plain stream, latents in the generation stream."""
        text = self.language_model.model.embed_tokens(text_ids)
        return Streams(torch.cat((text, self.see(seen))), self._latent_tokens(latents))

    def see(self, seen: SeenPatches) -> Tensor:
        """Pictures as tokens of the backbone."""
        attend = picture_attention(seen.image_lens, seen.patches.device)
        features = self.vit_model.vision_model(
            seen.patches, seen.grid_position, attend, self.recompute and self.training
        )
        tokens = self.connector(features)
        return tokens + self.vit_pos_embed(seen.grid_position).to(tokens.dtype)

    def think(self, streams: Streams, seating: Seating, rope_position: Tensor, attend: Attends) -> Streams:
        """Both streams through the backbone."""
        recompute = self.recompute and self.training
        return self.language_model.model(streams, seating, rope_position, attend, recompute)

    def velocity(self, hidden: Tensor) -> Tensor:
        """Where the latents of these tokens go, in float32."""
        return self.llm2vae(hidden).float()

    def logits(self, hidden: Tensor) -> Tensor:
        """What comes after these tokens, in float32."""
        return self.language_model.lm_head(hidden).float()

    def _latent_tokens(self, latents: NoisyLatents) -> Tensor:
        tokens = self.vae2llm(latents.tokens.to(self.vae2llm.weight.dtype))
        place = self.latent_pos_embed(latents.grid_position).to(tokens.dtype)
        return tokens + self.time_embedder(latents.t) + place


def open_autoencoder(config: VaeConfig) -> Codec:
    """The autoencoder of this configuration, with weights not yet loaded (the patch codec has none)."""
    return PatchCodec(config) if config.kind == "patches" else Autoencoder(config)


def is_generation(name: str) -> bool:
    """True for what belongs to drawing alone: the generation experts and what leads into and out of the latents."""
    return "_moe_gen" in name or name.split(".")[0] in ("vae2llm", "llm2vae", "time_embedder")
