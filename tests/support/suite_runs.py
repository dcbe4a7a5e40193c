"""Small files in the formats that suites are published in, a judge over HTTP, and one stage of a suite after the other."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from echoloop.calls import read_fenced
from echoloop.images import encode_jpeg, encode_png
from echoloop.records import SuitePreset, SuiteTask
from echoloop.suites import Heard, Intake, Scored, Suite

TAGS = (
    "color_attr",
    "spatial_count_attr",
    "color_spatial_attr",
    "color_count_attr",
    "multi_object_count_attr",
    "size_spatial_attr",
    "counting",
)
TYPES = ("COLOR", "SHAPE", "SIZE", "MATERIAL", "COMBINATION", "TIME", "ENVIRONMENT", "Multi-Object")
SETTINGS = """subject = "Lab Painter"
released = 2025-03-25

[roles]
judges = ["sees"]

[judge]
resamples = 200

[endpoints.sees]
base_url = "{base_url}"
model = "eyes-1"
price = {{ request = 0.001 }}
retries = 0

[endpoints.paints]
base_url = "lab:"
model = "painter-hazel"
price = {{ image = 0 }}

[models.hazel]
endpoint = "paints"
"""


def geneval_pp_rows(a_tag: int = 2, tags: Sequence[str] = TAGS) -> list[dict[str, Any]]:
    """Lines of GenEval++."""
    return [
        {
            "tag": tag,
            "include": [{"class": "cup", "count": number + 1, "color": "red"}],
            "prompt": f"{number + 1} red cups for {tag}",
        }
        for tag in tags
        for number in range(a_tag)
    ]


def imagine_rows(a_type: int = 2, types: Sequence[str] = TYPES) -> list[dict[str, Any]]:
    """Lines of Imagine-Bench."""
    kinds = [kind for kind in types for _ in range(a_type)]
    return [
        {"id": number, "instruction": f"a chair of {kind} {number}", "note": "a chair", "type": kind}
        for number, kind in enumerate(kinds, start=1)
    ]


def write_lines(path: Path, rows: Sequence[object], *, bom: bool = False) -> Path:
    """JSONL; a text stands there as it is."""
    lines = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + lines.encode())
    return path


def loaded(suite: Suite, path: Path) -> tuple[list[SuiteTask], list[str]]:
    """The tasks of a file, and what is wrong with it: "line: what" in words."""
    intake = Intake()
    tasks = list(suite.load(path, intake))
    return tasks, [f"{fault.line} {fault.name}: {fault.what}" for fault in intake.faults]


def scored(suite: Suite, task: SuiteTask, text: str | None, preset: SuitePreset) -> Scored:
    """The score of one picture after a judge said this of it; None is a judge that failed."""
    look = suite.looks(task)[0]
    if text is None:
        return suite.score(task, {look.part: Heard(state="failed", reason="judge failed: down")}, preset)
    try:
        heard = Heard(value=look.read(text), state="answered", text=text)
    except ValueError as error:
        heard = Heard(state="unparsed", reason=f"judge unparsed: {error}", text=text)
    return suite.score(task, {look.part: heard}, preset)


def picture(shade: int, *, side: int = 16, fmt: str = "png") -> bytes:
    """A plain picture, each shade another one."""
    pixels = np.full((side, side, 3), shade % 256, dtype=np.uint8)
    return encode_png(pixels) if fmt == "png" else encode_jpeg(pixels)


def four(shades: Sequence[int], *, side: int = 16) -> bytes:
    """A grid of four plain pictures, rows first."""
    quarters = [np.full((side, side, 3), shade, dtype=np.uint8) for shade in shades]
    rows = [np.concatenate(quarters[start : start + 2], axis=1) for start in (0, 2)]
    return encode_png(np.concatenate(rows, axis=0))


def write_settings(folder: Path, base_url: str) -> Path:
    """echoloop.toml with one judge behind an address and one painter of the lab."""
    path = folder / "echoloop.toml"
    path.write_text(SETTINGS.format(base_url=base_url))
    return path


class JudgeServer:
    """A judge over the OpenAI protocol whose answers a test writes; `asked` holds the data of every question."""

    def __init__(self, says: Callable[[Mapping[str, Any]], str | None]) -> None:
        self.says = says
        self.asked: list[dict[str, Any]] = []
        self.base_url = ""


@contextmanager
def judge_server(says: Callable[[Mapping[str, Any]], str | None]) -> Iterator[JudgeServer]:
    """A judge that says this of the data of a question; None is an outage."""
    judge = JudgeServer(says)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = next(one["content"] for one in body["messages"] if one["role"] == "user")
            data = read_fenced(content if isinstance(content, str) else content[0]["text"])
            judge.asked.append(data)
            text = judge.says(data)
            answer = (
                {"error": {"message": "down"}}
                if text is None
                else {
                    "id": "x",
                    "object": "chat.completion",
                    "model": body["model"],
                    "choices": [
                        {
                            "index": 0,
                            "finish_reason": "stop",
                            "message": {"role": "assistant", "content": text},
                        }
                    ],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1},
                }
            )
            payload = json.dumps(answer).encode()
            self.send_response(503 if text is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    judge.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield judge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
