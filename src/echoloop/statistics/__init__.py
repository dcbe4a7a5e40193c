"""Win rates, votes, intervals, rank aggregation, agreement, judges' biases: pure functions on arrays.

NaN in an array says that there is no value. A statistic that cannot be computed is NaN too, and its result says the `reason`.
"""

from echoloop.statistics.agreement import f1, ratio, weighted_kappa
from echoloop.statistics.bradley_terry import (
    BradleyTerry,
    BradleyTerryInterval,
    bradley_terry,
    bradley_terry_interval,
)
from echoloop.statistics.concordance import (
    KendallW,
    MeanAgreement,
    RankTest,
    friedman,
    kendall_w,
    kruskal,
    mean_kendall_w,
)
from echoloop.statistics.correlation import (
    Correlation,
    mean_tau_b,
    pearson,
    pearson_interval,
    tau_b,
    tau_b_each,
)
from echoloop.statistics.differences import (
    PairedDifferences,
    PairMatrix,
    pair_matrix,
    paired_differences,
    tiers,
)
from echoloop.statistics.discrimination import (
    Discrimination,
    MarginRatio,
    Saturation,
    discrimination,
    margin_ratio,
    saturation,
)
from echoloop.statistics.dunn import Dunn, dunn
from echoloop.statistics.effective_judges import EffectiveJudges, effective_judges
from echoloop.statistics.few import few_mean_interval
from echoloop.statistics.judge_weights import JudgeWeights, judge_weights
from echoloop.statistics.kemeny import Kemeny, kemeny, kemeny_many
from echoloop.statistics.kemeny_ties import consensus_places
from echoloop.statistics.liking import Liking, liking
from echoloop.statistics.log_odds import LogOdds, log_odds
from echoloop.statistics.outcomes import Missing, Vote, pair_outcomes, with_losses
from echoloop.statistics.paired_test import sign_flip_p
from echoloop.statistics.pairwise import PositionBias, position_bias, settle_orders, vote_outcomes
from echoloop.statistics.ranking import mean_ranks
from echoloop.statistics.ranks import rank_ranges, separable_pairs
from echoloop.statistics.resampling import (
    mean_interval,
    median_interval,
    percentile_interval,
    resampling_weights,
)
from echoloop.statistics.same_developer import SameDeveloperBias, same_developer_bias
from echoloop.statistics.shares import share_interval
from echoloop.statistics.spearman import spearman
from echoloop.statistics.stability import Drift, RepeatNoise, drift, repeat_noise
from echoloop.statistics.tails import bonferroni, holm, normal_p
from echoloop.statistics.win_rates import Interval, WinRates, bootstrap, bootstrap_of, rates_of, win_rates

__all__ = [
    "BradleyTerry",
    "BradleyTerryInterval",
    "Correlation",
    "Discrimination",
    "Drift",
    "Dunn",
    "EffectiveJudges",
    "Interval",
    "JudgeWeights",
    "Kemeny",
    "KendallW",
    "Liking",
    "LogOdds",
    "MarginRatio",
    "MeanAgreement",
    "Missing",
    "PairMatrix",
    "PairedDifferences",
    "PositionBias",
    "RankTest",
    "RepeatNoise",
    "SameDeveloperBias",
    "Saturation",
    "Vote",
    "WinRates",
    "bonferroni",
    "bootstrap",
    "bootstrap_of",
    "bradley_terry",
    "bradley_terry_interval",
    "consensus_places",
    "discrimination",
    "drift",
    "dunn",
    "effective_judges",
    "f1",
    "few_mean_interval",
    "friedman",
    "holm",
    "judge_weights",
    "kemeny",
    "kemeny_many",
    "kendall_w",
    "kruskal",
    "liking",
    "log_odds",
    "margin_ratio",
    "mean_interval",
    "mean_kendall_w",
    "mean_ranks",
    "mean_tau_b",
    "median_interval",
    "normal_p",
    "pair_matrix",
    "pair_outcomes",
    "paired_differences",
    "pearson",
    "pearson_interval",
    "percentile_interval",
    "position_bias",
    "rank_ranges",
    "rates_of",
    "ratio",
    "repeat_noise",
    "resampling_weights",
    "same_developer_bias",
    "saturation",
    "separable_pairs",
    "settle_orders",
    "share_interval",
    "sign_flip_p",
    "spearman",
    "tau_b",
    "tau_b_each",
    "tiers",
    "vote_outcomes",
    "weighted_kappa",
    "win_rates",
    "with_losses",
]
