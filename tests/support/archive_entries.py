"""One entry of each format of archive, as the platforms document them, and a way to read what a file holds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from echoloop.collect.archives import Archive, Format, open_archives
from echoloop.collect.sightings import Gone, Seen, Sighting, Skipped
from echoloop.records import Post


def named(platform: str, handle: str, native: str = "") -> str | None:
    """A pseudonym that a test can read."""
    return f"{platform}/{handle or native}" if handle or native else None


def tweet(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "text": f"picture {number}",
        "author_id": "77",
        "conversation_id": "1",
        "created_at": "2025-04-01T10:00:00.000Z",
        "edit_history_tweet_ids": [str(number)],
        **changes,
    }


def tweet_page(*tweets: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": list(tweets),
        "includes": {"users": [{"id": "77", "username": "painter_fan_01"}]},
        "meta": {"result_count": len(tweets)},
        "__twarc": {
            "url": "https://api.twitter.com/2/tweets/search/all",
            "retrieved_at": "2025-04-03T00:00:00+00:00",
        },
    }


def submission(name: str = "abc", **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": f"title {name}",
        "selftext": "",
        "subreddit": "pictures",
        "author": "painter_fan_01",
        "created_utc": 1743500000,
        "permalink": f"/r/pictures/comments/{name}/t/",
        "url": f"https://www.reddit.com/r/pictures/comments/{name}/t/",
        "retrieved_on": 1743600000,
        **changes,
    }


def comment(name: str = "c1", link: str = "abc", **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "link_id": f"t3_{link}",
        "parent_id": f"t3_{link}",
        "body": f"body {name}",
        "subreddit": "pictures",
        "author": "painter_fan_02",
        "created_utc": 1743500100,
        **changes,
    }


def post_view(key: str = "a", **changes: Any) -> dict[str, Any]:
    return {
        "uri": f"at://did:plc:aaa/app.bsky.feed.post/{key}",
        "author": {"did": "did:plc:aaa", "handle": "painter-fan-01.example"},
        "record": {"$type": "app.bsky.feed.post", "text": f"view {key}", "createdAt": "2025-04-01T10:00:00Z"},
        **changes,
    }


def status(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "uri": f"https://masto.example/users/fan/statuses/{number}",
        "url": f"https://masto.example/@fan/{number}",
        "created_at": "2025-04-01T10:00:00.000Z",
        "visibility": "public",
        "content": f"<p>status {number}</p>",
        "account": {"acct": "fan", "url": "https://masto.example/@fan"},
        **changes,
    }


def echo_post(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "text": "look",
        "timestamp": "2025-04-01T10:00:00+02:00",
        "url": f"https://twitter.com/painter_fan_01/status/{number}?s=20",
        "replies_above": ["**https://x.com/a/status/9**", "junk"],
        "replies_below": [],
        "keyword": "paint",
        "author": "@painter_fan_01",
        "image_urls": [{"url": "media/a.png", "alt": "a ball"}],
        "engagement": {"likes": 2},
        **changes,
    }


def written(path: Path, *entries: Any) -> Path:
    """A file with one entry a line; bytes go in as they are."""
    lines = [entry if isinstance(entry, bytes) else json.dumps(entry).encode() for entry in entries]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def the_archive(path: Path, form: Format | None = None, mapping: Mapping[str, str] | None = None) -> Archive:
    (archive,) = open_archives([str(path)], form, mapping)
    return archive


def read_all(archive: Archive, start: int = 0) -> list[Seen]:
    return [one for batch in archive.batches(named, start) for one in batch.seen]


def posts_of(seen: list[Seen]) -> list[Post]:
    return [one.post for one in seen if isinstance(one, Sighting)]


def skipped_of(seen: list[Seen]) -> list[tuple[str, str]]:
    return [(one.where, one.reason) for one in seen if isinstance(one, Skipped)]


def gone_of(seen: list[Seen]) -> list[Gone]:
    return [one for one in seen if isinstance(one, Gone)]
