"""kill -9 at random moments: little is paid twice, nothing acknowledged is lost, the tables are what they would have been."""

from pathlib import Path

import pytest
from kill_runs import kill_and_resume

CONCURRENCY = 16


@pytest.mark.kill
@pytest.mark.parametrize("seed", [7])
def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(tmp_path: Path, seed: int) -> None:
    outcome = kill_and_resume(tmp_path, posts=200, kills=4, concurrency=CONCURRENCY, seed=seed)
    assert outcome.distinct == 600
    assert outcome.lost == 0
    assert outcome.paid_twice <= sum(outcome.bounds)
    assert max(outcome.bounds) <= 2 * CONCURRENCY
    assert outcome.tables >= 12
    assert outcome.differing == ()
