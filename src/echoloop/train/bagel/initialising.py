"""Weights to begin with where there is no checkpoint: every path starts at unit scale, and the model says nothing yet."""

import math

import torch
from torch import nn

from echoloop.train.bagel.model import Bagel

_TABLES = ("embed_tokens.weight", "position_embedding.weight")
_INTO_THE_STREAM = ("o_proj", "down_proj", "out_proj", "fc2")


@torch.no_grad()
def initialise(model: Bagel, seed: int) -> None:
    """Draw all weights from this seed. Position tables have unit scale, so what is added to them must have it too."""
    draw = torch.Generator().manual_seed(seed)
    depth = 1 / math.sqrt(2 * len(model.language_model.model.layers))
    for name, weight in model.named_parameters():
        if name.endswith("bias"):
            weight.zero_()
        elif weight.ndim == 1:
            weight.fill_(1.0)
        elif name.endswith(_TABLES):
            weight.normal_(generator=draw)
        else:
            narrow = depth if any(part in name for part in _INTO_THE_STREAM) else 1.0
            weight.normal_(std=narrow / math.sqrt(weight.shape[1]), generator=draw)
    nn.init.zeros_(model.llm2vae.weight)
    nn.init.zeros_(model.language_model.lm_head.weight)
