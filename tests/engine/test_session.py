"""What a run keeps, skips, asks again, and refuses to write."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from small_runs import run_small, small_stages, toy_endpoint

from echoloop.calls import Endpoint, LedgerWriteError
from echoloop.engine import Desk, MissingReceipts, NoAnswers, Stopped
from echoloop.records import Dropped, ImageRef, Keep, Mistake, Post, Relevance
from echoloop.records.arrow import from_table
from echoloop.workspace import CouldNotWrite, ImageStore, reading

MIXED = ["a ball", "please refuse", "just mumble", "in a fence", "so dull", "an outage"]


def rows(folder: Path) -> dict[str, str]:
    """post text -> state or reason, over kept and dropped rows."""
    tables = reading(folder / "workspace").tables
    kept = {row.post: str(row.score) for row in from_table(tables.read("relevance"), Relevance)}
    lost = {row.key: row.reason for row in from_table(tables.read("relevance.dropped"), Dropped)}
    return {MIXED[int(url.rsplit("/", 1)[1])]: end for url, end in {**kept, **lost}.items()}


def calls(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def stop_after(stop: threading.Event, log: Path, count: int) -> None:
    while len(calls(log)) < count:
        stop.wait(0.01)
    stop.set()


def test_every_row_ends_as_a_value_or_a_reason(tmp_path: Path) -> None:
    run_small(tmp_path, small_stages(tmp_path, MIXED), toy_endpoint())
    assert rows(tmp_path) == {
        "a ball": "5",
        "please refuse": "relevance refused",
        "just mumble": "relevance unparsed",
        "in a fence": "4",
        "so dull": "relevance 2",
        "an outage": "5",
    }


def test_a_fresh_table_is_not_made_again_and_a_forced_one_asks_nobody(tmp_path: Path) -> None:
    log = tmp_path / "log"
    stages = small_stages(tmp_path, ["a", "b", "c"])
    run_small(tmp_path, stages, toy_endpoint(log=str(log)))
    assert all(result.fresh for result in run_small(tmp_path, stages, toy_endpoint(log=str(log))))
    forced = run_small(tmp_path, stages, toy_endpoint(log=str(log)), force=True)
    assert not any(result.fresh for result in forced)
    assert len(calls(log)) == 3


def test_another_model_is_another_question(tmp_path: Path) -> None:
    log = tmp_path / "log"
    stages = small_stages(tmp_path, ["a", "b"])
    endpoint = toy_endpoint(log=str(log))
    run_small(tmp_path, stages, endpoint)
    other = Endpoint(
        **{name: getattr(endpoint, name) for name in endpoint.__struct_fields__ if name != "snapshot"},
        snapshot="toy-2",
    )
    result = run_small(tmp_path, stages, other)[1]
    assert not result.fresh
    assert len(calls(log)) == 4


def test_a_changed_post_asks_only_about_that_post(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run_small(tmp_path, small_stages(tmp_path, ["a", "b", "c"]), toy_endpoint(log=str(log)))
    run_small(tmp_path, small_stages(tmp_path, ["a", "B", "c"]), toy_endpoint(log=str(log)))
    assert sorted(calls(log)) == ["B", "a", "b", "c"]


def test_unanswered_rows_are_asked_again_and_only_those(tmp_path: Path) -> None:
    log, down = tmp_path / "log", tmp_path / "down"
    down.touch()
    endpoint = toy_endpoint(log=str(log), down=str(down))
    stages = small_stages(tmp_path, ["fine", "an outage", "well"])
    first = run_small(tmp_path, stages, endpoint)[1]
    assert first.unanswered >= 1
    down.unlink()
    before = len(calls(log))
    again = run_small(tmp_path, stages, endpoint)[1]
    assert not again.fresh
    assert (again.kept, again.unanswered) == (3, 0)
    assert len(calls(log)) - before == first.unanswered
    assert run_small(tmp_path, stages, endpoint)[1].fresh


def test_when_nobody_answers_nothing_is_written(tmp_path: Path) -> None:
    down = tmp_path / "down"
    down.touch()
    with pytest.raises(NoAnswers, match="this key is over"):
        run_small(
            tmp_path, small_stages(tmp_path, ["outage one", "outage two"]), toy_endpoint(down=str(down))
        )
    assert reading(tmp_path / "workspace").tables.manifest("relevance") is None


def test_a_stop_leaves_no_short_table_and_the_next_run_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "log"
    texts = [f"post {number}" for number in range(200)]
    stages = small_stages(tmp_path, texts)
    stop = threading.Event()
    threading.Thread(target=stop_after, args=(stop, log, 20)).start()
    with pytest.raises(Stopped, match="Run the same command again"):
        run_small(tmp_path, stages, toy_endpoint(log=str(log), delay="0.05"), stop=stop)
    asked = len(calls(log))
    assert 20 <= asked < 200
    assert reading(tmp_path / "workspace").tables.manifest("relevance") is None
    result = run_small(tmp_path, stages, toy_endpoint(log=str(log)))[1]
    assert result.kept == 200
    assert len(calls(log)) == 200


def test_a_cost_bound_stops_cleanly_and_is_never_crossed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    stages = small_stages(tmp_path, [f"post {number}" for number in range(50)])
    with pytest.raises(Stopped, match="cost bound"):
        run_small(tmp_path, stages, toy_endpoint(log=str(log)), max_cost=0.105)
    assert len(calls(log)) == 10
    assert run_small(tmp_path, stages, toy_endpoint(log=str(log)), max_cost=0.5)[1].kept == 50


def test_offline_replays_and_names_what_is_missing(tmp_path: Path) -> None:
    stages = small_stages(tmp_path, ["a", "b"])
    with pytest.raises(MissingReceipts, match="2 of 2 answers"):
        run_small(tmp_path, stages, toy_endpoint(), mode="offline")
    run_small(tmp_path, stages, toy_endpoint())
    assert run_small(tmp_path, stages, toy_endpoint(), mode="offline", force=True)[1].kept == 2


def test_a_plan_counts_and_prices_and_writes_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log"
    results = run_small(tmp_path, small_stages(tmp_path, ["a", "b"]), toy_endpoint(log=str(log)), mode="plan")
    assert [result.stage for result in results] == ["found", "relevance", "posts"]
    assert not calls(log)
    assert reading(tmp_path / "workspace").tables.names() == []


def test_a_missing_key_is_said_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_KEY_HERE", raising=False)
    endpoint = Endpoint(
        name="reader", provider="p", model="m", base_url="http://127.0.0.1:9/v1", key_env="NO_SUCH_KEY_HERE"
    )
    with pytest.raises(Mistake, match="NO_SUCH_KEY_HERE"):
        run_small(tmp_path, small_stages(tmp_path, ["a"]), endpoint)


def test_a_server_that_is_down_is_a_failure_with_its_address_left_alone(tmp_path: Path) -> None:
    endpoint = Endpoint(name="reader", provider="p", model="m", base_url="http://127.0.0.1:9/v1", retries=0)
    with pytest.raises(NoAnswers, match="its server is up") as caught:
        run_small(tmp_path, small_stages(tmp_path, ["a"]), endpoint)
    assert caught.value.exit_status == 1


def test_an_unknown_endpoint_is_named(tmp_path: Path) -> None:
    endpoint = Endpoint(name="other", provider="p", model="m", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(Mistake, match="no endpoint 'reader'"):
        run_small(tmp_path, small_stages(tmp_path, ["a"]), endpoint)


def test_a_cost_bound_without_a_price_is_a_mistake_and_nothing_is_sent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    unpriced = msgspec.structs.replace(toy_endpoint(log=str(log)), price=None)
    stages = small_stages(tmp_path, ["a", "b"])
    with pytest.raises(Mistake, match="price of endpoint 'reader'"):
        run_small(tmp_path, stages, unpriced, max_cost=1.0)
    assert not calls(log)
    run_small(tmp_path, stages, unpriced)
    assert run_small(tmp_path, stages, unpriced, max_cost=1.0, force=True)[1].kept == 2


def test_a_stage_without_rows_is_an_empty_table_and_asks_nobody(tmp_path: Path) -> None:
    log = tmp_path / "log"
    results = run_small(tmp_path, small_stages(tmp_path, []), toy_endpoint(log=str(log)))
    assert [(result.kept, result.dropped) for result in results] == [(0, 0)] * 3
    assert not calls(log)
    assert all(
        result.fresh for result in run_small(tmp_path, small_stages(tmp_path, []), toy_endpoint(log=str(log)))
    )


def test_what_cannot_be_kept_is_not_bought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    stages = small_stages(tmp_path, [f"post {number}" for number in range(200)])

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("echoloop.calls.ledger_writer.insert", full)
        with pytest.raises(LedgerWriteError, match="No space left"):
            run_small(tmp_path, stages, toy_endpoint(log=str(log), delay="0.01"))
    assert len(calls(log)) < 60
    assert reading(tmp_path / "workspace").tables.manifest("relevance") is None
    assert run_small(tmp_path, stages, toy_endpoint(log=str(log)))[1].kept == 200


def look_slowly(row: str, images: ImageStore) -> ImageRef:
    with Path(row).open("a") as seen:
        seen.write("looked\n")
    threading.Event().wait(0.05)
    return ImageRef(sha256=None)


def test_a_stop_while_pictures_are_looked_at_is_a_stop(tmp_path: Path) -> None:
    stop, log = threading.Event(), tmp_path / "log"

    def run(desk: Desk[None]) -> Iterator[Keep[Post]]:
        desk.map([str(log)] * 100, look_slowly, ImageRef)
        yield from ()

    threading.Thread(target=stop_after, args=(stop, log, 3)).start()
    stage = replace(small_stages(tmp_path, ["a"])[0], run=run)
    with pytest.raises(Stopped, match="same command again"):
        run_small(tmp_path, [stage], toy_endpoint(), stop=stop)
    assert len(calls(log)) < 100
    assert reading(tmp_path / "workspace").tables.names() == []


def test_a_function_over_rows_that_raises_says_what_it_raised(tmp_path: Path) -> None:
    def broken(row: str, images: ImageStore) -> ImageRef:
        raise CouldNotWrite(f"{row} does not fit on the disk")

    def run(desk: Desk[None]) -> Iterator[Keep[Post]]:
        desk.map(["one", "two"], broken, ImageRef)
        yield from ()

    stage = replace(small_stages(tmp_path, ["a"])[0], run=run)
    with pytest.raises(CouldNotWrite, match="one does not fit"):
        run_small(tmp_path, [stage], toy_endpoint())
    assert reading(tmp_path / "workspace").tables.names() == []
