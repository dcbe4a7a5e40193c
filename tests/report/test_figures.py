"""What a figure leaves out is said in it."""

import pytest

from echoloop.records import Standing
from echoloop.report.judge import judging
from echoloop.report.judge_figures import judge_figures
from echoloop.report.leaderboards import boards


def standings(models: int) -> list[Standing]:
    return [
        Standing(
            split="text_to_image",
            model=f"model {number:02}",
            judge="vote",
            judges=("strict",),
            vote="majority",
            missing="skip",
            rate=0.5,
            low=0.4,
            high=0.6,
            rank_low=1,
            rank_high=models,
            items=9,
            outputs=9,
            refused=0,
            failed=0,
            coverage=1.0,
            asked=9,
            scored=9,
        )
        for number in range(models)
    ]


@pytest.mark.parametrize(("models", "said"), [(24, False), (40, True)])
def test_bars_say_how_many_models_they_leave_out(models: int, said: bool) -> None:
    rows = standings(models)
    drawn = dict(judge_figures(boards(rows), judging(rows, [], [], [])))
    assert (f"24 of {models} models, best first" in drawn["win_rates.svg"].decode()) == said
