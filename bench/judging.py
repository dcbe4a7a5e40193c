"""What is left of a bare HTTP loop's speed when pictures are judged: the whole act, renditions ready, beside posted bytes.

Every output is a row of its own with a prompt of its own; the pictures are shared, and differ as sent. The judge answers
over loopback from a process of its own. The rate at which renditions are made is printed apart.
Usage: python bench/judging.py [--outputs 20000] [--rounds 3]
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from calls_throughput import bare, plain_body
from echoloop.calls import Endpoint, Price
from echoloop.engine import Progress, Session
from echoloop.grading import AS_JUDGED
from echoloop.images import encode_jpeg
from echoloop.judge import Contestant, Judge, JudgeSettings, judge_stages
from echoloop.records import Item, Output
from echoloop.records.arrow import to_table
from echoloop.workspace import ImageStore, Workspace, writing

CONCURRENCY = 256
PICTURES = 500
MODELS = 8
FLOOR = 0.3
ANSWER = {
    "model": "bench-judge",
    "choices": [
        {
            "message": {"role": "assistant", "content": "A good result shows two balls. It does. [[7]]"},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 900, "completion_tokens": 20},
}


def paint(images: ImageStore) -> list[str]:
    """Pictures of about 200 KB as a judge sees them, all different."""
    draw = np.random.default_rng(0)
    noise = draw.integers(0, 255, (512, 640, 3), dtype=np.uint8)
    names: list[str] = []
    for number in range(PICTURES):
        noise[0, :24] = np.frombuffer(f"{number:08}".encode() * 9, dtype=np.uint8).reshape(-1, 3)
        names.append(images.put(encode_jpeg(np.roll(noise, number, axis=1), quality=88)))
    return names


def make_renditions(images: ImageStore, names: list[str]) -> float:
    """Every picture as it will be sent: how many a second, with as many threads as cores."""
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sent = list(pool.map(lambda name: images.rendition(name, AS_JUDGED), names))
    rate = len(names) / (time.perf_counter() - began)
    print(f"pictures of {statistics.median(len(images.read(name)) for name in sent) / 1000:.0f} KB as sent")
    return rate


def fill(workspace: Workspace, outputs: int, names: list[str]) -> None:
    """Items, and for each of them an output a model."""
    items = [
        Item(id=f"i{number:05}", split="text_to_image", sample=f"i{number:05}", prompt=f"Prompt {number}: two red balls",
             quality="Benchmark")
        for number in range(outputs // MODELS)
    ]  # fmt: skip
    made = [
        Output(id=f"{item.id}/m{model}/0", item=item.id, model=f"m{model}", split="text_to_image", state="answered",
               image=names[(number * MODELS + model) % len(names)])
        for number, item in enumerate(items)
        for model in range(MODELS)
    ]  # fmt: skip
    workspace.tables.write("items", to_table(items, Item), Item)
    workspace.tables.write("outputs", to_table(made, Output), Output)


def judge_all(port: int, room: Path) -> float:
    """The verdicts stage in this process: outputs a second."""
    endpoint = Endpoint(
        name="judge",
        provider="bench",
        model="bench-judge",
        base_url=f"http://127.0.0.1:{port}/v1",
        concurrency=CONCURRENCY,
        price=Price(input=1, output=2),
    )
    settings = JudgeSettings(
        judges=(Judge(name="judge", endpoint="judge"),),
        contestants=tuple(Contestant(name=f"m{model}") for model in range(MODELS)),
    )
    with (
        writing(room) as workspace,
        Session(workspace, [endpoint], progress=Progress("quiet")) as session,
    ):
        import daft

        daft.from_pydict({"a": [1]}).to_arrow()
        began = time.perf_counter()
        result = session.run(judge_stages(settings)[:1])[0]
        seconds = time.perf_counter() - began
    assert result.kept
    assert not result.unanswered
    return result.kept / seconds


def in_a_process(port: int, room: Path) -> float:
    """The act in a fresh process."""
    command = [sys.executable, __file__, "--judge", str(port), str(room)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def measure(port: int, outputs: int, rounds: int, room: Path) -> bool:
    """Print medians and the ratio; whether the floor holds."""
    speeds: dict[str, list[float]] = {"bare": [], "judged": [], "renditions": []}
    for number in range(rounds):
        home = room / f"run-{number}"
        with writing(home) as workspace:
            names = paint(workspace.images)
            speeds["renditions"].append(make_renditions(workspace.images, names))
            fill(workspace, outputs, names)
            sent = workspace.images.read(workspace.images.rendition(names[0], AS_JUDGED))
        ready = json.dumps(plain_body(0, sent)).encode()
        body = {"data": ready, "headers": {"Content-Type": "application/json"}}
        url = f"http://127.0.0.1:{port}/v1/chat/completions"
        speeds["bare"].append(asyncio.run(bare(url, outputs, CONCURRENCY, lambda _, body=body: body)))
        speeds["judged"].append(in_a_process(port, home))
    middle = {name: statistics.median(values) for name, values in speeds.items()}
    print(f"{outputs:,} outputs, concurrency {CONCURRENCY}, answers after 50 ms; medians of {rounds}")
    print(f"  bare loop posting ready bytes  {middle['bare']:8,.0f} /s")
    print(f"  judged, receipted, in a table  {middle['judged']:8,.0f} /s")
    print(f"  renditions made                {middle['renditions']:8,.0f} /s")
    ratio = middle["judged"] / middle["bare"]
    print(f"  judged / bare: {ratio:.2f}x (floor {FLOOR:.1f}x) {'ok' if ratio >= FLOOR else 'BELOW'}")
    return ratio >= FLOOR


def main() -> None:
    """Measure, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--judge", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--outputs", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.serve:
        _serve()
    elif chosen.judge:
        print(judge_all(int(chosen.judge[0]), Path(chosen.judge[1])))
    else:
        with (
            subprocess.Popen(
                [sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True
            ) as server,
            tempfile.TemporaryDirectory() as room,
        ):
            assert server.stdout is not None
            try:
                held = measure(int(server.stdout.readline()), chosen.outputs, chosen.rounds, Path(room))
            finally:
                server.terminate()
        if not held:
            sys.exit(1)


def _serve() -> None:
    import calls_throughput

    judged = json.dumps(ANSWER).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(judged)}\r\n\r\n"
    calls_throughput.Answering.response = head.encode() + judged
    asyncio.run(calls_throughput.serve())


if __name__ == "__main__":
    main()
