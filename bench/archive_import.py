"""How fast does an archive of X come in, beside a bare parse of the same file, and does its size show in the memory?

Tweets of about 2.5 KB with every expansion, as pages and flattened. One core. Ours ends with sightings (and with sightings kept in the
intake), the floor with plain dictionaries that nobody has looked at.
Usage: python bench/archive_import.py [--posts 100000] [--rounds 3] [--long 400000] (2000000 for the whole claim)
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from echoloop.collect.archives import open_archives
from echoloop.collect.intake import Intake
from echoloop.collect.sightings import Sighting

try:
    from orjson import loads
except ImportError:
    from json import loads

PAGE = 100
POSTS_A_SECOND = 30_000
FLOOR = 0.3
WORDS = [
    "a",
    "picture",
    "of",
    "the",
    "cat",
    "with",
    "red",
    "paint",
    "on",
    "glass",
    "прошу",
    "写真を",
    "작은",
    "🎨",
    "prompt",
    "image",
    "model",
    "result",
    "try",
    "again",
    "light",
]


def user(dice: random.Random, number: int) -> dict[str, Any]:
    """An author with every field that can be asked for."""
    return {
        "id": str(10**17 + number),
        "username": f"painter_fan_{number}",
        "name": f"Painter {number}",
        "created_at": "2015-02-03T04:05:06.000Z",
        "description": " ".join(dice.choices(WORDS, k=20)),
        "entities": {
            "url": {
                "urls": [
                    {
                        "start": 0,
                        "end": 23,
                        "url": "https://t.co/abcdefghij",
                        "expanded_url": "https://painter.example",
                        "display_url": "painter.example",
                    }
                ]
            }
        },
        "location": "somewhere",
        "profile_image_url": f"https://pbs.twimg.com/profile_images/{10**17 + number}/abcdefgh_normal.jpg",
        "protected": False,
        "public_metrics": {
            "followers_count": 10,
            "following_count": 20,
            "tweet_count": 3000,
            "listed_count": 1,
            "like_count": 99,
        },
        "verified": False,
        "verified_type": "none",
    }


def photo(number: int) -> dict[str, Any]:
    """A picture of a post."""
    return {
        "media_key": f"3_{10**18 + number}",
        "type": "photo",
        "url": f"https://pbs.twimg.com/media/G{number:014d}.jpg",
        "width": 1024,
        "height": 1536,
        "alt_text": "a red ball on a table",
    }


def tweet(dice: random.Random, number: int, parent: int | None) -> dict[str, Any]:
    """A post of about 2 KB."""
    urls = [
        {
            "start": 40 * n,
            "end": 40 * n + 23,
            "url": "https://t.co/abcdefghij",
            "expanded_url": f"https://x.com/painter_fan_{n}/status/{number}/photo/1",
            "display_url": "pic.x.com/abcdefghij",
            "media_key": f"3_{10**18 + number}",
        }
        for n in range(1)
    ]
    annotations = [
        {
            "domain": {
                "id": str(n),
                "name": "Interests and Hobbies Category",
                "description": "A grouping of interests and hobbies entities",
            },
            "entity": {"id": str(10**18 + n), "name": "Digital creators"},
        }
        for n in range(2)
    ]
    return {
        "id": str(10**18 + number),
        "text": " ".join(dice.choices(WORDS, k=36)),
        "author_id": str(10**17 + number % 5_000),
        "conversation_id": str(10**18 + (parent or number)),
        "created_at": f"2025-04-{1 + number % 28:02d}T{number % 24:02d}:{number % 60:02d}:00.000Z",
        "edit_history_tweet_ids": [str(10**18 + number)],
        "edit_controls": {
            "edits_remaining": 5,
            "is_edit_eligible": True,
            "editable_until": "2025-04-01T11:00:00.000Z",
        },
        "lang": "en",
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "attachments": {"media_keys": [f"3_{10**18 + number}"]},
        "context_annotations": annotations,
        "entities": {
            "annotations": [
                {"start": 10, "end": 16, "probability": 0.71, "type": "Product", "normalized_text": "GPT"}
            ],
            "mentions": [{"start": 0, "end": 15, "username": "painter_fan_1", "id": str(10**17 + 1)}],
            "hashtags": [{"start": 20, "end": 30, "tag": "aiart"}],
            "urls": urls,
        },
        "public_metrics": {
            "retweet_count": 3,
            "reply_count": 1,
            "like_count": 55,
            "quote_count": 2,
            "bookmark_count": 4,
            "impression_count": 9_000,
        },
        **(
            {
                "referenced_tweets": [{"type": "replied_to", "id": str(10**18 + parent)}],
                "in_reply_to_user_id": str(10**17 + 1),
            }
            if parent
            else {}
        ),
    }


def page(dice: random.Random, first: int) -> dict[str, Any]:
    """A page of a hundred posts, with a parent for every fourth, and everybody who wrote them."""
    numbers = range(first, first + PAGE)
    parents = {number: 10**9 + number for number in numbers if number % 4 == 0}
    return {
        "data": [tweet(dice, number, parents.get(number)) for number in numbers],
        "includes": {
            "users": [user(dice, number % 5_000) for number in numbers],
            "media": [photo(number) for number in numbers],
            "tweets": [tweet(dice, parent, None) for parent in parents.values()],
        },
        "meta": {"newest_id": "1", "oldest_id": "0", "result_count": PAGE, "next_token": "b26v89c19zqg8o3f"},
        "__twarc": {
            "url": "https://api.twitter.com/2/tweets/search/all?max_results=100",
            "version": "2.14.0",
            "retrieved_at": "2025-05-01T00:00:00+00:00",
        },
    }


def flattened(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What `twarc2 flatten` makes of a page."""
    users = {user["id"]: user for user in one["includes"]["users"]}
    media = {photo["media_key"]: photo for photo in one["includes"]["media"]}
    along = {parent["id"]: parent for parent in one["includes"]["tweets"]}
    for post in one["data"]:
        keys = post["attachments"]["media_keys"]
        yield {
            **post,
            "author": users[post["author_id"]],
            "attachments": {"media_keys": keys, "media": [media[key] for key in keys]},
            "referenced_tweets": [
                {**along[link["id"]], **link} for link in post.get("referenced_tweets", [])
            ],
            "__twarc": one["__twarc"],
        }


