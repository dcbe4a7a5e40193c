"""The judge act in a process of its own over a lab server, and killing it at chosen moments."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from echoloop.calls import Ledger
from echoloop.images import encode_png
from echoloop.lab.painters import PAINTERS, paint
from echoloop.lab.painters.painting import Painted
from echoloop.lab.scenes import describe, sample_scene
from echoloop.records import Item, Output, Problem
from echoloop.records.arrow import to_table
from echoloop.workspace import writing

JUDGES = ("strict", "fair", "lenient")
RUN = """
import sys
from pathlib import Path
from echoloop.cli.composing import read_house, session
from echoloop.cli.options import Place, Running
from echoloop.judge import judge_stages
house = read_house(Place(config=Path(sys.argv[1]), workspace=Path(sys.argv[2])))
with session(house, Running(json=True)) as opened:
    opened.run(judge_stages(house.judge))
"""
"""Without canaries: their number hangs on the outputs' table, and here only what judges say may differ."""


@contextmanager
def lab_server(*faults: str) -> Iterator[str]:
    """`echoloop lab serve` in a process of its own: its address."""
    command = [str(Path(sys.executable).with_name("echoloop")), "lab", "serve", *faults]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield _address(server.stdout.readline())
        finally:
            server.terminate()


def _address(line: str) -> str:
    return next(word for word in line.replace(",", " ").split() if word.startswith("http"))


def write_settings(folder: Path, base_url: str) -> Path:
    """echoloop.toml with three judges of the lab behind an address."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = [
        'subject = "Lab Painter"\nreleased = 2025-03-25\n',
        f"[roles]\njudges = {json.dumps(JUDGES)}\n[judge]\nresamples = 200\n",
    ]
    tables += [
        f'[endpoints.{judge}]\nbase_url = "{base_url}"\nprovider = "lab"\nmodel = "lab-judge-{judge}"\nconcurrency = 16\n'
        "retries = 12\nprice = { request = 0 }\n"
        for judge in JUDGES
    ]
    tables += [f'[models.{painter.name}]\nendpoint = "strict"\n' for painter in PAINTERS[:4]]
    (folder / "echoloop.toml").write_text("\n".join(tables))
    return folder / "echoloop.toml"


def fill(workspace: Path, items: int, seed: int = 0) -> None:
    """Items of the lab and what four painters made of them."""
    draw = np.random.default_rng(seed)
    rows: list[Item] = []
    made: list[Output] = []
    with writing(workspace) as opened:
        for number in range(items):
            prompt = describe(sample_scene(draw), "en", draw)
            rows.append(
                Item(
                    id=f"i{number:03}", split="text_to_image", sample="s", prompt=prompt, quality="Benchmark"
                )
            )
            for painter in PAINTERS[:4]:
                painted = paint(painter, prompt, [], f"{number}", 5)
                if isinstance(painted, Painted):
                    made.append(
                        Output(
                            id=f"i{number:03}/{painter.name}/0",
                            item=f"i{number:03}",
                            model=painter.name,
                            split="text_to_image",
                            state="answered",
                            image=opened.images.put(encode_png(painted.pixels)),
                        )
                    )
        opened.tables.write("items", to_table(rows, Item), Item)
        opened.tables.write("outputs", to_table(made, Output), Output)


def start(settings: Path, workspace: Path) -> "subprocess.Popen[bytes]":
    """The act, on its own."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(settings), str(workspace)], stderr=subprocess.DEVNULL
    )


def kill_at(run: "subprocess.Popen[bytes]", workspace: Path, receipts: int) -> None:
    """SIGKILL as soon as so many receipts are committed."""
    until = time.monotonic() + 60
    while _receipts(workspace) < receipts and run.poll() is None:
        assert time.monotonic() < until, "the run stands still"
        time.sleep(0.002)
    run.send_signal(signal.SIGKILL)
    run.wait()


def _receipts(workspace: Path) -> int:
    try:
        with Ledger(workspace / "receipts.sqlite", readonly=True) as ledger:
            return sum(total.calls for total in ledger.stat())
    except (Problem, sqlite3.Error):
        return 0
