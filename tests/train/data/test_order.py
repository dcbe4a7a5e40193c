from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoloop.train.data.order import Order, Permutation


@settings(deadline=None)
@given(st.integers(1, 3_000), st.integers(0, 2**40))
def test_a_permutation_meets_every_place_once(size: int, seed: int) -> None:
    shuffle = Permutation(size, (seed,))
    assert sorted(shuffle(place) for place in range(size)) == list(range(size))


def test_places_outside_are_refused() -> None:
    with pytest.raises(IndexError):
        Permutation(3, (1,))(3)


def test_shuffles_are_as_even_as_chance() -> None:
    first = Counter(Permutation(10, (seed,))(0) for seed in range(5_000))
    assert min(first.values()) > 400
    assert max(first.values()) < 600
    neighbours = Counter(
        (Permutation(10, (seed,))(1) - Permutation(10, (seed,))(0)) % 10 for seed in range(5_000)
    )
    assert neighbours[0] == 0
    assert min(neighbours[step] for step in range(1, 10)) > 450
    shuffle = Permutation(100_000, (5,))
    order = np.array([shuffle(place) for place in range(4_000)])
    assert abs(np.corrcoef(order[:-1], order[1:])[0, 1]) < 0.05


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(1, 6), st.integers(0, 99))
def test_an_epoch_has_every_row_once_whatever_the_chunks(chunks: list[int], window: int, seed: int) -> None:
    if sum(chunks):
        order = Order(chunks, (seed,), window)
        assert sorted(order.row(place) for place in range(len(order))) == list(range(sum(chunks)))


def test_only_a_window_of_chunks_is_read_at_a_time() -> None:
    order = Order([10] * 12, (3,), window=4)
    chunks = [order.row(place) // 10 for place in range(120)]
    for start in range(0, 120, 40):
        assert len(set(chunks[start : start + 40])) == 4
        assert len(set(chunks[start : start + 12])) > 1


def test_any_place_can_be_asked_for_in_any_order() -> None:
    order = Order([7, 3, 9, 30], (1, 2), window=2)
    ahead = [order.row(place) for place in range(49)]
    assert [order.row(place) for place in reversed(range(49))] == ahead[::-1]
    assert ahead != [Order([7, 3, 9, 30], (1, 3), window=2).row(place) for place in range(49)]
