"""The model of a run: from a published checkpoint or from chance, tuned, sharded, on its device."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from echoloop.train.bagel import Bagel, BagelConfig
from echoloop.train.checkpoints import load_weights
from echoloop.train.running.distributed import Ranks
from echoloop.train.running.lora import begin_lora
from echoloop.train.running.settings import Lora, Settings
from echoloop.train.running.sharding import keep_frozen_small, shard
from echoloop.train.running.tuning import choose


@dataclass(frozen=True)
class Start:
    """Where a run begins: a configuration, and a published checkpoint's folder (None: weights by chance, from the seed).

    `fill`: a second file for what the checkpoint lacks. `tokens`: the folder whose tokenizer is published along.
    """

    config: BagelConfig
    weights: Path | None = None
    fill: Path | None = None
    tokens: Path | None = None


def build(start: Start, settings: Settings, ranks: Ranks, say: Callable[[str], None]) -> Bagel:
    """The model, ready to train."""
    torch.manual_seed(settings.seed)
    with torch.device("meta" if start.weights else "cpu"):
        model = Bagel(start.config)
    choose(model, settings.tuning)
    keep_frozen_small(model, settings.precision)
    model.recompute = settings.recompute
    if settings.compile:
        for block in model.blocks:
            block.compile(dynamic=True)
    if start.weights:
        shard(model, ranks, settings.precision)
        model.to_empty(device=ranks.device)
        model.reset_tables()
        report = load_weights(model, start.weights, fill=start.fill)
        for remark in report.remarks:
            say(f"{start.weights}: {remark}")
    else:
        model.to(ranks.device)
        shard(model, ranks, settings.precision)
    if isinstance(settings.tuning, Lora):
        begin_lora(model, settings.seed)
    return model.train()
