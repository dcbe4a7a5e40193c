"""`echoloop train demo --controls`: does the miniature know more than models that cannot? Five seeds of each."""

from collections.abc import Callable, Sequence
from pathlib import Path

from echoloop.cli.messages import say
from echoloop.cli.train_demo import Marks, judged, prepare, steps_within, trained
from echoloop.records import Problem
from echoloop.statistics import few_mean_interval

SEEDS = (0, 1, 2, 3, 4)


def run_controls(out: Path, minutes: float) -> None:
    """Train each seed twice, draw with three models, and say by how much the true one is ahead."""
    steps = 0
    true: list[Marks] = []
    untrained: list[Marks] = []
    shuffled: list[Marks] = []
    for seed in SEEDS:
        place = out / f"seed-{seed}"
        prepare(place, seed)
        steps = steps or steps_within(place, minutes * 60, seed)
        untrained.append(judged(place / "start", seed))
        true.append(judged(trained(place, steps, seed), seed))
        control = out / f"seed-{seed}-shuffled"
        prepare(control, seed, shuffled=True)
        shuffled.append(judged(trained(control, steps, seed), seed))
        say(f"seed {seed}: {_row(true[-1])}; untrained {_row(untrained[-1])}; shuffled {_row(shuffled[-1])}")
    lows = [
        _difference(f"{task}, minus {name}", true, control, share)
        for task, share in (("text", _text), ("references", _references))
        for name, control in (("untrained weights", untrained), ("shuffled captions", shuffled))
    ]
    if min(lows) <= 0:
        raise Problem(
            "the true model is not surely ahead of its controls",
            remedy="Give it more --minutes; if that does not help, something is wrong in training.",
        )


def _difference(
    name: str, true: Sequence[Marks], control: Sequence[Marks], share: Callable[[Marks], float]
) -> float:
    """Says the mean over seeds with its interval; the lower bound of the interval."""
    apart = [share(one) - share(other) for one, other in zip(true, control, strict=True)]
    mean, low, high = few_mean_interval(apart)
    say(f"  {name:<36} {mean:+.1%}  ({low:+.1%} to {high:+.1%} over {len(apart)} seeds)")
    return low


def _text(marks: Marks) -> float:
    return sum(marks.text) / len(marks.text)


def _references(marks: Marks) -> float:
    return sum(marks.references) / len(marks.references)


def _row(marks: Marks) -> str:
    return f"text {_text(marks):.1%}, references {_references(marks):.1%}"
