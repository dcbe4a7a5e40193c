"""Every `echoloop` command in the README and the docs runs as it stands, in the order it stands there."""

import gzip
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import zstandard
from micro_bagel import micro_checkpoint

from echoloop.lab.town import TownPlan, write_town
from echoloop.lab.training import text_lessons, write_lessons

ROOT = Path(__file__).parents[2]
ECHOLOOP = Path(sys.executable).with_name("echoloop")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in _BLOCK.findall(page.read_text("utf-8")) if name == language]


def commands(page: Path) -> list[list[str]]:
    lines = [line for body in blocks(page, "sh") for line in body.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines]
    return [
        command[1:] for command in words if command[:1] == ["echoloop"] and command[1:3] != ["lab", "serve"]
    ]


def write_archives(folder: Path) -> None:
    """The files that docs/collect.md names."""
    (folder / "tweets").mkdir()
    tweet = {"id": "11", "text": "a picture", "author_id": "1", "created_at": "2025-04-01T10:00:00.000Z"}
    with gzip.open(folder / "tweets" / "monday.jsonl.gz", "wt") as file:
        file.write(json.dumps({"data": [tweet], "meta": {"result_count": 1}}) + "\n")
    comment = {
        "id": "c1",
        "link_id": "t3_s1",
        "parent_id": "t3_s1",
        "body": "nice",
        "created_utc": 1743500000,
    }
    submission = {"id": "s1", "title": "a picture", "selftext": "", "created_utc": 1743490000}
    for name, entry in (("comments", comment), ("submissions", submission)):
        line = json.dumps({**entry, "author": "someone", "subreddit": "pictures"}) + "\n"
        (folder / f"{name}.zst").write_bytes(zstandard.compress(line.encode()))
    (folder / "posts.csv").write_text(
        "link,body,when\nhttps://talk.example/1,a picture,2025-04-01T10:00:00Z\n"
    )
    (folder / "requests.txt").write_text("https://talk.example/1\n")


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_commands_run_in_order(page: Path, tmp_path: Path) -> None:
    if page.name in ("README.md", "collect.md"):
        write_town(tmp_path / "town", TownPlan(seed=7, threads=24))
        write_archives(tmp_path)
    if page.name == "train.md":
        micro_checkpoint(tmp_path / "bagel")
        write_lessons(tmp_path / "data", list(text_lessons(80, 0)))
    for command in commands(page):
        done = subprocess.run([ECHOLOOP, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"echoloop {' '.join(command)}\n{done.stdout}\n{done.stderr}"
        assert "Next:" in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_that_are_shown_are_settings(page: Path) -> None:
    for body in blocks(page, "toml"):
        assert tomllib.loads(body)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target
