"""The formats of archives, and how one entry of each is known. Nothing is read here but the names of its fields."""

from collections.abc import Container
from typing import Literal, TypeAlias, get_args

import msgspec

Format: TypeAlias = Literal["twarc2", "reddit", "bluesky", "mastodon", "echo", "table"]
FORMATS: tuple[Format, ...] = get_args(Format)

_TWEET = frozenset(
    {
        "author_id",
        "conversation_id",
        "edit_history_tweet_ids",
        "public_metrics",
        "referenced_tweets",
        "__twarc",
    }
)
_REDDIT_KINDS = ("Listing", "t1", "t3", "more")
_ECHO = frozenset(
    {"image_urls", "replies_above", "replies_below", "engagement", "keyword", "timestamp", "text"}
)


def describe(form: Format) -> str:
    """What an entry of this format is, in words."""
    match form:
        case "twarc2":
            return "posts of X's API v2 as twarc2 keeps them"
        case "reddit":
            return "things of Reddit (its API, Pushshift, Arctic Shift)"
        case "bluesky":
            return "views of Bluesky's app.bsky.feed"
        case "mastodon":
            return "statuses of Mastodon's API"
        case "echo":
            return "posts in ECHO's raw fields"
        case "table":
            return "rows of a table"


def format_of(entry: bytes | msgspec.Raw) -> Format | None:
    """The format of one JSON object (or of the first in an array); None where it is no JSON or no known one."""
    try:
        fields = _fields(entry)
        return _by_fields(fields) if fields else None
    except RecursionError:
        return "bluesky" if b"app.bsky.feed" in bytes(memoryview(entry)[:4_000]) else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _fields(entry: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    if bytes(memoryview(entry)[:64]).lstrip()[:1] != b"[":
        return msgspec.json.decode(entry, type=dict[str, msgspec.Raw])
    first = next(iter(msgspec.json.decode(entry, type=list[msgspec.Raw])), None)
    return msgspec.json.decode(first, type=dict[str, msgspec.Raw]) if first is not None else {}


def _by_fields(fields: dict[str, msgspec.Raw]) -> Format | None:
    names = fields.keys()
    if _is_mastodon(names):
        return "mastodon"
    if _is_bluesky(fields):
        return "bluesky"
    if _is_reddit(fields):
        return "reddit"
    if ("id" in names and "text" in names and names & _TWEET) or _is_page_of_x(fields):
        return "twarc2"
    return "echo" if "url" in names and names & _ECHO else None


def _is_mastodon(names: Container[str]) -> bool:
    return (
        _has(names, "account", "content", "uri")
        or _has(names, "ancestors", "descendants")
        or _has(names, "statuses")
    )


def _is_bluesky(fields: dict[str, msgspec.Raw]) -> bool:
    if "uri" in fields:
        return bytes(memoryview(fields["uri"])[:6]) == b'"at://'
    inside = next((fields[name] for name in ("thread", "posts", "feed", "post") if name in fields), None)
    return inside is not None and b'"at://' in bytes(inside)


def _is_reddit(fields: dict[str, msgspec.Raw]) -> bool:
    kind = bytes(fields["kind"]).strip(b'"').decode("ascii", "replace") if "kind" in fields else ""
    if kind in _REDDIT_KINDS and "data" in fields:
        return True
    if "json" in fields and b'"things"' in bytes(fields["json"]):
        return True
    if "data" in fields and bytes(memoryview(fields["data"])[:1]) == b"[":
        things = msgspec.json.decode(fields["data"], type=list[msgspec.Raw])
        return bool(things) and _is_thing(msgspec.json.decode(things[0], type=dict[str, msgspec.Raw]))
    return _is_thing(fields)


def _is_thing(fields: dict[str, msgspec.Raw]) -> bool:
    return "id" in fields and (
        _has(fields, "subreddit", "title")
        or _has(fields, "link_id", "body")
        or _has(fields, "subreddit", "body")
    )


def _is_page_of_x(fields: dict[str, msgspec.Raw]) -> bool:
    if "data" not in fields:
        return (
            "__twarc" in fields
            or _has(fields, "errors", "meta")
            or (_has(fields, "meta") and len(fields) == 1)
        )
    if fields.keys() & {"__twarc", "includes", "meta", "matching_rules"}:
        return True
    data = bytes(memoryview(fields["data"])[:2_000])
    return b'"text"' in data and b'"id"' in data


def _has(names: Container[str], *wanted: str) -> bool:
    return all(name in names for name in wanted)
