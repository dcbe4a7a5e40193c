"""Outputs x judges -> verdicts -> standings."""

from echoloop.judge.score_arrays import ScoreArrays, score_arrays
from echoloop.judge.settings import Contestant, Judge, JudgeSettings
from echoloop.judge.stages import judge_stages
from echoloop.judge.standings import VOTE

__all__ = ["VOTE", "Contestant", "Judge", "JudgeSettings", "ScoreArrays", "judge_stages", "score_arrays"]
