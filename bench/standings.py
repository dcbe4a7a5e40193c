"""How long do standings take?

Win rates and 1,000 bootstraps at 8 models x 848 items x 3 judges, interleaved with a plain vectorised numpy form of the same rule
(medians of 15; at most 1.5 x), which must also give the same numbers; then 100 models x 10,000 items x 3 judges in a process of its own
(at most 5 s and 500 MB at its highest). Usage: python bench/standings.py
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from echoloop.statistics import bootstrap, win_rates

RUNS, RESAMPLES = 15, 1000
BOUND_RATIO, BOUND_SECONDS, BOUND_MEGABYTES = 1.5, 5.0, 500
Floats = NDArray[np.float64]


def made_up(judges: int, items: int, models: int, absent: float) -> Floats:
    """Grades from 1 to 10 with a planted order of the models, and some that no judge gave."""
    random = np.random.default_rng(3)
    merit = np.linspace(4, 7, models) + random.normal(0, 1, (items, 1))
    scores = np.clip(np.rint(merit + random.normal(0, 1.5, (judges, items, models))), 1, 10)
    scores[random.random(scores.shape) < absent] = np.nan
    return scores


def plain(scores: Floats) -> tuple[Floats, Floats, Floats]:
    """Majority vote, missing skipped, percentile intervals over resampled items: each step one numpy expression."""
    _, items, models = scores.shape
    difference = scores[:, :, :, None] - scores[:, :, None, :]
    valid = (~np.isnan(difference)).sum(axis=0)
    wins, losses = (difference > 0).sum(axis=0), (difference < 0).sum(axis=0)
    compared = (valid > 0) & ~np.eye(models, dtype=bool)
    points = np.where(2 * wins > valid, 1.0, np.where(2 * losses > valid, 0.0, 0.5))
    won, count = np.where(compared, points, 0.0).sum(axis=2), compared.sum(axis=2).astype(float)
    drawn = np.random.default_rng(0).integers(0, items, size=(RESAMPLES, items))
    flat = (drawn + items * np.arange(RESAMPLES)[:, None]).ravel()
    weights = np.bincount(flat, minlength=RESAMPLES * items).reshape(RESAMPLES, items).astype(float)
    low, high = np.quantile((weights @ won) / (weights @ count), [0.025, 0.975], axis=0)
    return won.sum(axis=0) / count.sum(axis=0), low, high


def ours(scores: Floats) -> tuple[Floats, Floats, Floats]:
    """The same through the public functions."""
    interval = bootstrap(scores, resamples=RESAMPLES)
    return win_rates(scores).rates, interval.low, interval.high


def timed(work: Callable[[Floats], object], scores: Floats) -> tuple[float, float]:
    """Wall and processor milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work(scores)
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu)


def small(absent: float) -> None:
    """Both forms, in turn."""
    scores = made_up(3, 848, 8, absent)
    for mine, theirs in zip(ours(scores), plain(scores), strict=True):
        np.testing.assert_allclose(mine, theirs)
    first: list[tuple[float, float]] = []
    second: list[tuple[float, float]] = []
    for _ in range(RUNS):
        first.append(timed(ours, scores))
        second.append(timed(plain, scores))
    (wall, cpu), (floor, floor_cpu) = (
        [statistics.median(column) for column in zip(*runs, strict=True)] for runs in (first, second)
    )
    rates = statistics.median(timed(win_rates, scores)[0] for _ in range(RUNS))
    print(
        f"8 models x 848 items x 3 judges, {absent:.0%} absent: {wall:.1f} ms ({cpu:.1f} cpu; win rates {rates:.1f}), "
        f"plain numpy {floor:.1f} ms ({floor_cpu:.1f} cpu): {wall / floor:.2f} x  (at most {BOUND_RATIO} x)"
    )


def large() -> None:
    """In this process, which does nothing else."""
    scores = made_up(3, 10_000, 100, 0.02)
    before = time.perf_counter()
    ours(scores)
    seconds = time.perf_counter() - before
    print(
        json.dumps(
            {
                "seconds": seconds,
                "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large-alone", action="store_true", help=argparse.SUPPRESS)
    if parser.parse_args().large_alone:
        large()
        return
    small(0.0)
    small(0.03)
    told = subprocess.run(
        [sys.executable, __file__, "--large-alone"], check=True, capture_output=True, text=True
    )
    found = json.loads(told.stdout)
    print(
        f"100 models x 10,000 items x 3 judges: {found['seconds']:.2f} s (at most {BOUND_SECONDS:.0f} s), "
        f"{found['megabytes']:.0f} MB at its highest (at most {BOUND_MEGABYTES} MB)"
    )


if __name__ == "__main__":
    main()
