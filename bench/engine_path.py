"""What is left of a bare HTTP loop's speed when the calls go through the whole engine: Daft, desk, door, ledger, validation?

Ratios against bare aiohttp loops in the same run, against the same server in a process of its own; each run of the engine is
a process of its own, whose peak memory is its own. Then the same stage again, answered from its receipts.
Usage: python bench/engine_path.py [--calls 10000] [--rounds 3] [--image-calls 3000]
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from calls_throughput import IMAGE_BYTES, LATENCY, RUBRIC, Score, bare, plain_body, serve
from echoloop.calls import ChatRequest, Endpoint, Price, Prompt
from echoloop.engine import Asked, Desk, Progress, Question, Rendering, Session, Stage
from echoloop.images import Rendition, encode_jpeg
from echoloop.records import Answered, Drop, Keep
from echoloop.workspace import ImageStore, Workspace, writing

CONCURRENCY = 256
PICTURES = 500
MEMORY_MB = 450
READY = Rendition(format="jpeg", quality=85)
PROMPT = Prompt(name="rubric", version="1", text=RUBRIC, sha256="0" * 64)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about."""

    number: int
    picture: str = ""
    source_posts: tuple[str, ...] = ()


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    KEY = ("number",)

    number: int
    score: int
    receipt: str


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """How much is asked, and the pictures that go with it."""

    calls: int
    pictures: tuple[str, ...] = ()


def render(row: Row, rendering: Rendering) -> ChatRequest:
    """A question as an act writes it."""
    shown = [("The picture:", rendering.picture(row.picture, READY))] if row.picture else []
    return rendering.about({"prompt": f"Prompt {row.number}: two red balls on sand"}, shown, temperature=0)


def mark_rows(desk: Desk[Asking]) -> Iterator[Keep[Mark] | Drop]:
    """One asking stage over Daft."""
    pictures = desk.settings.pictures
    rows = [
        Row(
            number=number,
            picture=pictures[number % len(pictures)] if pictures else "",
            source_posts=(f"post-{number}",),
        )
        for number in range(desk.settings.calls)
    ]
    question = Question[Row, Score](
        stage="marks", endpoint="bench", render=render, reads=Score, prompt=PROMPT
    )
    for asked in desk.ask(rows, question):
        yield _decide(asked)


def _decide(asked: Asked[Row, Score]) -> Keep[Mark] | Drop:
    if isinstance(asked.answer, Answered):
        return Keep(Mark(number=asked.row.number, score=asked.answer.value.score, receipt=asked.receipt))
    return Drop(key=str(asked.row.number), reason=asked.answer.reason)


def run_engine(port: int, calls: int, room: Path, pictures: Sequence[str]) -> dict[str, float]:
    """Ask everything live, then again from the receipts, in this process."""
    endpoint = Endpoint(
        name="bench",
        provider="bench",
        model="bench-1",
        base_url=f"http://127.0.0.1:{port}/v1",
        concurrency=CONCURRENCY,
        price=Price(input=1, output=2),
    )
    stage = Stage(
        act="judge",
        name="marks",
        does="",
        reads=(),
        writes=Mark,
        run=mark_rows,
        settings=Asking(calls=calls, pictures=tuple(pictures)),
        endpoints=("bench",),
    )
    speeds: dict[str, float] = {}
    for name in ("live", "replay"):
        with (
            writing(room) as workspace,
            Session(workspace, [endpoint], progress=Progress("quiet"), force=True) as session,
        ):
            _warm(session)
            began = time.perf_counter()
            kept = session.run([stage])[0].kept
            speeds[name] = calls / (time.perf_counter() - began)
        assert kept == calls
    return {**speeds, "peak_mb": _peak_mb()}


