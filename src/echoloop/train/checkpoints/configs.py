"""The configuration files of a published checkpoint, read and written."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from echoloop.records import Mistake
from echoloop.train.bagel import BagelConfig, LlmConfig, TokenIds, VaeConfig, VitConfig

_T = TypeVar("_T")
LAYERS_NOT_USED = 1  # published vision configurations count SigLIP's last layer, which no BAGEL has


class _PublishedVae(msgspec.Struct, frozen=True):
    z_channels: int = 16
    downsample: int = 8


class _Top(msgspec.Struct, frozen=True):
    """`config.json`; what is missing there has the published model's value."""

    latent_patch_size: int = 2
    max_latent_size: int = 64
    vit_max_num_patch_per_side: int | None = None
    timestep_shift: float = 1.0
    connector_act: str = "gelu_pytorch_tanh"
    time_embedding_dim: int = 256
    vae_config: _PublishedVae = _PublishedVae()
    autoencoder: VaeConfig | None = None
    tokens: TokenIds = TokenIds()


def load_config(folder: Path) -> BagelConfig:
    """The sizes and constants of the checkpoint in a folder. Raises Mistake where a file is missing or says nonsense."""
    llm = _read(folder / "llm_config.json")
    vit = _read(folder / "vit_config.json")
    top_file = folder / "config.json"
    top = _as(_Top, _read(top_file) if top_file.exists() else {}, top_file)
    heads = llm.get("num_attention_heads")
    if "head_dim" not in llm and isinstance(heads, int) and heads > 0:
        llm["head_dim"] = int(llm.get("hidden_size", 0)) // heads
    if "attention_bias" not in llm:
        llm["attention_bias"] = True
    stated = _as(VitConfig, vit, folder / "vit_config.json")
    layers = int(vit.get("num_hidden_layers", 27)) - LAYERS_NOT_USED
    side = top.vit_max_num_patch_per_side
    if side is None:
        side = int(vit.get("image_size", 980)) // stated.patch_size
    return BagelConfig(
        llm=_as(LlmConfig, llm, folder / "llm_config.json"),
        vit=msgspec.structs.replace(stated, num_hidden_layers=layers),
        vae=top.autoencoder
        or VaeConfig(latent_channels=top.vae_config.z_channels, downsample=top.vae_config.downsample),
        tokens=top.tokens,
        latent_patch_size=top.latent_patch_size,
        max_latent_size=top.max_latent_size,
        vit_max_num_patch_per_side=side,
        time_embedding_dim=top.time_embedding_dim,
        timestep_shift=top.timestep_shift,
        connector_act=top.connector_act,
    )


def config_files(config: BagelConfig) -> dict[str, bytes]:
    """The three files from which `load_config` makes this configuration again, readable by other tools too."""
    llm = {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "layer_module": "Qwen2MoTDecoderLayer",
        "bos_token_id": config.tokens.bos,
        "eos_token_id": config.tokens.eos,
        **msgspec.to_builtins(config.llm),
    }
    vit = {
        "model_type": "siglip_vision_model",
        "image_size": config.vit_max_num_patch_per_side * config.vit.patch_size,
        "rope": False,
        **msgspec.to_builtins(config.vit),
        "num_hidden_layers": config.vit.num_hidden_layers + LAYERS_NOT_USED,
    }
    top = {
        "architectures": ["BagelForConditionalGeneration"],
        "model_type": "bagel",
        "latent_patch_size": config.latent_patch_size,
        "max_latent_size": config.max_latent_size,
        "vit_max_num_patch_per_side": config.vit_max_num_patch_per_side,
        "timestep_shift": config.timestep_shift,
        "connector_act": config.connector_act,
        "time_embedding_dim": config.time_embedding_dim,
        "interpolate_pos": False,
        "llm_config": llm,
        "vit_config": vit,
        "vae_config": {"z_channels": config.vae.latent_channels, "downsample": config.vae.downsample},
        "autoencoder": msgspec.to_builtins(config.vae),
        "tokens": msgspec.to_builtins(config.tokens),
    }
    files = {"llm_config.json": llm, "vit_config.json": vit, "config.json": top}
    return {name: msgspec.json.format(msgspec.json.encode(value)) + b"\n" for name, value in files.items()}


def _read(path: Path) -> dict[str, Any]:
    remedy = "A checkpoint's folder holds llm_config.json and vit_config.json beside its weights."
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise Mistake(f"the file cannot be read: {error.strerror}", where=path, remedy=remedy) from error
    except msgspec.DecodeError as error:
        raise Mistake(f"not a configuration: {error}", where=path, remedy=remedy) from error


def _as(kind: type[_T], value: dict[str, Any], path: Path) -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Mistake(
            f"not a configuration of BAGEL: {error}", where=path, remedy="Correct this field."
        ) from error
