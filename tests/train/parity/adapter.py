"""Lets the parity fixture's `check.py` drive our model: python fixture/check.py adapter.py"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from echoloop.train.bagel import (
    Autoencoder,
    Bagel,
    BagelConfig,
    Layout,
    LlmConfig,
    NoisyLatents,
    Packed,
    Seating,
    SeenPatches,
    TokenIds,
    VaeConfig,
    VitConfig,
    attention_for,
    cut,
    noised,
    times_of,
)
from echoloop.train.sampling.context import Context
from echoloop.train.sampling.drawing import Canvas, Contexts, draw_latents
from echoloop.train.sampling.guidance import Guidance
from echoloop.train.sampling.segments import CleanPiece, NoisyPiece, PatchPiece, Piece, TextPiece
from echoloop.train.sampling.writing import Writing, write

Arrays = Mapping[str, NDArray[Any]]
_HEAD, _EMBEDDING = "language_model.lm_head.weight", "language_model.model.embed_tokens.weight"


class Loaded:
    """Both halves of a checkpoint."""

    def __init__(self, config: BagelConfig, ema: Arrays, ae: Arrays) -> None:
        self.config = config
        self.model = Bagel(config).eval()
        tensors = {name: torch.from_numpy(np.array(array)) for name, array in ema.items()}
        if config.llm.tie_word_embeddings:
            tensors.setdefault(_HEAD, tensors[_EMBEDDING])
        self.model.load_state_dict(tensors)
        self.model.reset_tables()
        self.vae = Autoencoder(config.vae).eval()
        self.vae.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in ae.items()})


def load(config: dict[str, Any], weights: dict[str, Arrays]) -> Loaded:
    llm, vit, vae, bagel = config["llm"], config["vit"], config["vae"], config["bagel"]
    return Loaded(
        BagelConfig(
            llm=LlmConfig(
                hidden_size=llm["hidden_size"],
                num_hidden_layers=llm["num_layers"],
                num_attention_heads=llm["num_heads"],
                num_key_value_heads=llm["num_kv_heads"],
                intermediate_size=llm["mlp_size"],
                vocab_size=llm["vocab_size"],
                rope_theta=llm["rope_theta"],
                rms_norm_eps=llm["rms_norm_eps"],
                qk_norm=llm["qk_norm"],
                attention_bias=llm["qkv_bias"],
                tie_word_embeddings=llm["tied_embeddings"],
                head_dim=llm["head_dim"],
                hidden_act=llm["activation"],
            ),
            vit=VitConfig(
                hidden_size=vit["hidden_size"],
                num_hidden_layers=vit["num_layers"],
                num_attention_heads=vit["num_heads"],
                intermediate_size=vit["mlp_size"],
                patch_size=vit["patch_size"],
                num_channels=vit["num_channels"],
                layer_norm_eps=vit["layer_norm_eps"],
                hidden_act=vit["activation"],
            ),
            vae=VaeConfig(
                base_channels=vae["base_channels"],
                channel_multipliers=tuple(vae["channel_multipliers"]),
                num_res_blocks=vae["num_res_blocks"],
                latent_channels=vae["latent_channels"],
                downsample=vae["downsample"],
                group_norm_groups=vae["group_norm_groups"],
                group_norm_eps=vae["group_norm_eps"],
                scale_factor=vae["scale_factor"],
                shift_factor=vae["shift_factor"],
            ),
            tokens=TokenIds(**config["tokens"]),
            latent_patch_size=bagel["latent_patch_size"],
            max_latent_size=bagel["max_latent_size"],
            vit_max_num_patch_per_side=vit["grid_side"],
            time_embedding_dim=bagel["time_embedding_dim"],
            timestep_shift=bagel["training_timestep_shift"],
            connector_act=bagel["connector_activation"],
        ),
        weights["ema"],
        weights["ae"],
    )


def train_losses(model: Loaded, batch: dict[str, Any]) -> tuple[Tensor, Tensor]:
    losses = model.model(_packed(model.config, batch))
    return losses.mse, losses.ce


def grad_norms(model: Loaded, batch: dict[str, Any]) -> dict[str, Tensor]:
    model.model.zero_grad()
    mse, ce = train_losses(model, batch)
    (mse.mean() + ce.mean()).backward()
    return {name: p.grad for name, p in model.model.named_parameters() if p.grad is not None}


def train_debug(model: Loaded, batch: dict[str, Any]) -> dict[str, Tensor]:
    bagel, packed = model.model, _packed(model.config, batch)
    t = times_of(packed.timestep_logit, model.config.timestep_shift)
    latents = NoisyLatents(noised(packed.latent_tokens, packed.noise, t), packed.latent_grid_position, t)
    seen = SeenPatches(packed.vit_patches, packed.vit_grid_position, packed.vit_image_lens)
    seating = Seating(torch.cat((packed.text_index, packed.vit_index)), packed.latent_index)
    found: dict[str, Tensor] = {}
    tower = bagel.vit_model.vision_model
    first = bagel.language_model.model.layers[0]
    hooks = [
        tower.register_forward_hook(lambda _m, _i, out: found.update({"debug.vit_out": out})),
        first.register_forward_hook(
            lambda _m, _i, out: found.update({"debug.after_layer_0": seating.join(out)})
        ),
    ]
    with torch.no_grad():
        streams = bagel.embed(packed.text_ids, seen, latents)
        found["debug.sequence_in"] = seating.join(streams)
        attend = attention_for(packed.layout, torch.device("cpu"))
        hidden = bagel.think(streams, seating, packed.rope_position, attend)
        found["debug.final_hidden"] = seating.join(hidden)
    for hook in hooks:
        hook.remove()
    return found


def velocity_steps(model: Loaded, case: dict[str, Any]) -> list[Tensor]:
    steps: list[Tensor] = []
    contexts, canvas = _contexts(model, case)
    final = draw_latents(contexts, [canvas], _guidance(case), lambda _t, now: steps.append(now[0]))
    return [*steps, final[0]]


def first_step_velocities(model: Loaded, case: dict[str, Any]) -> dict[str, Tensor]:
    contexts, canvas = _contexts(model, case)
    start = [NoisyPiece(canvas.noise, canvas.rows, canvas.columns, 1.0)]
    whole, images = contexts.whole.velocities(start)[0], contexts.without_images
    found = {"conditional": whole, "without_text": contexts.without_text.velocities(start)[0]}
    return found if images is None else found | {"without_images": images.velocities(start)[0]}


def vae_decode(model: Loaded, latent: NDArray[Any]) -> Tensor:
    return model.vae.decode(torch.from_numpy(latent)[None])[0]


def vae_encode_mean(model: Loaded, image: NDArray[Any]) -> Tensor:
    return model.vae.encode(torch.from_numpy(image)[None], None)[0]


def vae_encode_sample(model: Loaded, image: NDArray[Any], eps: NDArray[Any]) -> Tensor:
    return model.vae.encode(torch.from_numpy(image)[None], torch.from_numpy(eps)[None])[0]


def greedy_text(model: Loaded, case: dict[str, Any]) -> tuple[list[int], Tensor]:
    context = _read(model, case["context"])
    assert context.position == [case["start_rope_position"]]
    logits: list[Tensor] = []
    writing = Writing(most_tokens=case["max_new_tokens"], start=case["start_token"], stop=case["stop_token"])
    ids = write(context, writing, [0], logits)[0]
    return ids, torch.cat(logits)


def _packed(config: BagelConfig, batch: dict[str, Any]) -> Packed:
    def tensor(name: str) -> Tensor:
        return torch.from_numpy(batch[name])

    pictures = [batch[f"latent_image_{at}"] for at in range(len(batch["latent_grids"]))]
    tokens = [cut(torch.from_numpy(picture), config.latent_patch_size) for picture in pictures]
    return Packed(
        layout=Layout(tuple(batch["sample_lens"]), tuple(batch["split_lens"]), tuple(batch["split_modes"])),
        vit_image_lens=tuple(int(length) for length in batch["vit_image_lens"]),
        latent_tokens=torch.cat(tokens) if tokens else tensor("latent_tokens"),
        **{
            name: tensor(name)
            for name in (
                "rope_position", "text_ids", "text_index", "vit_patches", "vit_index", "vit_grid_position",
                "latent_index", "latent_grid_position", "timestep_logit", "noise", "mse_index", "ce_index",
                "ce_label", "ce_weight",
            )
        },
    )  # fmt: skip


def _contexts(model: Loaded, case: dict[str, Any]) -> tuple[Contexts, Canvas]:
    context = case["context"]
    whole = _read(model, context)
    without_text = _read(model, [context[at] for at in case["without_text"]])
    without_images = _read(model, [context[at] for at in case["without_images"]])
    assert [c.position for c in (whole, without_text, without_images)] == [
        [case["rope_position"]], [case["rope_position_without_text"]], [case["rope_position_without_images"]]
    ]  # fmt: skip
    rows, columns = case["latent_grid"]
    canvas = Canvas(torch.from_numpy(case["noise"]), rows, columns)
    return Contexts(whole, without_text, without_images), canvas


def _read(model: Loaded, pieces: list[dict[str, Any]]) -> Context:
    context = Context(model.model, 1)
    for piece in pieces:
        context.read([_piece(piece)])
    return context


def _piece(piece: dict[str, Any]) -> Piece:
    match piece["kind"]:
        case "text":
            return TextPiece(piece["ids"])
        case "clean_image":
            return CleanPiece(torch.from_numpy(piece["data"]))
        case _:
            return PatchPiece(torch.from_numpy(piece["data"]))


def _guidance(case: dict[str, Any]) -> Guidance:
    low, high = case["guidance_interval"] or (0.0, 1.0)
    return Guidance(
        steps=case["num_timesteps"],
        shift=case["timestep_shift"],
        text_scale=case["text_scale"],
        image_scale=case["image_scale"],
        interval=(low, high),
        renorm=case["renorm_type"],
        renorm_min=case["renorm_min"],
    )
