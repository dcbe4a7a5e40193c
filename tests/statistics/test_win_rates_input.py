"""What the public functions take: any numbers, weights, outages and absences; and what they refuse, with the remedy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from echoloop.statistics import (
    Missing,
    Vote,
    bootstrap,
    pair_outcomes,
    rates_of,
    resampling_weights,
    win_rates,
)

SCORES = nps.arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5)),
    elements=st.sampled_from([np.nan, 1.0, 2.0, 5.0, 9.0]),
)
VOTES = st.sampled_from(["majority", "net"])
ABSENCES = st.sampled_from(["skip", "loss"])


def by_hand(
    scores: np.ndarray, vote: Vote, missing: Missing, produced: np.ndarray, weights: list[float]
) -> tuple[list[float], list[int]]:
    """The rule as it is written, one comparison at a time."""
    judges, items, models = scores.shape
    won, count = [0.0] * models, [0] * models
    for item in range(items):
        for one in range(models):
            for other in range(models):
                if one == other:
                    continue
                result = None
                both = [j for j in range(judges) if np.isfinite(scores[j, item, [one, other]]).all()]
                both = [j for j in both if weights[j] > 0]
                if both:
                    ahead = sum(weights[j] for j in both if scores[j, item, one] > scores[j, item, other])
                    behind = sum(weights[j] for j in both if scores[j, item, one] < scores[j, item, other])
                    half = sum(weights[j] for j in both) / 2 if vote == "majority" else 0
                    if vote == "majority":
                        result = 1.0 if ahead > half else 0.0 if behind > half else 0.5
                    else:
                        result = 1.0 if ahead > behind else 0.0 if behind > ahead else 0.5
                if missing == "loss" and not (produced[item, one] and produced[item, other]):
                    result = 0.5 + 0.5 * (int(produced[item, one]) - int(produced[item, other]))
                if result is not None:
                    won[one] += result
                    count[one] += 1
    return won, count


@settings(deadline=None, max_examples=120)
@given(SCORES, VOTES, ABSENCES, st.integers(0, 2**16), st.booleans())
def test_the_rule_as_it_is_written(
    scores: np.ndarray, vote: Vote, missing: Missing, seed: int, weighed: bool
) -> None:
    random = np.random.default_rng(seed)
    produced = random.random(scores.shape[1:]) < 0.7
    weights = random.integers(0, 3, scores.shape[0]).astype(float)
    weights[0] = 1.0
    own = weights.tolist() if weighed else [1.0] * len(weights)
    won, count = by_hand(scores, vote, missing, produced, own)
    found = win_rates(scores, vote, missing, produced, own if weighed else None)
    assert found.comparisons.tolist() == count
    wanted = [part / whole if whole else np.nan for part, whole in zip(won, count, strict=True)]
    np.testing.assert_allclose(found.rates, wanted)
    same = rates_of(pair_outcomes(scores, vote, missing, produced, own if weighed else None))
    np.testing.assert_array_equal(same.rates, found.rates)


@settings(deadline=None, max_examples=60)
@given(SCORES, VOTES, ABSENCES)
def test_equal_weights_are_no_weights(scores: np.ndarray, vote: Vote, missing: Missing) -> None:
    plain = win_rates(scores, vote, missing)
    np.testing.assert_array_equal(
        win_rates(scores, vote, missing, weights=[0.1] * len(scores)).rates, plain.rates
    )


@settings(deadline=None, max_examples=60)
@given(SCORES, VOTES)
def test_a_model_that_was_never_rated_changes_nobodys_rate(scores: np.ndarray, vote: Vote) -> None:
    longer = np.concatenate([scores, np.full((*scores.shape[:2], 1), np.nan)], axis=2)
    found = win_rates(longer, vote)
    np.testing.assert_array_equal(found.rates[:-1], win_rates(scores, vote).rates)
    assert np.isnan(found.rates[-1])
    assert found.coverage[-1] == 0


@settings(deadline=None, max_examples=60)
@given(SCORES, VOTES, st.integers(0, 2**16))
def test_produced_and_fully_judged_the_rates_total_half_the_models_exactly(
    scores: np.ndarray, vote: Vote, seed: int
) -> None:
    produced = np.random.default_rng(seed).random(scores.shape[1:]) < 0.6
    full = np.where(produced, np.nan_to_num(scores, nan=3.0), np.nan)
    found = win_rates(full, vote, "loss", produced)
    models = scores.shape[2]
    if models > 1:
        assert found.coverage.tolist() == [1.0] * models
        assert (found.rates * found.comparisons).sum() == found.comparisons.sum() / 2
        assert found.rates.sum() == pytest.approx(models / 2, abs=1e-12)


def test_an_outage_under_loss_is_not_a_loss() -> None:
    scores = np.array([[[7.0, 3.0, 5.0], [7, 3, 5], [np.nan, np.nan, np.nan]]])
    produced = np.array([[True, True, True], [True, True, True], [True, True, True]])
    found = win_rates(scores, missing="loss", produced=produced)
    assert found.rates.tolist() == [1.0, 0.0, 0.5]
    assert found.coverage.tolist() == pytest.approx([2 / 3] * 3)
    assert (
        win_rates(scores, missing="loss").rates.tolist() != found.rates.tolist()
    )  # taken for not produced: they tie


def test_a_heavier_judge_decides_and_a_weightless_one_is_no_judge() -> None:
    scores = np.array([[[9.0, 1.0]], [[1, 9]], [[1, 9]]])
    assert win_rates(scores).rates.tolist() == [0.0, 1.0]
    assert win_rates(scores, weights=[3, 1, 1]).rates.tolist() == [1.0, 0.0]
    assert win_rates(scores, weights=[2, 1, 1]).rates.tolist() == [0.5, 0.5]
    absent = scores.copy()
    absent[0] = np.nan
    assert np.isnan(win_rates(absent, weights=[1, 0, 0]).rates).all()
    thirds = win_rates(np.array([[[9.0, 1]], [[9, 1]], [[1, 9]]]), "net", weights=[0.1, 0.2, 0.3])
    assert thirds.rates.tolist() == [0.5, 0.5]


def test_integers_float32_and_lists_are_numbers() -> None:
    scores = np.random.default_rng(0).integers(1, 11, (3, 20, 4))
    wanted = win_rates(scores.astype(np.float64)).rates.tolist()
    for kind in (np.int8, np.uint8, np.int64, np.float32):
        assert win_rates(scores.astype(kind)).rates.tolist() == wanted
    assert win_rates(scores.tolist()).rates.tolist() == wanted
    kept = scores.astype(np.float64)
    win_rates(kept, missing="loss", produced=np.zeros((20, 4), dtype=bool))
    assert np.array_equal(kept, scores)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"scores": np.zeros((2, 3))}, "judge x item x model"),
        ({"scores": np.array([[[1.0, np.inf]]])}, "infinite at"),
        ({"scores": [[["a", "b"]]]}, "must be numbers"),
        ({"scores": [[[1.0, None]]]}, "write NaN"),
        ({"scores": np.ones((2, 1, 2)), "weights": [1.0, -1.0]}, "below zero"),
        ({"scores": np.ones((2, 1, 2)), "weights": [1.0]}, "2 judges and 1 weights"),
        ({"scores": np.ones((2, 1, 2)), "weights": [0.0, 0.0]}, "nobody would vote"),
        ({"scores": np.ones((2, 1, 2)), "produced": np.ones((2, 2), dtype=bool)}, "item x model"),
        ({"scores": np.ones((2, 1, 2)), "produced": np.ones((1, 2))}, "booleans"),
        ({"scores": np.ones((2, 1, 2)), "vote": "most"}, "majority"),
        ({"scores": np.ones((2, 1, 2)), "missing": "zero"}, "skip"),
    ],
)
def test_what_cannot_be_counted_is_refused(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        win_rates(**arguments)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=said):
        bootstrap(**arguments)  # type: ignore[arg-type]


def test_fewer_than_one_resample_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        bootstrap(np.ones((1, 1, 2)), resamples=0)
    with pytest.raises(ValueError, match="share"):
        bootstrap(np.ones((1, 1, 2)), share=1.0)


@pytest.mark.parametrize("shape", [(0, 3, 4), (2, 0, 3), (2, 3, 1), (2, 3, 0), (1, 1, 2)])
def test_nothing_to_compare_is_said(shape: tuple[int, int, int]) -> None:
    found = win_rates(np.full(shape, np.nan))
    assert np.isnan(found.rates).all()
    assert found.reason
    interval = bootstrap(np.full(shape, np.nan), resamples=10)
    assert interval.reason
    assert interval.samples.shape == (10, shape[2])
    assert np.isnan(interval.low).all()


def test_the_interval_is_the_resampled_rate() -> None:
    """Each row of samples is exactly the win rates of the drawn items."""
    random = np.random.default_rng(4)
    scores = random.integers(1, 6, (3, 12, 4)).astype(float)
    scores[random.random(scores.shape) < 0.2] = np.nan
    samples = bootstrap(scores, resamples=5, seed=9).samples
    for row, counts in zip(samples, resampling_weights(12, 5, 9), strict=True):
        drawn = np.repeat(np.arange(12), counts.astype(int))
        np.testing.assert_allclose(row, win_rates(scores[:, drawn]).rates)


def test_many_draws_come_in_blocks_and_are_the_same() -> None:
    whole = resampling_weights(3000, 700, 1)
    random = np.random.default_rng(1).integers(0, 3000, size=(700, 3000))
    assert whole.sum() == 700 * 3000
    for row in (0, 348, 349, 350, 699):
        assert np.array_equal(whole[row], np.bincount(random[row], minlength=3000))


def test_more_than_127_models_and_judges_do_not_overflow() -> None:
    scores = np.tile(np.arange(140.0), (1, 2, 1))
    rates = win_rates(scores).rates
    np.testing.assert_allclose(rates, np.arange(140) / 139)
    crowd = np.tile(np.array([[[1.0, 2.0]]]), (300, 1, 1))
    assert win_rates(crowd).rates.tolist() == [0.0, 1.0]


def test_what_a_mask_hides_is_no_score() -> None:
    scores = np.array([[[5.0, 5, 3]], [[6, 5, 5]], [[4, 4, 7]]])
    hidden = np.zeros(scores.shape, dtype=bool)
    hidden[0] = True
    wanted = win_rates(np.where(hidden, np.nan, scores)).rates.tolist()
    assert win_rates(np.ma.masked_array(scores, mask=hidden)).rates.tolist() == wanted
    assert win_rates(np.ma.masked_array(scores.astype(int), mask=hidden)).rates.tolist() == wanted
    assert wanted != win_rates(scores).rates.tolist()
