"""Rows that several ranks wrote, read by others in other pieces."""

from pathlib import Path

import pytest
import torch

from echoloop.records import Problem
from echoloop.train.checkpoints.run_tensors import Rows, RunTensors, write_rows


@pytest.fixture
def saved(tmp_path: Path) -> RunTensors:
    """Seven rows over three ranks, the last of which has one; a scalar's worth of its own each."""
    whole = torch.arange(21.0).reshape(7, 3)
    rows = []
    for rank, (first, last) in enumerate(((0, 3), (3, 6), (6, 7))):
        write_rows(
            tmp_path / f"{rank}.safetensors", {"w": whole[first:last], f"own/{rank}": torch.tensor([rank])}
        )
        rows.append({"w": Rows(first, 7), f"own/{rank}": Rows(0, 1)})
    return RunTensors([tmp_path / f"{rank}.safetensors" for rank in range(3)], rows)


def test_the_whole_is_put_together(saved: RunTensors) -> None:
    assert torch.equal(saved.whole("w"), torch.arange(21.0).reshape(7, 3))
    assert saved.plan("w").shape == (7, 3)


def test_a_plain_target_gets_everything(saved: RunTensors) -> None:
    target = torch.zeros(7, 3)
    saved.restore("w", target)
    assert torch.equal(target, torch.arange(21.0).reshape(7, 3))


def test_what_is_a_ranks_own_stays_its_own(saved: RunTensors) -> None:
    assert saved.of_rank(1, "own/1") == torch.tensor([1])
    assert saved.of_rank(0, "own/1") is None


@pytest.mark.parametrize("shape", [(7, 4), (8, 3)])
def test_another_shape_is_another_run(saved: RunTensors, shape: tuple[int, int]) -> None:
    with pytest.raises(Problem, match=r"w is \[7, 3\]"):
        saved.restore("w", torch.zeros(shape))
    with pytest.raises(Problem, match="not in the checkpoint"):
        saved.restore("v", torch.zeros(shape))
