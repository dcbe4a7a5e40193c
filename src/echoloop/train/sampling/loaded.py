"""A checkpoint ready to be asked: model, autoencoder, tokenizer, and how it wants to be sampled."""

from dataclasses import dataclass
from pathlib import Path

import torch

from echoloop.records import Mistake
from echoloop.train.bagel import Bagel, Codec
from echoloop.train.checkpoints import load_autoencoder, load_config, load_weights
from echoloop.train.data.tokens import Tokens, open_tokens
from echoloop.train.sampling.defaults import Defaults, read_defaults


@dataclass(frozen=True)
class Loaded:
    """What sampling needs. The autoencoder stays in float32: it is small, and its pictures are what people see."""

    model: Bagel
    codec: Codec
    tokens: Tokens
    defaults: Defaults

    @property
    def device(self) -> torch.device:
        return self.model.vae2llm.weight.device


def load(folder: Path, device: str = "", fill: Path | None = None) -> Loaded:
    """A published checkpoint, or one of ours, on this device (a GPU where there is one), in bf16 there and fp32 elsewhere."""
    where = _device(device)
    config = load_config(folder)
    with torch.device("meta"):
        model = Bagel(config)
    if where.type == "cuda":
        model = model.to(torch.bfloat16)
    model.to_empty(device=where)
    load_weights(model, folder, fill=fill)
    model.reset_tables()
    return Loaded(
        model=model.eval(),
        codec=load_autoencoder(folder, config).to(where).eval(),
        tokens=open_tokens(folder),
        defaults=read_defaults(folder),
    )


def _device(named: str) -> torch.device:
    if not named:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.device(named)
    except RuntimeError as fault:
        raise Mistake(f"there is no device {named!r}", remedy='Name "cpu", "cuda" or "cuda:1".') from fault