def write(folder: Path, posts: int) -> dict[str, Path]:
    """The same posts in both layouts."""
    dice = random.Random(7)
    files = {"pages": folder / "pages.jsonl", "flattened": folder / "flattened.jsonl"}
    with files["pages"].open("w") as pages, files["flattened"].open("w") as lines:
        for first in range(0, posts, PAGE):
            one = page(dice, first)
            pages.write(json.dumps(one) + "\n")
            lines.writelines(json.dumps(post) + "\n" for post in flattened(one))
    return files


def named(platform: str, handle: str, native: str = "") -> str | None:
    """The cheapest pseudonym there is."""
    return native


def read(path: Path) -> int:
    """Sightings, thrown away."""
    (archive,) = open_archives([str(path)])
    return sum(isinstance(one, Sighting) for batch in archive.batches(named) for one in batch.seen)


def keep(path: Path) -> int:
    """Sightings in the intake, on the disk."""
    (archive,) = open_archives([str(path)])
    posts = 0
    with tempfile.TemporaryDirectory() as folder, Intake(Path(folder) / "intake.sqlite") as intake:
        with intake.writing():
            place = intake.imports.begin("digest", archive.label, archive.format, folder, False)
        for batch in archive.batches(intake.authors):
            intake.keep_lines(place.number, batch.seen, batch.position)
            posts += sum(isinstance(one, Sighting) for one in batch.seen)
    return posts


def parse(path: Path) -> int:
    """The floor: dictionaries, thrown away."""
    with path.open("rb") as lines:
        return sum(bool(loads(line)) for line in lines)


def seconds(work: Callable[[Path], int], path: Path) -> tuple[float, int]:
    """Processor time of one run, and what it counted: others on this machine do not show in it."""
    begun = time.process_time()
    count = work(path)
    return time.process_time() - begun, count


def peak(path: Path, times: int) -> float:
    """Peak memory in MB of a process that reads the file so many times over, as one stream."""
    command = [sys.executable, __file__, "--stream"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin
        assert child.stdout
        for _ in range(times):
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    child.stdin.write(chunk)
        child.stdin.close()
        return float(child.stdout.read())


def main() -> None:
    """Print rates and ratios, and what they must reach."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--long", type=int, default=400_000)
    parser.add_argument("--stream", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream:
        read(Path("-"))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024)
        return
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), options.posts)
        for name, path in files.items():
            size = os.path.getsize(path)  # noqa: PTH202
            print(f"{name}: {options.posts:,} posts, {size / options.posts:,.0f} bytes each")
            rounds = [[seconds(work, path) for work in (parse, read, keep)] for _ in range(options.rounds)]
            floor, ours, kept = (statistics.median(one[n][0] for one in rounds) for n in range(3))
            shown = rounds[0][1][1]
            print(f"  bare {loads.__module__}.loads    {size / floor / 1e6:7.0f} MB/s")
            for what, took in (("read into sightings", ours), ("read and kept", kept)):
                print(
                    f"  {what:20} {size / took / 1e6:7.0f} MB/s, {options.posts / took:9,.0f} posts/s"
                    f" ({shown / took:,.0f} with those that came along); {floor / took:.2f} x bare"
                    f" (at least {POSTS_A_SECOND:,} posts/s and {FLOOR} x)"
                )
            short, long = peak(path, 1), peak(path, max(1, options.long // options.posts))
            print(
                f"  peak memory {short:.0f} MB for {options.posts:,} posts, {long:.0f} MB for {options.long:,} ({long / short:.2f} x)"
            )


if __name__ == "__main__":
    main()
