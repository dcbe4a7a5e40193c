"""A run that was broken off goes on as if nothing had happened."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
import torch
from train_runs import MICRO, SETTINGS, Packs, logged

from echoloop.records import Mistake
from echoloop.train.bagel import open_autoencoder
from echoloop.train.checkpoints import CouldNotSave, RunFolder, open_weights
from echoloop.train.data import Unencoded
from echoloop.train.running import Lora, Optimiser, Settings, Start, Tuning, train

RANK = Path(__file__).parents[2] / "support" / "train_rank.py"


def run(folder: Path, settings: Settings = SETTINGS, feed: Packs | None = None) -> list[str]:
    """Train a micro run; what was said."""
    said: list[str] = []
    train(Start(MICRO), settings, open_autoencoder(MICRO.vae), feed or Packs(), folder, said.append)
    return said


def until(steps: int) -> Settings:
    return msgspec.structs.replace(SETTINGS, steps=steps)


def same_weights(one: Path, other: Path) -> bool:
    first, second = open_weights(one / "published-000006"), open_weights(other / "published-000006")
    return all(torch.equal(first.read(name), second.read(name)) for name in first)


class Filling(Packs):
    """The disk is full from the fifth pack on."""

    def __call__(self, rank: int, ranks: int, positions: Sequence[str]) -> Iterator[tuple[Unencoded, str]]:
        for number, pack in enumerate(super().__call__(rank, ranks, positions), start=1):
            if number == 5:
                resource.setrlimit(
                    resource.RLIMIT_FSIZE, (100_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
                )
            yield pack


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    run(folder)
    return folder


@pytest.mark.parametrize("tuning", ["full", Lora(rank=2, alpha=2.0)], ids=["full", "lora"])
def test_losses_and_weights_are_the_same_bit_for_bit(tmp_path: Path, tuning: Tuning) -> None:
    settings = msgspec.structs.replace(SETTINGS, tuning=tuning, accumulate=2)
    run(tmp_path / "whole", settings)
    run(tmp_path / "broken", msgspec.structs.replace(settings, steps=4))
    run(tmp_path / "broken", settings)
    assert logged(tmp_path / "broken") == logged(tmp_path / "whole")
    assert same_weights(tmp_path / "broken", tmp_path / "whole")
    assert (tmp_path / "broken/samples-00000.jsonl").read_bytes() == (
        tmp_path / "whole/samples-00000.jsonl"
    ).read_bytes()


def test_a_killed_run_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    killed = started(tmp_path / "run", "dying")
    assert killed.returncode == -signal.SIGKILL
    assert len(logged(tmp_path / "run")) <= 4
    (tmp_path / "run" / ".step-000006.draft").mkdir()
    again = started(tmp_path / "run")
    assert "going on from" in again.stdout
    assert "step-000003" in again.stdout
    assert started(tmp_path / "whole").returncode == 0
    assert logged(tmp_path / "run") == logged(tmp_path / "whole")
    assert not (tmp_path / "run" / ".step-000006.draft").exists()


def started(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A micro run in a process of its own."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(RANK.parent)])}
    command = [sys.executable, str(RANK), str(folder), "6", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_a_torn_checkpoint_is_passed_over_with_a_word(whole: Path, tmp_path: Path) -> None:
    run(tmp_path)
    tensors = tmp_path / "step-000006" / "rank-00000.safetensors"
    data = bytearray(tensors.read_bytes())
    data[-5] ^= 1
    tensors.write_bytes(data)
    said = run(tmp_path)
    assert any("step-000006 is passed over: rank-00000.safetensors" in line for line in said)
    assert logged(tmp_path) == logged(whole)


@pytest.mark.parametrize("damage", ["no manifest", "short", "nonsense"])
def test_checkpoints_that_were_never_whole_do_not_count(tmp_path: Path, damage: str) -> None:
    run(tmp_path)
    newest = tmp_path / "step-000006"
    if damage == "no manifest":
        (newest / "manifest.json").unlink()
    elif damage == "short":
        os.truncate(newest / "rank-00000.safetensors", 1_000)
    else:
        (newest / "manifest.json").write_text("{")
    said: list[str] = []
    assert [one.step for one in RunFolder(tmp_path, say=said.append).newest_first()] == [3]
    assert "step-000006" in said[0]


def test_a_full_disk_leaves_the_last_checkpoint(whole: Path, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with pytest.raises(CouldNotSave, match="last good") as caught:
            run(tmp_path, feed=Filling())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "step-000006" in caught.value.where
    assert [path.name for path in sorted(tmp_path.glob("*step*"))] == ["step-000003"]
    run(tmp_path)
    assert logged(tmp_path) == logged(whole)


def test_only_the_last_few_are_kept(tmp_path: Path) -> None:
    saving = msgspec.structs.replace(SETTINGS.saving, every=1, keep=2)
    run(tmp_path, msgspec.structs.replace(SETTINGS, saving=saving, steps=5))
    assert [path.name for path in sorted(tmp_path.glob("step-*"))] == ["step-000004", "step-000005"]


def test_a_run_cannot_go_on_with_other_settings(tmp_path: Path) -> None:
    run(tmp_path, until(3))
    other = msgspec.structs.replace(SETTINGS, optimiser=Optimiser(rate=1e-3))
    with pytest.raises(Mistake, match=r"settings\.optimiser"):
        run(tmp_path, other)


def test_a_signal_ends_the_run_after_its_step(whole: Path, tmp_path: Path) -> None:
    class Interrupted(Packs):
        def __call__(
            self, rank: int, ranks: int, positions: Sequence[str]
        ) -> Iterator[tuple[Unencoded, str]]:
            for number, pack in enumerate(super().__call__(rank, ranks, positions), start=1):
                if number == 2:
                    os.kill(os.getpid(), signal.SIGTERM)
                yield pack

    said: list[str] = []
    outcome = train(Start(MICRO), SETTINGS, open_autoencoder(MICRO.vae), Interrupted(), tmp_path, said.append)
    assert (outcome.step, outcome.stopped) == (2, "SIGTERM")
    assert outcome.checkpoint == tmp_path / "step-000002"
    assert any("the same command goes on" in line for line in said)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    run(tmp_path)
    assert logged(tmp_path) == logged(whole)
