"""Agreement against hand-made and known tables."""

import numpy as np
import pytest

from echoloop.statistics.agreement import f1, weighted_kappa


def test_kappa_of_known_tables() -> None:
    # Of two classes quadratic weights are no weights: the textbook's 0.4.
    assert weighted_kappa(np.array([[20.0, 5.0], [10.0, 15.0]])) == pytest.approx(0.4)
    assert weighted_kappa(np.diag([3.0, 4.0, 5.0])) == pytest.approx(1.0)
    assert weighted_kappa(np.outer([1.0, 2.0, 3.0], [2.0, 2.0, 1.0])) == pytest.approx(0.0)


def test_being_far_off_counts_more_and_nothing_is_no_number() -> None:
    near, far = np.diag([5.0, 5.0, 5.0]), np.diag([5.0, 5.0, 5.0])
    near[0, 1] = far[0, 2] = 2.0
    stacked = weighted_kappa(np.stack([near, far, np.zeros((3, 3)), np.diag([9.0, 0, 0])]))
    assert stacked[0] > stacked[1]
    assert np.isnan(stacked[2:]).all()
    assert np.isnan(f1(np.array(0.0), np.array(0.0), np.array(0.0)))
    with pytest.raises(ValueError, match="square"):
        weighted_kappa(np.zeros((2, 3)))
