"""How much of a bare download loop's speed is left when every picture is checked, hashed, placed whole and on the disk?

Ours against an aiohttp loop that reads bodies and throws them away; same server (in a process of its own), same run, medians.
Usage: python bench/downloads.py [--pictures 4000] [--concurrency 64] [--rounds 3]
"""

import argparse
import asyncio
import io
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import numpy as np
from PIL import Image

from echoloop.collect.pictures import FetchLimits, PictureFetcher, PictureOutcome, Reach
from echoloop.collect.pictures.placing import Drafts, flush_disk
from echoloop.workspace import ImageStore

FLOOR = 0.35


class Serving(asyncio.Protocol):
    """A server that costs as little as possible: one picture, with the number of the request in its comment."""

    picture = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.head = b""

    def data_received(self, data: bytes) -> None:
        self.head += data
        while b"\r\n\r\n" in self.head:
            head, _, self.head = self.head.partition(b"\r\n\r\n")
            number = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
            body = numbered(self.picture, number)
            self.transport.writelines((b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body))


def numbered(picture: bytes, number: int) -> bytes:
    """The same JPEG with another comment and 75 to 100 KB: other content, other hash."""
    filling = (number * 7_919) % 25_000
    comment = b"%010d" % number + b"\0" * filling
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]


def jpeg(size: int) -> bytes:
    """Noise compresses badly, so its side decides how many bytes it takes."""
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    for side in range(100, 400, 5):
        out = io.BytesIO()
        Image.fromarray(noise[:side, :side]).save(out, "JPEG", quality=85)
        if out.tell() >= size:
            return out.getvalue()
    raise ValueError(size)


async def serve() -> None:
    Serving.picture = jpeg(75_000)
    server = await asyncio.get_running_loop().create_server(Serving, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def bare(urls: list[str], concurrency: int) -> float:
    rest = iter(urls)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def work() -> None:
            for url in rest:
                async with session.get(url) as response:
                    assert len(await response.read()) > 75_000

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return len(urls) / (time.perf_counter() - began)


async def ours(urls: list[str], concurrency: int, folder: Path, *, flush: bool) -> float:
    limits = FetchLimits(at_once=concurrency, at_once_per_host=concurrency)
    reach = Reach(plain_http=True, allow_private=True, ports=None)
    told: list[PictureOutcome] = []
    began = time.perf_counter()
    await PictureFetcher(limits, reach, flush=flush).fetch_all(urls, ImageStore(folder), told.extend)
    speed = len(urls) / (time.perf_counter() - began)
    assert len({outcome.sha256 for outcome in told} - {None}) == len(urls)
    return speed


def disk_alone(bodies: list[bytes], folder: Path) -> float:
    """The same bytes placed and flushed in groups, without any network: what this disk can do."""
    began = time.perf_counter()
    for at in range(0, len(bodies), 256):
        drafts = Drafts(
            {
                str(folder / f"{at + n:08x}"[-2:] / str(at + n)): body
                for n, body in enumerate(bodies[at : at + 256])
            }
        )
        flush_disk(folder)
        drafts.name()
        flush_disk(folder)
    return len(bodies) / (time.perf_counter() - began)


async def measure(port: int, pictures: int, concurrency: int, rounds: int, room: Path) -> bool:
    urls = [f"http://127.0.0.1:{port}/{number}" for number in range(pictures)]
    bodies = [numbered(jpeg(75_000), 0)] * pictures
    speeds: dict[str, list[float]] = {"bare": [], "placed": [], "flushed": [], "disk": []}
    for turn in range(
        rounds
    ):  # folders stay until the end: a file system that still frees files makes new ones slowly
        speeds["bare"].append(await bare(urls, concurrency))
        speeds["placed"].append(await ours(urls, concurrency, room / f"placed{turn}", flush=False))
        speeds["flushed"].append(await ours(urls, concurrency, room / f"flushed{turn}", flush=True))
        speeds["disk"].append(disk_alone(bodies, room / f"disk{turn}"))
    return report({name: statistics.median(each) for name, each in speeds.items()}, pictures, concurrency)


def report(speed: dict[str, float], pictures: int, concurrency: int) -> bool:
    bare_loop = speed["bare"]
    ratio = speed["placed"] / bare_loop
    print(f"{pictures} pictures of 75-100 KB, concurrency {concurrency}; medians")
    print(f"  bare aiohttp loop, bytes thrown away       {bare_loop:7.0f} pictures/s")
    print(f"  this disk alone, placed and flushed        {speed['disk']:7.0f} pictures/s")
    print(
        f"  checked, hashed, placed                    {speed['placed']:7.0f} pictures/s  {ratio:.2f}x",
        end=" ",
    )
    print(f"(floor {FLOOR:.2f}x) {'ok' if ratio >= FLOOR else 'BELOW'}")
    flushed = speed["flushed"]
    print(
        f"  checked, hashed, placed, flushed (default) {flushed:7.0f} pictures/s  {flushed / bare_loop:.2f}x",
        end=" ",
    )
    print(f"(of the disk alone: {flushed / speed['disk']:.2f}x)")
    return ratio >= FLOOR


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--pictures", type=int, default=4_000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve())
        return
    command = [sys.executable, __file__, "--serve"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as room,
    ):
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline())
            asyncio.run(measure(port, chosen.pictures, chosen.concurrency, chosen.rounds, Path(room)))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
