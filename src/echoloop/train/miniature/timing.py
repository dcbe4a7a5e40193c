"""How fast a run was."""

from pathlib import Path
from statistics import median

import msgspec

_WARM_UP = 3


def seconds_a_step(run: Path) -> float:
    """The median of a run's steps, without the first ones, which pay for what is done once."""
    lines = (run / "log.jsonl").read_bytes().splitlines()
    seconds = [float(msgspec.json.decode(line)["seconds"]) for line in lines]
    return median(seconds[_WARM_UP:] or seconds)
