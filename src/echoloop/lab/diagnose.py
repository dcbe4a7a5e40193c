"""Metrics and complaints against the faults that were planted."""

from collections.abc import Sequence

from echoloop.lab.checks import Check
from echoloop.lab.painters import PAINTERS, Painter
from echoloop.lab.town import TownTruth
from echoloop.records import Effect, FeedbackLabel

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


def complaint_checks(labels: Sequence[FeedbackLabel], truth: TownTruth) -> list[Check]:
    """Complaints by keyword: what people in the town really complained about, against every complaint that was read."""
    if not truth.faulty:
        return [_imagined(labels)]
    hidden = {sample.thread_root for sample in truth.samples if sample.held_out}
    thread_of = {post.url: post.thread_root for post in truth.posts}
    planted = {
        said.post_url: said
        for sample in truth.samples
        if not sample.held_out and not sample.hazards
        for said in sample.feedback
    }
    read = {label.post_url: label for label in labels if thread_of.get(label.post_url) not in hidden}
    complaints = {url for url, said in planted.items() if said.polarity == "failure"}
    found = {url for url, label in read.items() if label.polarity == "failure"}
    named = sum(read[url].keyword == planted[url].keyword for url in complaints & found)
    kinds = len({planted[url].keyword for url in complaints})
    return [
        Check(
            part="faults",
            name=f"complaints: {measure}",
            value=right / total if total else None,
            at_least=0.9,
            planted=str(len(complaints)),
            recovered=f"{right} of {total}",
        )
        for measure, right, total in (
            ("precision", len(complaints & found), len(found)),
            ("recall", len(complaints & found), len(complaints)),
            (f"named as people meant ({kinds} kinds)", named, len(complaints & found)),
        )
    ]


def _imagined(labels: Sequence[FeedbackLabel]) -> Check:
    imagined = sum(label.polarity == "failure" for label in labels)
    return Check(
        part="faults",
        name="complaints read where nobody complained, share",
        value=imagined / len(labels) if labels else None,
        at_most=0.01,
        planted="0",
        recovered=f"{imagined} of {len(labels)} remarks",
    )
