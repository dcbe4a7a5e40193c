"""Planted favours are found at their size, and fair judges are not accused."""

import numpy as np
import pytest

from echoloop.statistics import liking, same_developer_bias

DEVELOPERS = ["ink", "oil", "chalk"]
MODELS = ["ink", "ink", "oil", "oil", "chalk", "stone"]


def fair(seed: int = 0, items: int = 200) -> np.ndarray:
    """Three judges of different harshness who see the same merits through their own noise."""
    random = np.random.default_rng(seed)
    merit = np.array([7, 6, 5, 4, 6, 3]) + random.normal(0, 2, (1, items, 6))
    return merit + np.array([0.0, -1, 2])[:, None, None] + random.normal(0, 1, (3, items, 6))


def test_a_judge_that_favours_its_own_house_is_found() -> None:
    scores = fair()
    scores[0, :, :2] += 0.8
    found = same_developer_bias(scores, DEVELOPERS, MODELS)
    assert found.bias[0] == pytest.approx(0.8, abs=0.15)
    assert found.low[0] > 0.5
    assert found.items.tolist() == [200, 200, 200]
    assert found.reasons == ("", "", "")


def test_anothers_favours_are_not_held_against_a_fair_judge() -> None:
    scores = fair()
    scores[0, :, :2] += 3.0
    found = same_developer_bias(scores, DEVELOPERS, MODELS)
    for judge in (1, 2):
        assert abs(found.bias[judge]) < 0.25
        assert found.low[judge] < 0 < found.high[judge]


def test_fair_judges_are_seldom_accused() -> None:
    accused = sum(
        int(((found.low > 0) | (found.high < 0)).sum())
        for seed in range(40)
        for found in [same_developer_bias(fair(seed, 60), DEVELOPERS, MODELS, resamples=300)]
    )
    assert accused <= 15  # of 120, where 6 are expected


def test_what_cannot_be_measured_says_why() -> None:
    scores = fair()
    found = same_developer_bias(scores, ["ink", "stone age", None], MODELS)
    assert np.isnan(found.bias[1:]).all()
    assert found.reasons[1:] == ("none of the models is its developer's", "the judge's developer is unknown")
    assert found.reasons[0] == ""
    alone = same_developer_bias(scores[:1], ["ink"], MODELS)
    assert alone.reasons == ("no judge of another developer to set it against",)
    dark = same_developer_bias(np.full((2, 4, 6), np.nan), ["ink", "oil"], MODELS)
    assert "no item" in dark.reasons[0]
    assert same_developer_bias(np.zeros((0, 4, 6)), [], MODELS).bias.size == 0
    with pytest.raises(ValueError, match="as many developers"):
        same_developer_bias(scores, DEVELOPERS, MODELS[:2])


def test_holes_do_not_move_a_planted_bias_much() -> None:
    random = np.random.default_rng(1)
    scores = fair()
    scores[0, :, :2] += 0.8
    scores[random.random(scores.shape) < 0.3] = np.nan
    found = same_developer_bias(scores, DEVELOPERS, MODELS)
    assert found.low[0] < 0.8 < found.high[0]
    assert found.low[0] > 0


def test_a_liking_is_found_at_its_size_though_merit_goes_with_the_feature() -> None:
    random = np.random.default_rng(2)
    scores = fair()
    bright = scores[1] + random.normal(0, 3, scores.shape[1:])
    standard = (bright - bright.mean()) / bright.std()
    scores[2] += 0.5 * standard
    others = liking(scores, bright)
    assert others.relative_to.startswith("the other judges")
    assert others.points[2] > others.points[0]
    assert others.low[2] > 0
    size = random.normal(100, 20, scores.shape[1:])
    scores[0] += 0.4 * (size - 100) / 20
    found = liking(scores, size)
    assert found.points[0] == pytest.approx(0.4, abs=0.1)
    assert found.low[0] < 0.4 < found.high[0]
    assert found.points[1] == pytest.approx(-0.2, abs=0.1)  # half of the other judges' mean likes it
    assert found.outputs.tolist() == [1200] * 3


def test_a_judge_alone_is_measured_against_its_own_items_and_models() -> None:
    random = np.random.default_rng(3)
    scores = fair()[:1]
    size = random.normal(0, 1, scores.shape[1:]) + 5 * np.arange(6)
    scores = scores + 0.3 * size
    found = liking(scores, size)
    assert found.relative_to == "its own item and model effects"
    assert found.points[0] == pytest.approx(0.3 * size.std(), rel=0.5)
    assert found.low[0] > 0


def test_long_answers_are_each_judges_own() -> None:
    random = np.random.default_rng(4)
    scores = fair()
    length = random.lognormal(5, 0.3, scores.shape)
    scores[1] += 0.6 * (length[1] - length[1].mean()) / length[1].std()
    found = liking(scores, length)
    assert found.points[1] == pytest.approx(0.6, abs=0.1)
    assert found.low[0] < 0 < found.high[0]


def test_a_feature_that_never_changes_has_no_liking() -> None:
    found = liking(fair(), np.full((200, 6), 0.1))
    assert np.isnan(found.points).all()
    assert found.reasons[0] == "the feature is the same everywhere"
    dark = liking(np.full((2, 4, 3), np.nan), np.ones((4, 3)))
    assert dark.outputs.tolist() == [0, 0]
    assert dark.reasons[0].startswith("0 outputs")
    with pytest.raises(ValueError, match="feature must be"):
        liking(fair(), np.ones((2, 2)))
