"""Metrics against the faults that were planted in painters."""

from collections.abc import Sequence

from echoloop.lab.checks import Check
from echoloop.lab.painters import PAINTERS, Painter
from echoloop.lab.painters.faults import FactKind
from echoloop.records import Effect

_FIELDS = {"tint": "delta_b", "darken": "delta_l"}


def fault_checks(effects: Sequence[Effect], cast: Sequence[Painter]) -> list[Check]:
    """A fault is found when its interval excludes zero on who has it, and absent when the interval lies inside plus or
    minus the smallest planted effect on everybody else. What is found must also have about the planted strength.

    The median over items is looked at: a cast lies over every picture, while a painter that sometimes paints another
    background moves the mean as well.
    """
    medians = {(one.field, one.model): one for one in effects if one.statistic == "median"}
    checks: list[Check] = []
    for fault, field in _FIELDS.items():
        for painter in cast:
            effect = medians.get((field, painter.name))
            planted = float(getattr(painter.faults, fault))
            checks += (
                _found(fault, painter.name, planted, effect)
                if planted
                else [_absent(fault, painter.name, effect)]
            )
    return checks


def _found(fault: str, name: str, planted: float, effect: Effect | None) -> list[Check]:
    nearest = share = None
    if effect and effect.value is not None and effect.low is not None and effect.high is not None:
        nearest = effect.low if planted > 0 else -effect.high
        share = effect.value / planted
    strength, interval = f"{planted:+g}", _interval(effect)
    return [
        Check(
            part="faults",
            name=f"{fault} of {name}: interval beyond 0 by",
            value=nearest,
            at_least=1e-9,
            planted=strength,
            recovered=interval,
        ),
        Check(
            part="faults",
            name=f"{fault} of {name}: strength, recovered / planted",
            value=share,
            at_least=0.7,
            at_most=1.3,
            planted=strength,
            recovered=interval,
        ),
    ]


def _absent(fault: str, name: str, effect: Effect | None) -> Check:
    farthest = None
    if effect and effect.low is not None and effect.high is not None:
        farthest = max(abs(effect.low), abs(effect.high))
    return Check(
        part="faults",
        name=f"no {fault} of {name}: interval within",
        value=farthest,
        at_most=smallest_planted(fault),
        planted="0",
        recovered=_interval(effect),
    )


def _interval(effect: Effect | None) -> str:
    if effect is None or effect.low is None or effect.high is None:
        return "not measured"
    return f"{effect.low:+.1f} .. {effect.high:+.1f} on {effect.measured} pictures"


def smallest_planted(fault: str) -> float:
    """The smallest strength of a fault that any painter of the faulty cast has."""
    return min(abs(getattr(painter.faults, fault)) for painter in PAINTERS if getattr(painter.faults, fault))


_BROKEN: dict[FactKind, tuple[str, str]] = {
    "word": ("text_rendering", "faults"),
    "count": ("object_count", "miscounted"),
}
_CLOSE = 0.12


def broken_checks(effects: Sequence[Effect], cast: Sequence[Painter]) -> list[Check]:
    """What is broken piece by piece: the share that a metric finds, beside the chance with which each painter breaks it."""
    means = {(one.metric, one.field, one.model): one.value for one in effects if one.statistic == "mean"}
    checks: list[Check] = []
    for kind, (metric, field) in _BROKEN.items():
        planted = {painter.name: painter.faults.chance(kind) for painter in cast}
        found = {name: means.get((metric, field, name)) for name in planted}
        known = {name: value for name, value in found.items() if value is not None}
        apart = [abs(known[name] - planted[name]) for name in known]
        checks.append(
            Check(
                part="faults",
                name=f"broken {kind}s: {field}, off the planted chance",
                value=sum(apart) / len(apart) if len(apart) == len(planted) else None,
                at_most=_CLOSE,
                planted=_shares(planted),
                recovered=_shares(known),
            )
        )
        checks += _worst(kind, planted, known)
    return checks


def _worst(kind: FactKind, planted: dict[str, float], known: dict[str, float]) -> list[Check]:
    """The painter that breaks most is found to; nothing to look for where nobody breaks any."""
    worst = max(planted, key=lambda name: planted[name])
    if not planted[worst]:
        return []
    return [
        Check(
            part="faults",
            name=f"broken {kind}s: most by {worst}",
            value=float(bool(known) and max(known, key=lambda name: known[name]) == worst),
            at_least=1.0,
        )
    ]


def _shares(shares: dict[str, float]) -> str:
    return " ".join(f"{share:.2f}" for share in shares.values())
