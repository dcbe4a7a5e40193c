"""A program reads JSONL and writes pictures; whatever else it does ends as a row that says so."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import drawing_program
import numpy as np
import pytest
from generate_runs import Generated, generate, item
from stage_runs import store_picture, workspace_of

from echoloop.calls import Endpoint, Price
from echoloop.engine import MissingReceipts, NoAnswers, Stopped
from echoloop.generate import ImageModel, command_endpoint
from echoloop.generate.showing import SENT
from echoloop.images import decode
from echoloop.records import Item

PROGRAM = str(Path(drawing_program.__file__))


def program(folder: Path, *words: str, **more: Any) -> Endpoint:
    command = [sys.executable, PROGRAM, "--log", str(folder / "log"), *words]
    return command_endpoint("brush", command, scratch=folder / "scratch", where=folder, **more)


def draw(folder: Path, items: list[Item], endpoint: Endpoint, **more: Any) -> Generated:
    folder.mkdir(exist_ok=True)
    model = ImageModel(name="brush", endpoint="brush", developer="us", batched=True)
    return generate(folder, items, [model], [endpoint], scratch=str(folder / "scratch"), **more)


def orders(folder: Path) -> list[dict[str, Any]]:
    log = folder / "log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.mark.parametrize("words", [(), ("--all",), ("--say",), ("--chatter",)])
def test_it_draws_whichever_way_it_reads(tmp_path: Path, words: tuple[str, ...]) -> None:
    given = store_picture(tmp_path, np.full((5, 5, 3), 9, dtype=np.uint8))
    run = draw(tmp_path, [item("house"), item("edit", given, given)], program(tmp_path, *words), samples=2)
    assert [(one.item, one.number, one.state, one.seed) for one in run.outputs] == [
        ("edit", 0, "answered", 5),
        ("edit", 1, "answered", 6),
        ("house", 0, "answered", 5),
        ("house", 1, "answered", 6),
    ]
    pixels = decode(workspace_of(tmp_path).images.read(run.outputs[1].image or "")).pixels
    assert pixels[0, 0].tolist() == [6, 2, 90]
    assert all(one.cost is None and one.latency is None and one.receipt for one in run.outputs)
    assert not (tmp_path / "scratch").exists()


def test_what_it_is_told(tmp_path: Path) -> None:
    given = [store_picture(tmp_path, np.full((5, 7, 3), red, dtype=np.uint8)) for red in (200, 9, 90)]
    endpoint = program(tmp_path, parameters={"steps": 30, "style": "oil"}, price=Price(request=0.5))
    run = draw(tmp_path, [item("edit", *given)], endpoint)
    (order,) = orders(tmp_path)
    assert order["prompt"] == "paint edit"
    assert order["parameters"] == {"steps": 30, "style": "oil"}
    assert order["seed"] == 5
    store = workspace_of(tmp_path).images
    shown = [f"{store.rendition(one.sha256 or '', SENT)}.png" for one in given]
    assert [Path(path).name for path in order["images"]] == shown
    assert run.outputs[0].cost == 0.5
    assert run.outputs[0].snapshot.startswith("brush@")


def test_two_samples_of_one_seed_are_two_receipts_of_one_picture(tmp_path: Path) -> None:
    run = draw(tmp_path, [item("house")], program(tmp_path, parameters={"seed": 9}), samples=2)
    assert [(one.state, one.seed) for one in run.outputs] == [("answered", 9)] * 2
    assert len({one.receipt for one in run.outputs}) == 2
    assert len({one.image for one in run.outputs}) == 1


def test_each_way_to_fail_is_a_row(tmp_path: Path) -> None:
    names = ["house", "a fight", "an outage", "nothing", "rubbish", "empty"]
    run = draw(tmp_path, [item(name) for name in names], program(tmp_path, "--chatter"))
    states = {one.item: one.state for one in run.outputs}
    assert states == {
        "house": "answered",
        "a fight": "refused",
        "an outage": "failed",
        "nothing": "failed",
        "rubbish": "unparsed",
        "empty": "failed",
    }
    reasons = {one.item: one.reason for one in run.outputs}
    assert "not by me" in reasons["a fight"]
    assert "out of paint" in reasons["an outage"]
    assert "ended without drawing" in reasons["nothing"]
    assert "loading the model" in reasons["nothing"]
    assert "not a picture" in reasons["rubbish"]
    assert "empty file" in reasons["empty"]


def test_a_crash_keeps_what_was_drawn_and_says_why_the_rest_is_not(tmp_path: Path) -> None:
    run = draw(tmp_path, [item("1 house"), item("2 a crash"), item("3 tree")], program(tmp_path, "--all"))
    found = run.by_item
    assert found["1 house"].state == "answered"
    assert found["2 a crash"].state == found["3 tree"].state == "failed"
    assert "ended with 3: the canvas tore" in found["3 tree"].reason
    assert run.results[-1].unanswered == 2


def test_a_killed_program_goes_on_where_it_was(tmp_path: Path) -> None:
    items = [item(f"house {number}") for number in range(6)]
    first = draw(tmp_path, items, program(tmp_path, "--all", "--stop-after", "4"))
    assert [one.state for one in first.outputs].count("answered") == 4
    assert "killed by signal 9" in first.outputs[-1].reason
    again = draw(tmp_path, items, program(tmp_path, "--all", "--stop-after", "4"))
    assert [one.state for one in again.outputs] == ["answered"] * 6
    assert len(orders(tmp_path)) == 6


def test_pictures_of_a_run_that_died_are_taken_and_half_of_one_is_drawn_again(tmp_path: Path) -> None:
    items = [item("house"), item("tree")]
    elsewhere = tmp_path / "elsewhere"
    draw(elsewhere, items, program(elsewhere))
    drawn = tmp_path / "scratch" / "brush" / "drawn"
    drawn.mkdir(parents=True)
    command = program(tmp_path)
    made = {order["prompt"]: order["id"] for order in orders(elsewhere)}
    whole = drawing_program.png(200, 0, 0)
    same = command_endpoint(
        "brush",
        [sys.executable, PROGRAM, "--log", str(elsewhere / "log")],
        scratch=tmp_path / "scratch",
        where=tmp_path,
    )
    assert same.model != command.model
    (drawn / f"{made['paint house']}.png").write_bytes(whole)
    (drawn / f"{made['paint tree']}.png").write_bytes(whole[:-20])
    run = draw(tmp_path, items, same)
    first = decode(workspace_of(tmp_path).images.read(run.by_item["house"].image or "")).pixels
    second = decode(workspace_of(tmp_path).images.read(run.by_item["tree"].image or "")).pixels
    assert first[0, 0].tolist() == [200, 0, 0]
    assert second[0, 0].tolist() == [5, 0, 90]
    assert len(orders(elsewhere)) == 3


def test_finished_it_replays_without_the_program_and_offline(tmp_path: Path) -> None:
    items = [item("house"), item("a fight")]
    first = draw(tmp_path, items, program(tmp_path))
    workspace_of(tmp_path).tables.remove("outputs")
    again = draw(tmp_path, items, program(tmp_path), mode="offline")
    assert again.outputs == first.outputs
    assert len(orders(tmp_path)) == 2


def test_planning_and_offline_never_start_it(tmp_path: Path) -> None:
    draw(tmp_path, [item("house")], program(tmp_path), mode="plan")
    with pytest.raises(MissingReceipts):
        draw(tmp_path, [item("house")], program(tmp_path), mode="offline")
    assert orders(tmp_path) == []
    assert not (tmp_path / "scratch").exists()


def test_a_changed_script_is_another_model(tmp_path: Path) -> None:
    script = tmp_path / "draw.py"
    script.write_text("pass")
    before = command_endpoint("brush", ["python", "draw.py"], scratch=tmp_path, where=tmp_path)
    script.write_text("pass  # better")
    after = command_endpoint("brush", ["python", "draw.py"], scratch=tmp_path, where=tmp_path)
    assert before.model != after.model
    pinned = command_endpoint("brush", ["python", "draw.py"], scratch=tmp_path, where=tmp_path, snapshot="v1")
    assert pinned.pinned_model == "v1"


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    endpoint = command_endpoint("brush", ["no-such-brush"], scratch=tmp_path / "s", where=tmp_path)
    with pytest.raises(NoAnswers, match="there is no program 'no-such-brush'"):
        draw(tmp_path, [item("house"), item("tree")], endpoint)


def test_a_program_that_never_delivers_is_not_started_for_ever(tmp_path: Path) -> None:
    items = [item(f"a crash {number}") for number in range(60)]
    with pytest.raises(NoAnswers, match="the canvas tore"):
        draw(tmp_path, items, program(tmp_path))
    assert len(orders(tmp_path)) == 2


def test_a_silent_program_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    run = draw(tmp_path, [item("1 house"), item("sleep")], program(tmp_path, "--all", patience=1.5))
    assert run.by_item["1 house"].state == "answered"
    assert "delivered nothing for 1.5 s" in run.by_item["sleep"].reason
    assert _asleep(tmp_path) == ""


def test_a_stop_ends_it_and_the_next_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("echoloop.engine.asking.GRACE_SECONDS", 0.2)
    stop = threading.Event()
    items = [item("1 house"), item("2 sleep"), item("3 tree")]

    def stop_when_drawing() -> None:
        while len(orders(tmp_path)) < 2:
            time.sleep(0.02)
        stop.set()

    watcher = threading.Thread(target=stop_when_drawing)
    watcher.start()
    with pytest.raises(Stopped):
        draw(tmp_path, items, program(tmp_path, "--all"), stop=stop)
    watcher.join()
    for thread in threading.enumerate():
        if thread.name == "command":
            thread.join(20)
    assert _asleep(tmp_path) == ""
    again = draw(tmp_path, [item("1 house"), item("3 tree")], program(tmp_path, "--all"))
    assert [one.state for one in again.outputs] == ["answered", "answered"]
    assert [order["prompt"] for order in orders(tmp_path)].count("paint 1 house") == 1


def test_the_keys_of_endpoints_are_not_its_business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", "secret")
    monkeypatch.setenv("BRUSH_HOME", "here")
    shell = 'while read line; do echo "$JUDGE_KEY/$BRUSH_HOME" >> seen; done'
    endpoint = command_endpoint(
        "brush", ["sh", "-c", shell], scratch=tmp_path / "scratch", where=tmp_path, hide=["JUDGE_KEY"]
    )
    with pytest.raises(NoAnswers):
        draw(tmp_path, [item("house")], endpoint)
    assert (tmp_path / "seen").read_text() == "/here\n"


def _asleep(folder: Path) -> str:
    """Programs of this test that are still there."""
    told = subprocess.run(["pgrep", "-f", str(folder / "log")], capture_output=True, text=True, check=False)
    return told.stdout


RUN = """
import sys
from pathlib import Path
from generate_runs import generate, item
from echoloop.generate import ImageModel, command_endpoint
folder, names = Path(sys.argv[1]), sys.argv[2].split(",")
endpoint = command_endpoint("brush", sys.argv[3:], scratch=folder / "scratch", where=folder)
model = ImageModel(name="brush", endpoint="brush", developer="us", batched=True)
generate(folder, [item(name) for name in names], [model], [endpoint], scratch=str(folder / "scratch"))
"""


@pytest.mark.kill
def test_killed_outright_it_leaves_no_program_behind_and_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, PROGRAM, "--all", "--log", str(tmp_path / "log")]
    words = [sys.executable, "-c", RUN, str(tmp_path), "1 house,2 tree,3 sleep", *command]
    run = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(Path(PROGRAM).parent)})
    until = time.monotonic() + 60
    while len(orders(tmp_path)) < 3:
        assert run.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    run.kill()
    run.wait()
    while _asleep(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    assert _asleep(tmp_path) == ""
    endpoint = command_endpoint("brush", command, scratch=tmp_path / "scratch", where=tmp_path)
    again = draw(tmp_path, [item("1 house"), item("2 tree")], endpoint)
    assert [one.state for one in again.outputs] == ["answered", "answered"]
    assert len(orders(tmp_path)) == 3
