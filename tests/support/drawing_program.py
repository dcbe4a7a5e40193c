"""A program that draws, as a stranger would write one; words in a prompt choose how it misbehaves.

`python drawing_program.py [--log FILE] [--all] [--stop-after N] [--say]`: reads JSONL, writes a picture for each line in the
colour of its seed. `--all` reads to the end and draws by the order of prompts, `--stop-after` kills it (kill -9) after so many pictures.
"""

import argparse
import json
import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path


def png(red: int, green: int, blue: int, side: int = 80) -> bytes:
    """A picture with two colours."""
    row = (
        b"\0" + bytes((red, green, blue)) * (side // 2) + bytes((255 - red, green, blue)) * (side - side // 2)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(row * side))
        + chunk(b"IEND", b"")
    )


def say(**word: object) -> None:
    print(json.dumps(word), flush=True)


def draw(order: dict, words: argparse.Namespace) -> None:
    prompt, output = order["prompt"], Path(order["output"])
    if words.log:
        with Path(words.log).open("a") as log:
            log.write(json.dumps(order) + "\n")
    if "a fight" in prompt:
        say(id=order["id"], state="refused", reason="not by me")
    elif "an outage" in prompt:
        say(id=order["id"], state="failed", reason="out of paint")
    elif "nothing" in prompt:
        return
    elif "rubbish" in prompt:
        output.write_bytes(b"this is no picture")
    elif "empty" in prompt:
        output.write_bytes(b"")
    elif "a crash" in prompt:
        print("the canvas tore", file=sys.stderr)
        output.write_bytes(png(1, 2, 3)[:60])
        sys.exit(3)
    elif "sleep" in prompt:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)", words.log]).wait()
    else:
        output.write_bytes(png(order.get("seed", 0), len(order["images"]), 90))
        if words.say:
            say(id=order["id"], state="drawn")


def _prompt(line: str) -> str:
    return json.loads(line)["prompt"]


def main() -> None:
    """Read and draw."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", default="")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--say", action="store_true")
    parser.add_argument("--chatter", action="store_true")
    parser.add_argument("--stop-after", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0)
    words = parser.parse_args()
    if words.chatter:
        print("loading the model, please wait", flush=True)
        say(id="nobody", state="refused", reason="a picture for nobody")
        say(step=1)
    lines = sorted(sys.stdin.readlines(), key=_prompt) if words.all else sys.stdin
    for number, line in enumerate(lines, start=1):
        time.sleep(words.slow)
        draw(json.loads(line), words)
        if number == words.stop_after:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
