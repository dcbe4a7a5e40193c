"""Does following a conversation stay linear? A thread of 10,000 and one of 100,000 comments, over HTTP, into the intake.

The platform speaks Reddit's shapes in a process of its own; what follows the thread is a process of its own too, whose calls,
time and peak memory are compared.
Usage: python bench/thread_expansion.py [--small 10000] [--large 100000]
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SUPPORT = Path(__file__).parents[1] / "tests" / "support"
SLACK = 1.5


def crowd(size: int) -> list[dict]:
    """Every seventh comment answers the submission, the others earlier comments."""
    from platforms.reddit import comment, submission

    things = [submission("root")]
    for number in range(size):
        parent = _name(10_000 + (number - 1) // 3) if number % 7 else ""
        things.append(comment(_name(10_000 + number), "root", parent))
    return things


def _name(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return text


async def serve(size: int) -> None:
    """Until killed."""
    from platforms.reddit import Reddit

    platform = Reddit(crowd(size))
    async with platform.serving():
        print(platform.base_url, flush=True)
        await asyncio.Event().wait()


def follow(base_url: str, folder: Path) -> dict[str, float]:
    """The whole conversation into an intake of its own."""
    from echoloop.calls import Budget
    from echoloop.collect.errands import KnownPost
    from echoloop.collect.gathering.bounds import Bounds
    from echoloop.collect.gathering.driving import CONVERSATIONS, Driver
    from echoloop.collect.gathering.platforms import open_platform
    from echoloop.collect.intake import Intake
    from echoloop.collect.sources import PlatformSettings
    from echoloop.collect.welcome import Welcome
    from echoloop.engine import Progress

    stop = threading.Event()
    environ = {"REDDIT_CLIENT_ID": "client-id", "REDDIT_CLIENT_SECRET": "reddit-client-secret-1"}
    settings = PlatformSettings(platform="reddit", base_url=base_url)
    platform = open_platform(settings, stop=stop, announce=print, environ=environ)
    with Intake(folder / "sightings.sqlite") as intake:
        intake.send(platform.source.conversation(KnownPost(url="https://reddit.com/comments/root")))
        driver = Driver(
            intake,
            {"reddit": platform},
            bounds=Bounds(),
            budget=Budget(),
            progress=Progress("quiet"),
            stop=stop,
            welcome=Welcome(),
        )
        began = time.perf_counter()
        gathered = driver.run("conversations", CONVERSATIONS)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"posts": gathered.posts, "calls": gathered.errands, "seconds": seconds, "megabytes": peak}


def measure(size: int) -> dict[str, float]:
    """One thread: server and follower in processes of their own."""
    command = [sys.executable, __file__]
    with (
        subprocess.Popen([*command, "--serve", str(size)], stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as room,
    ):
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            done = subprocess.run(
                [*command, "--follow", url, room], stdout=subprocess.PIPE, text=True, check=True
            )
        finally:
            server.terminate()
    return json.loads(done.stdout)


def main() -> None:
    """Print both threads and what grew by how much."""
    sys.path.insert(0, str(SUPPORT))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--follow", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(chosen.serve))
        return
    if chosen.follow:
        print(json.dumps(follow(chosen.follow[0], Path(chosen.follow[1]))))
        return
    small, large = measure(chosen.small), measure(chosen.large)
    grown = large["posts"] / small["posts"]
    for found in (small, large):
        print(
            f"{found['posts']:>7,.0f} posts  {found['calls']:>5,.0f} calls  {found['seconds']:6.1f} s  {found['megabytes']:5.0f} MB"
        )
    ratios = {name: large[name] / small[name] for name in ("calls", "seconds", "megabytes")}
    print(f"posts grew {grown:.2f}x; " + ", ".join(f"{name} {ratio:.2f}x" for name, ratio in ratios.items()))
    if ratios["calls"] > SLACK * grown or ratios["seconds"] > SLACK * grown or ratios["megabytes"] > SLACK:
        sys.exit("not linear")


if __name__ == "__main__":
    main()
