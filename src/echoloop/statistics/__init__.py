"""Win rates, bootstraps, ranks: pure functions on arrays."""

from echoloop.statistics.log_odds import LogOdds, log_odds
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
    "LogOdds",
    "Missing",
    "Vote",
    "WinRates",
    "bootstrap",
    "log_odds",
    "mean_interval",
    "median_interval",
    "pair_outcomes",
    "percentile_interval",
    "rank_ranges",
    "resampling_weights",
    "separable_pairs",
    "win_rates",
]
