"""The painters of the lab and the order in which their faults put them."""

from itertools import groupby

from echoloop.lab.painters.faults import PainterFaults, expected_broken
from echoloop.lab.painters.painting import Painter

PAINTERS: tuple[Painter, ...] = (
    Painter(name="ochre", developer="lab-atelier-1", seed=11),
    Painter(name="birch", developer="lab-atelier-2", seed=12, faults=PainterFaults(slip=0.06, tint=12.0)),
    Painter(name="cobalt", developer="lab-atelier-3", seed=13, faults=PainterFaults(slip=0.14)),
    Painter(name="damson", developer="lab-atelier-4", seed=14, faults=PainterFaults(slip=0.14)),
    Painter(
        name="ember",
        developer="lab-atelier-2",
        seed=15,
        faults=PainterFaults(slip=0.16, identity_drift=0.7, tint=5.0),
    ),
    Painter(
        name="fern",
        developer="lab-atelier-5",
        seed=16,
        faults=PainterFaults(slip=0.34, misspell=0.8, spoilt_rate=0.06),
    ),
    Painter(
        name="garnet",
        developer="lab-atelier-6",
        seed=17,
        faults=PainterFaults(slip=0.5, darken=-9.0, refusal_rate=0.12),
    ),
    Painter(
        name="hazel",
        developer="lab-atelier-7",
        seed=18,
        faults=PainterFaults(slip=0.62, miscount=0.4, jitter=5, failure_rate=0.08),
    ),
)


def planted_order(painters: tuple[Painter, ...] = PAINTERS) -> tuple[tuple[str, ...], ...]:
    """Tiers of names from best to worst by `expected_broken`; painters within a tier differ by chance alone."""
    ranked = sorted(painters, key=lambda painter: (expected_broken(painter.faults), painter.name))
    tiers = groupby(ranked, key=lambda painter: round(expected_broken(painter.faults), 6))
    return tuple(tuple(painter.name for painter in tier) for _, tier in tiers)


def faultless_painters() -> tuple[Painter, ...]:
    """Equal painters for negative controls: whatever separates them is chance, or a bug."""
    names = ("juniper", "kelp", "larch", "mallow", "nettle", "osier", "poplar", "quince")
    return tuple(
        Painter(name=name, developer=f"lab-guild-{at}", seed=100 + at)
        for at, name in enumerate(names, start=1)
    )
