"""Image models with planted faults: the lab's answer to "does the judging find what is wrong?"."""

from echoloop.lab.painters.cast import PAINTERS, faultless_painters, planted_order
from echoloop.lab.painters.faults import TYPICAL_MIX, PainterFaults, expected_broken
from echoloop.lab.painters.painting import (
    CrashedPainting,
    Painted,
    Painter,
    RefusedToPaint,
    SpoiltPainting,
    paint,
)
from echoloop.lab.painters.slipping import Slip

__all__ = [
    "PAINTERS",
    "TYPICAL_MIX",
    "CrashedPainting",
    "Painted",
    "Painter",
    "PainterFaults",
    "RefusedToPaint",
    "Slip",
    "SpoiltPainting",
    "expected_broken",
    "faultless_painters",
    "paint",
    "planted_order",
]
