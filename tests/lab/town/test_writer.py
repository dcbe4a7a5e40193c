import hashlib
import time
from pathlib import Path

import pytest

from echoloop.lab.town import Town, TownPlan, load_truth, write_town


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = [f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_town(tmp_path / "a", TownPlan(seed=3, threads=24))
    second = write_town(tmp_path / "b", TownPlan(seed=3, threads=24))
    assert digest(first.folder) == digest(second.folder)


def test_another_seed_gives_another_town(tmp_path: Path) -> None:
    first = write_town(tmp_path / "a", TownPlan(seed=3, threads=5))
    second = write_town(tmp_path / "b", TownPlan(seed=4, threads=5))
    assert digest(first.folder) != digest(second.folder)


def test_truth_reads_back(town: Town) -> None:
    assert load_truth(town.truth_file) == town.truth


def test_a_file_that_is_no_truth_says_so(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text('{"product": 3}')
    with pytest.raises(ValueError, match=r"truth\.json is not a town's truth"):
        load_truth(tmp_path / "truth.json")


def test_a_town_is_not_written_over_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="not empty"):
        write_town(tmp_path, TownPlan(threads=1))


@pytest.mark.parametrize("change", [{"threads": 0}, {"held_out_share": 1.5}])
def test_impossible_plans_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        TownPlan(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [1, 3, 20])
def test_tiny_towns_have_as_many_threads_as_asked(tmp_path: Path, threads: int) -> None:
    truth = write_town(tmp_path / "t", TownPlan(threads=threads)).truth
    assert len({post.thread_root for post in truth.posts}) == threads


def test_a_small_town_is_written_quickly(tmp_path: Path) -> None:
    begun = time.process_time()
    write_town(tmp_path / "t", TownPlan(threads=40))
    assert time.process_time() - begun < 5
