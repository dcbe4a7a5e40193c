"""Running: what a run is set to, the loop that trains, and what it needs."""

from echoloop.train.running.building import Start, build
from echoloop.train.running.distributed import Ranks, joined
from echoloop.train.running.ema import Average
from echoloop.train.running.encoding import encode
from echoloop.train.running.failing import OutOfMemory, RankLost
from echoloop.train.running.feeding import DataFeed
from echoloop.train.running.lora import LoraLinear, add_lora, begin_lora
from echoloop.train.running.memory import Estimate, Pack, available, estimate, refuse
from echoloop.train.running.publishing import publish
from echoloop.train.running.recipes import echo4o, echo4o_lora, tiny
from echoloop.train.running.settings import (
    Averaging,
    Data,
    Logging,
    Lora,
    Loss,
    Optimiser,
    Saving,
    Settings,
    Tuning,
)
from echoloop.train.running.trainer import Feed, Outcome, train
from echoloop.train.running.tuning import choose, learning

__all__ = [
    "Average",
    "Averaging",
    "Data",
    "DataFeed",
    "Estimate",
    "Feed",
    "Logging",
    "Lora",
    "LoraLinear",
    "Loss",
    "Optimiser",
    "OutOfMemory",
    "Outcome",
    "Pack",
    "RankLost",
    "Ranks",
    "Saving",
    "Settings",
    "Start",
    "Tuning",
    "add_lora",
    "available",
    "begin_lora",
    "build",
    "choose",
    "echo4o",
    "echo4o_lora",
    "encode",
    "estimate",
    "joined",
    "learning",
    "publish",
    "refuse",
    "tiny",
    "train",
]
