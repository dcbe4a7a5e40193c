"""How long do exact Kemeny orders take?

200 samples x 8 models (at most .15 s), beside ordering by mean rank, which is no Kemeny order but what anybody would write first; then samples of 30 models ranked by 3 to 50 raters at random, the hardest there are: the order alone (at most 2 s) and with
`.unique` and the canonical order (at most 5 s), median and worst. Usage: python bench/kemeny.py
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from echoloop.statistics import kemeny, kemeny_many
from echoloop.statistics.kemeny_program import least_order

RUNS, RATERS = 9, (2, 3, 4, 5, 9, 10, 50)
BOUND_SMALL, BOUND_ORDER, BOUND_WHOLE = 0.15, 2.0, 5.0
Floats = NDArray[np.float64]


def seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def made_up(samples: int, raters: int, models: int, seed: int, noise: float) -> Floats:
    """Rankings around one order, or at random where the noise drowns it."""
    random = np.random.default_rng(seed)
    seen = np.arange(models) + noise * random.normal(size=(samples, raters, models))
    return np.argsort(np.argsort(seen, axis=2), axis=2) + 1.0


def borda(rankings: Floats) -> Floats:
    """The order by mean rank: the floor of what any consensus costs."""
    return np.argsort(rankings.mean(axis=1), axis=1)


def against(rankings: Floats) -> NDArray[np.int64]:
    return np.asarray((rankings[:, :, None] > rankings[:, None, :]).sum(axis=0), dtype=np.int64)


def small() -> None:
    rankings = made_up(200, 5, 8, 0, 4.0)
    orders = kemeny_many(rankings)
    ours = [seconds(lambda: kemeny_many(rankings)) for _ in range(RUNS)]
    floor = statistics.median(seconds(lambda: borda(rankings)) for _ in range(RUNS))
    only = sum(order.unique for order in orders)
    print(
        f"200 samples x 5 raters x 8 models: {1e3 * statistics.median(ours):.1f} ms, worst {1e3 * max(ours):.1f} "
        f"(at most {1e3 * BOUND_SMALL:.0f} ms); mean ranks alone {1e3 * floor:.2f} ms; {only} of 200 orders are the only one"
    )


def large() -> None:
    loading = seconds(lambda: least_order(against(made_up(1, 5, 4, 0, 1.0)[0])))
    print(f"loading the solver, once: {loading:.2f} s")
    for noise, name in ((1e6, "at random"), (8.0, "around one order")):
        alone: list[float] = []
        whole: list[float] = []
        for raters in RATERS:
            for seed in range(3):
                rankings = made_up(1, raters, 30, seed, noise)[0]
                counts = against(rankings)
                alone.append(seconds(lambda counts=counts: least_order(counts)))
                whole.append(seconds(lambda rankings=rankings: kemeny(rankings)))
        print(
            f"30 models {name}, {len(alone)} samples: order {statistics.median(alone):.2f} s, worst {max(alone):.2f} "
            f"(at most {BOUND_ORDER:.0f} s); unique and canonical {statistics.median(whole):.2f} s, worst {max(whole):.2f} "
            f"(at most {BOUND_WHOLE:.0f} s)"
        )


def main() -> None:
    small()
    large()


if __name__ == "__main__":
    main()
