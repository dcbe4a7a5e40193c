"""`echoloop` as a person runs it: a process of its own in a folder of its own, and the files it works on."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ECHOLOOP = Path(sys.executable).with_name("echoloop")
SETTINGS = """subject = "Lab Painter"
released = 2025-03-25

[collect]
archive = "posts.jsonl"

[endpoints.reader]
base_url = "{base_url}"
model = "loop-1"
concurrency = {concurrency}
retries = 0
total_timeout = 60
{more}
[roles]
text = "reader"
vision = "reader"
boxes = "reader"
guard = "reader"
"""


def echoloop(
    folder: Path, *words: str, environment: dict[str, str] | None = None, **options: object
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        [str(ECHOLOOP), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **(environment or {})},
        **options,  # type: ignore[call-overload]
    )


def write_posts(folder: Path, texts: Sequence[str], pictures: Sequence[str] = ()) -> Path:
    """An archive: a post a text, the pictures on the first."""
    folder.mkdir(parents=True, exist_ok=True)
    posts = [
        {
            "url": f"https://x.com/i/status/{number}",
            "text": text,
            "keyword": "paint",
            "author": f"@painter_fan_{number:02}",
            "timestamp": f"2025-04-01T10:{number % 60:02}:00Z",
            "image_urls": [{"url": name} for name in pictures] if number == 0 else [],
        }
        for number, text in enumerate(texts)
    ]
    archive = folder / "posts.jsonl"
    archive.write_text("".join(json.dumps(post) + "\n" for post in posts))
    return archive


def write_settings(
    folder: Path, base_url: str, *, concurrency: int = 16, more: str = "price = { request = 0 }\n"
) -> Path:
    """echoloop.toml with one model for every role."""
    settings = folder / "echoloop.toml"
    settings.write_text(SETTINGS.format(base_url=base_url, concurrency=concurrency, more=more))
    return settings


def table_files(workspace: Path) -> dict[str, bytes]:
    """Every file of every table: Parquet and manifests, by path."""
    home = workspace / "tables"
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}
