"""Outputs x judges -> verdicts -> standings; people's rankings beside them. The statistics can be used without a workspace."""

from echoloop.judge.beside import margins_beside
from echoloop.judge.calibration import GAIN, PLAIN, WEIGHT, WEIGHTED
from echoloop.judge.canary_rounds import canary_round
from echoloop.judge.contests import VOTE
from echoloop.judge.rankings import (
    RANKINGS,
    ImportedRankings,
    import_rankings,
    latest_rankings,
    ranking_form,
    rankings_file,
)
from echoloop.judge.score_arrays import ScoreArrays, score_arrays
from echoloop.judge.settings import CanarySettings, Contestant, Judge, JudgeSettings
from echoloop.judge.stages import agreement_stages, calibration_stages, judge_stages
from echoloop.statistics import (
    bootstrap,
    bradley_terry,
    dunn,
    effective_judges,
    friedman,
    kemeny,
    kendall_w,
    tau_b,
    win_rates,
)

__all__ = [
    "GAIN",
    "PLAIN",
    "RANKINGS",
    "VOTE",
    "WEIGHT",
    "WEIGHTED",
    "CanarySettings",
    "Contestant",
    "ImportedRankings",
    "Judge",
    "JudgeSettings",
    "ScoreArrays",
    "agreement_stages",
    "bootstrap",
    "bradley_terry",
    "calibration_stages",
    "canary_round",
    "dunn",
    "effective_judges",
    "friedman",
    "import_rankings",
    "judge_stages",
    "kemeny",
    "kendall_w",
    "latest_rankings",
    "margins_beside",
    "ranking_form",
    "rankings_file",
    "score_arrays",
    "tau_b",
    "win_rates",
]
