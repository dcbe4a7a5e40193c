"""Win rates, bootstraps, ranks: pure functions on arrays."""

from echoloop.statistics.outcomes import Missing, Vote, pair_outcomes
from echoloop.statistics.ranks import rank_ranges, separable_pairs
from echoloop.statistics.win_rates import (
    Interval,
    WinRates,
    bootstrap,
    mean_interval,
    median_interval,
    percentile_interval,
    resampling_weights,
    win_rates,
)

__all__ = [
    "Interval",
    "Missing",
    "Vote",
    "WinRates",
    "bootstrap",
    "mean_interval",
    "median_interval",
    "pair_outcomes",
    "percentile_interval",
    "rank_ranges",
    "resampling_weights",
    "separable_pairs",
    "win_rates",
]
