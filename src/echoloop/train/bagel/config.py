"""The sizes and constants of a model, as a checkpoint's folder states them."""

from typing import Literal

import msgspec


class LlmConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The backbone; field names as in `llm_config.json`."""

    hidden_size: int = 3584
    num_hidden_layers: int = 28
    num_attention_heads: int = 28
    num_key_value_heads: int = 4
    intermediate_size: int = 18944
    vocab_size: int = 152064
    rope_theta: float = 1_000_000.0
    rms_norm_eps: float = 1e-6
    qk_norm: bool = True
    attention_bias: bool = True
    tie_word_embeddings: bool = False
    head_dim: int = 128
    hidden_act: str = "silu"


class VitConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The vision tower; field names as in `vit_config.json`, but `num_hidden_layers` counts the layers that exist."""

    hidden_size: int = 1152
    num_hidden_layers: int = 26
    num_attention_heads: int = 16
    intermediate_size: int = 4304
    patch_size: int = 14
    num_channels: int = 3
    layer_norm_eps: float = 1e-6
    hidden_act: str = "gelu_pytorch_tanh"


class VaeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What turns pictures into latents. `patches`: a fixed codec without weights that only rearranges pixels."""

    kind: Literal["flux", "patches"] = "flux"
    base_channels: int = 128
    channel_multipliers: tuple[int, ...] = (1, 2, 4, 4)
    num_res_blocks: int = 2
    latent_channels: int = 16
    downsample: int = 8
    group_norm_groups: int = 32
    group_norm_eps: float = 1e-6
    scale_factor: float = 0.3611
    shift_factor: float = 0.1159


class TokenIds(msgspec.Struct, frozen=True, kw_only=True):
    """The four ids that mean something to the model."""

    bos: int = 151644
    eos: int = 151645
    start_of_image: int = 151652
    end_of_image: int = 151653


class BagelConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The whole model."""

    llm: LlmConfig = LlmConfig()
    vit: VitConfig = VitConfig()
    vae: VaeConfig = VaeConfig()
    tokens: TokenIds = TokenIds()
    latent_patch_size: int = 2
    max_latent_size: int = 64
    vit_max_num_patch_per_side: int = 70
    time_embedding_dim: int = 256
    timestep_shift: float = 1.0
    connector_act: str = "gelu_pytorch_tanh"

    @property
    def latent_token_dim(self) -> int:
        return self.latent_patch_size**2 * self.vae.latent_channels

    @property
    def pixels_per_latent_token(self) -> int:
        return self.latent_patch_size * self.vae.downsample
