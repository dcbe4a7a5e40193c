"""Clusters and nearest prompts."""

import numpy as np
import pytest

from echoloop.curate.analyses import cluster, nearest

BOATS = [f"paint a red boat at sea number {number}" for number in range(12)]
CATS = [f"turn this cat photo into a sketch version {number}" for number in range(12)]


def test_like_goes_with_like_for_the_same_seed() -> None:
    texts = [text for pair in zip(BOATS, CATS, strict=True) for text in pair]
    belongs, closeness = cluster(texts, 2, seed=3)
    assert len(set(belongs[::2])) == len(set(belongs[1::2])) == 1
    assert belongs[0] != belongs[1]
    assert (closeness > 0.3).all()
    again, _ = cluster(texts, 2, seed=3)
    assert (again == belongs).all()


@pytest.mark.parametrize("texts", [[], ["one"], ["", "", ""], ["same"] * 5])
def test_odd_sets_do_no_harm(texts: list[str]) -> None:
    belongs, closeness = cluster(texts, 4)
    assert len(belongs) == len(texts)
    assert np.isfinite(closeness).all()


def test_the_nearest_old_prompt_is_found() -> None:
    near = nearest(["A red boat", "quantum llama"], ["a red boat", "a blue boat", "the sky"])
    assert near[0] == pytest.approx(1.0)
    assert near[1] == 0.0
    assert nearest(["x"], []).tolist() == [0.0]
