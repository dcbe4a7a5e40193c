"""Packs: nothing split, nothing lost, never over the budget, and full."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoloop.train.data import Packer, pack_lengths


def streamed(lengths: list[int], budget: int, buffer: int) -> list[list[int]]:
    packer = Packer[int](budget, budget, buffer)
    packs: list[list[int]] = []
    for place, length in enumerate(lengths):
        packer.add(place, length)
        while packer.ready:
            packs.append(packer.take())
    while packer.waiting:
        packs.append(packer.take())
    return packs


cases = st.tuples(st.integers(1, 40_000), st.integers(1, 60)).flatmap(
    lambda case: st.tuples(
        st.just(case[0]), st.just(case[1]), st.lists(st.integers(1, case[0]), max_size=200)
    )
)


@settings(deadline=None)
@given(cases)
def test_every_sample_is_in_one_pack_and_no_pack_is_over_its_budget(
    case: tuple[int, int, list[int]],
) -> None:
    budget, buffer, lengths = case
    packs = streamed(lengths, budget, buffer)
    assert sorted(place for pack in packs for place in pack) == list(range(len(lengths)))
    assert all(0 < sum(lengths[place] for place in pack) <= budget for pack in packs)
    assert all(pack == sorted(pack) for pack in packs)
    numbers = pack_lengths(lengths, budget, buffer)
    assert [
        [place for place in range(len(lengths)) if numbers[place] == pack] for pack in range(len(packs))
    ] == packs


def first_fit_decreasing(lengths: list[int], budget: int) -> int:
    room: list[int] = []
    for length in sorted(lengths, reverse=True):
        fitting = next((place for place, left in enumerate(room) if left >= length), None)
        if fitting is None:
            room.append(budget - length)
        else:
            room[fitting] -= length
    return len(room)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("wide", 100, 16_384), ("narrow", 4_000, 4_300), ("small", 20, 60), ("equal", 4_681, 4_682), ("halves", 16_384, 16_385)],
)  # fmt: skip
def test_a_buffer_of_fifty_is_as_good_as_the_offline_method(name: str, low: int, high: int) -> None:
    lengths = np.random.default_rng(len(name)).integers(low, high, 1_500).tolist()
    ours, offline = len(streamed(lengths, 32_768, 50)), first_fit_decreasing(lengths, 32_768)
    assert offline / ours >= 0.98 or ours - offline <= 1


def test_the_sample_that_waits_longest_goes_first() -> None:
    packer = Packer[str](100, 100, 3)
    for name, length in (("first", 10), ("second", 90), ("third", 90), ("fourth", 50)):
        packer.add(name, length)
    assert packer.ready
    assert packer.take()[0] == "first"


def test_a_stream_is_not_cut_into_packs_before_there_is_a_choice() -> None:
    packer = Packer[int](1_000, 1_000, 4)
    for place in range(12):
        packer.add(place, 100)
        assert not packer.ready
    packer.add(12, 100)
    assert packer.ready
    assert len(packer.take()) == 10


def test_a_sample_above_the_budget_travels_alone_and_none_above_the_bound() -> None:
    packer = Packer[str](100, 120, 1)
    packer.add("large", 110)
    packer.add("small", 10)
    assert packer.take() == ["large"]
    assert packer.waiting == ("small",)
    assert not packer.fits(121)
    with pytest.raises(ValueError, match="121 tokens"):
        packer.add("huge", 121)


def test_lengths_that_cannot_be_packed_are_named() -> None:
    with pytest.raises(ValueError, match="length 101 at 2"):
        pack_lengths([1, 100, 101], 100)
    with pytest.raises(ValueError, match="length 0 at 0"):
        pack_lengths([0], 100)
    with pytest.raises(ValueError, match="0 < budget <= most"):
        Packer[int](100, 50, 3)
    assert pack_lengths([], 100).tolist() == []


def test_what_waits_is_all_there_is_to_remember() -> None:
    lengths = np.random.default_rng(3).integers(10, 400, 300).tolist()
    whole = streamed(lengths, 1_000, 20)
    packer = Packer[int](1_000, 1_000, 20)
    packs: list[list[int]] = []
    for place, length in enumerate(lengths):
        packer.add(place, length)
        while packer.ready:
            packs.append(packer.take())
            fresh = Packer[int](1_000, 1_000, 20)
            for waiting in packer.waiting:
                fresh.add(waiting, lengths[waiting])
            packer = fresh
    while packer.waiting:
        packs.append(packer.take())
    assert packs == whole
