"""Gold files are read strictly: each mistake by file and line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from echoloop.curate.scoring import LabelledThread, read_gold
from echoloop.images import content_hash, encode_png
from echoloop.records import Mistake, Post

ROOT, REPLY = "https://x.com/i/status/1", "https://x.com/i/status/2"
PICTURE = encode_png(np.full((20, 30, 3), 90, dtype=np.uint8))


def line(**changes: Any) -> dict[str, Any]:
    posts = [
        {
            "url": "http://twitter.com/someone/status/1?s=20",
            "text": "A red boat",
            "pictures": [{"file": "p.png"}],
        },
        {"url": REPLY, "text": "lovely", "answers": ROOT, "found": False},
    ]
    sample = {
        "prompt": "A red boat",
        "quality": "Benchmark",
        "posts": [ROOT],
        "outputs": [content_hash(PICTURE)[:12]],
        "feedback": [REPLY],
    }
    return {
        "thread": ROOT,
        "posts": posts,
        "relevance": [{"post": ROOT, "score": [4, 5]}],
        "samples": [sample],
    } | changes


def read(folder: Path, *lines: object, known: dict[str, Post] | None = None) -> list[LabelledThread]:
    (folder / "p.png").write_bytes(PICTURE)
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    (folder / "gold.jsonl").write_text(text)
    return read_gold([folder / "gold.jsonl"], known or {}, content_hash)


def test_posts_written_out_are_read_with_their_pictures(tmp_path: Path) -> None:
    (one,) = read(tmp_path, line(), "")
    assert [post.url for post in one.posts] == [ROOT, REPLY]
    assert one.posts[1].replies_above == (ROOT,)
    assert (one.posts[0].images[0].width, one.posts[0].images[0].height) == (30, 20)
    assert one.samples is not None
    assert one.samples[0].outputs == (content_hash(PICTURE),)


def test_posts_of_the_workspace_go_by_their_address(tmp_path: Path) -> None:
    known = {ROOT: Post(url=ROOT, platform="x", text="hello", created_at=None)}
    (one,) = read(tmp_path, {"thread": ROOT, "posts": [ROOT], "samples": None}, known=known)
    assert one.posts[0].text == "hello"
    assert one.samples is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("{", "truncated"),
        (line(mood="good"), "unknown field `mood`"),
        (line(posts=[]), "`posts` is empty"),
        (line(posts=["https://x.com/i/status/77"]), "is not in the workspace"),
        (line(relevance=[{"post": ROOT, "score": 6}]), "not from 1 to 5"),
        (line(relevance=[{"post": ROOT, "score": [5, 4]}]), "not from 1 to 5"),
        (line(relevance=[{"post": "https://x.com/i/status/9", "score": 5}]), "is not in `posts`"),
        (line(samples=[{"prompt": "a", "quality": "Good", "posts": [ROOT]}]), "quality"),
        (line(samples=[{"prompt": "a", "quality": "Trash", "posts": []}]), "names no post"),
        (
            line(samples=[{"prompt": "a", "quality": "Trash", "posts": [ROOT], "inputs": ["ffffffff"]}]),
            "is no picture",
        ),
        (
            line(
                samples=[{"prompt": "a", "quality": "Trash", "posts": [ROOT], "input_boxes": [[0, 0, 9, 9]]}]
            ),
            "no `screenshot`",
        ),
    ],
)
def test_each_mistake_is_named_by_line(tmp_path: Path, wrong: object, words: str) -> None:
    with pytest.raises(Mistake) as found:
        read(
            tmp_path,
            line(
                thread=REPLY,
                posts=[{"url": "https://x.com/i/status/5", "text": "x"}],
                relevance=None,
                samples=None,
            ),
            wrong,
        )
    assert "gold.jsonl:2: " in str(found.value)
    assert words in str(found.value)


def test_a_post_in_two_conversations_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"gold.jsonl:2.*gold.jsonl:1"):
        read(tmp_path, line(), line())


def test_no_file_and_no_line_are_told(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no such file"):
        read_gold([tmp_path / "none.jsonl"], {}, content_hash)
    with pytest.raises(Mistake, match="no conversation"):
        read(tmp_path, "")
