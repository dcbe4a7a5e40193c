"""The miniature: the true model at a size that two processor cores can train."""

from echoloop.train.miniature.model import SIDE, tiny_config, tiny_planning, write_tiny
from echoloop.train.miniature.timing import seconds_a_step

__all__ = ["SIDE", "seconds_a_step", "tiny_config", "tiny_planning", "write_tiny"]
