"""First bigrams and the exact growth curve."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.curate.analyses import Dataset, bigram_rows, expected_unique, first_bigrams


def test_words_are_folded_and_scripts_without_spaces_count_by_letters() -> None:
    found = first_bigrams(
        ["Make  the sky", "make THE boat", "画一只猫", "画一条狗", "one", "", "créer, une image"]
    )
    assert found == {("make", "the"): 2, ("画", "一"): 2, ("créer", "une"): 1}


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_growth_is_the_mean_over_all_subsets(counts: list[int]) -> None:
    prompts = [kind for kind, count in enumerate(counts) for _ in range(count)]
    for size in range(len(prompts) + 1):
        every = [len(set(subset)) for subset in combinations(prompts, size)]
        assert expected_unique(counts, [size])[0] == pytest.approx(np.mean(every))


def test_large_sets_stay_finite_and_end_at_all_kinds() -> None:
    grown = expected_unique([1] * 50_000 + [50_000], [0, 1, 1_000, 100_000])
    assert np.isfinite(grown).all()
    assert grown.tolist() == sorted(grown.tolist())
    assert (grown[0], grown[1], grown[-1]) == pytest.approx((0, 1, 50_001))
    with pytest.raises(ValueError, match="between 0 and 3"):
        expected_unique([3], [4])


def test_data_sets_are_compared_at_one_size() -> None:
    sets = [
        Dataset(name="long", prompts=("a b", "c d", "e f", "a b"), languages=(None,) * 4),
        Dataset(name="short", prompts=("a b", "c d"), languages=(None,) * 2),
    ]
    rows = {
        (row.dataset, row.name): row.value for row in bigram_rows(sets) if row.analysis == "first bigrams"
    }
    assert rows[("long", "unique")] == 3
    assert rows[("long", "expected in 2 prompts")] == pytest.approx(11 / 6)
    assert rows[("short", "expected in 2 prompts")] == 2
