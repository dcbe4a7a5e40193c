"""URLs of posts as archives give them, checked: a profile or a start page is no post."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from echoloop.records import NotAPostUrl, canonical_url

_PLATFORMS = {"x.com": "x", "reddit.com": "reddit", "bsky.app": "bluesky"}
_POSTS = {
    "x.com": re.compile(r"/i/status/\d+"),
    "reddit.com": re.compile(r"/comments/[a-z0-9]+(?:/_/[a-z0-9]+)?"),
    "bsky.app": re.compile(r"/profile/[^/]+/post/[^/]+"),
}


def post_url(text: str) -> str:
    """The canonical URL of a post. Raises `NotAPostUrl` for what is no URL, or that of something else."""
    url = canonical_url(text)
    parts = urlsplit(url)
    form = _POSTS.get(parts.hostname or "")
    if form.fullmatch(parts.path) if form else parts.path or parts.query:
        return url
    raise NotAPostUrl(f"{text[:200]!r} is a URL, but not that of a post")


def post_urls(texts: Iterable[str]) -> tuple[str, ...]:
    """Those that are URLs of posts, each once."""
    found: dict[str, None] = {}
    for text in texts:
        try:
            found[post_url(text)] = None
        except NotAPostUrl:
            continue
    return tuple(found)


def platform_of(url: str) -> str:
    """The platform that a canonical URL belongs to; where nobody knows it, its host."""
    host = urlsplit(url).hostname or ""
    return _PLATFORMS.get(host, host)