def _warm(session: Session) -> None:
    """What every process pays once (importing Daft) is no part of a rate."""
    import daft

    daft.from_pydict({"a": [1]}).to_arrow()
    assert session.opened


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def in_a_process(port: int, calls: int, room: Path, pictures: Path | None) -> dict[str, float]:
    """The engine in a fresh process: what it says of itself."""
    command = [sys.executable, __file__, "--engine", str(port), str(calls), str(room)]
    done = subprocess.run(
        [*command, *([str(pictures)] if pictures else [])], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def paint(images: ImageStore) -> list[str]:
    """JPEGs of about 200 KB as they will be sent, all different, with their renditions ready."""
    draw = np.random.default_rng(0)
    noise = draw.integers(0, 255, (540, 540, 3), dtype=np.uint8)
    names: list[str] = []
    for number in range(PICTURES):
        noise[0, : 3 * 8] = np.frombuffer(f"{number:08}".encode() * 9, dtype=np.uint8).reshape(-1, 3)
        name = images.put(encode_jpeg(np.roll(noise, number, axis=1), quality=90))
        images.rendition(name, READY)
        names.append(name)
    sizes = [len(images.read(images.rendition(name, READY))) for name in names]
    print(f"pictures of {statistics.median(sizes) / 1000:.0f} KB as sent")
    return names


async def bare_speeds(port: int, calls: int, bodies: Callable[[int], dict[str, Any]]) -> float:
    """The loop one would write by hand."""
    return await bare(f"http://127.0.0.1:{port}/v1/chat/completions", calls, CONCURRENCY, bodies)


def measure(port: int, calls: int, image_calls: int, rounds: int, room: Path) -> bool:
    """Print medians and ratios; whether all floors hold."""
    workspace = Workspace(room / "pictures")
    names = paint(workspace.images)
    listed = room / "names.json"
    listed.write_text(json.dumps(names))
    sent = [workspace.images.read(workspace.images.rendition(name, READY)) for name in names]
    ready = json.dumps(plain_body(0, sent[0])).encode()
    header = {"Content-Type": "application/json"}
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for number in range(rounds):
        note("bare text", asyncio.run(bare_speeds(port, calls, lambda n: {"json": plain_body(n)})))
        text = in_a_process(port, calls, room / f"text-{number}", None)
        note("bare json", asyncio.run(bare_speeds(port, image_calls, _encoding(sent))))
        note(
            "bare ready",
            asyncio.run(bare_speeds(port, image_calls, lambda _: {"data": ready, "headers": header})),
        )
        picture_room = room / f"image-{number}"
        _share(workspace.path, picture_room)
        image = in_a_process(port, image_calls, picture_room, listed)
        for kind, speeds in (("text", text), ("image", image)):
            for name, value in speeds.items():
                note(f"{kind} {name}", value)
    return report({name: statistics.median(values) for name, values in found.items()}, calls, image_calls)


def _encoding(sent: Sequence[bytes]) -> Callable[[int], dict[str, Any]]:
    return lambda number: {"json": plain_body(number, sent[number % len(sent)])}


def _share(source: Path, target: Path) -> None:
    """A workspace of its own whose pictures are links."""
    with writing(target):
        pass
    for file in source.rglob("*"):
        if file.is_file():
            link = target / file.relative_to(source)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, link)


def report(speed: dict[str, float], calls: int, image_calls: int) -> bool:
    """The figures beside their floors."""
    print(
        f"{calls:,} calls ({image_calls:,} with {IMAGE_BYTES // 1000} KB pictures), concurrency {CONCURRENCY}, ",
        end="",
    )
    print(f"answers after {LATENCY * 1000:.0f} ms; medians")
    for name, value in speed.items():
        print(f"  {name:<16} {value:8,.0f} {'MB' if name.endswith('mb') else '/s'}")
    floors = (
        ("text through the engine / bare loop", speed["text live"] / speed["bare text"], 0.5),
        ("image through the engine / bare json=", speed["image live"] / speed["bare json"], 1.0),
        ("image through the engine / bare ready bytes", speed["image live"] / speed["bare ready"], 0.3),
        ("replay, answers/s / 20,000", speed["text replay"] / 20_000, 1.0),
    )
    for name, ratio, floor in floors:
        print(f"  {name:<44} {ratio:.2f}x (floor {floor:.1f}x) {'ok' if ratio >= floor else 'BELOW'}")
    peak = max(speed["text peak_mb"], speed["image peak_mb"])
    print(
        f"  {'peak memory':<44} {peak:.0f} MB (at most {MEMORY_MB}) {'ok' if peak <= MEMORY_MB else 'ABOVE'}"
    )
    return all(ratio >= floor for _, ratio, floor in floors) and peak <= MEMORY_MB


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--engine", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--image-calls", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve())
    elif chosen.engine:
        port, calls, room, *listed = chosen.engine
        pictures = json.loads(Path(listed[0]).read_text()) if listed else []
        print(json.dumps(run_engine(int(port), int(calls), Path(room), pictures)))
    else:
        _run(chosen.calls, chosen.image_calls, chosen.rounds)


def _run(calls: int, image_calls: int, rounds: int) -> None:
    with (
        subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as room,
    ):
        assert server.stdout is not None
        try:
            held = measure(int(server.stdout.readline()), calls, image_calls, rounds, Path(room))
        finally:
            server.terminate()
    if not held:
        sys.exit(1)


if __name__ == "__main__":
    main()
