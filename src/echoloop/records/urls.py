"""One canonical form for the URL of a post. URLs are how posts are known, and people paste them dirty."""

import re
from urllib.parse import urlsplit

_AROUND = " \t\r\n*`~|<>()[]{}\"'“”‘’«»,;:!?."
_WRAPPING = f"{_AROUND}_"
_X_HOSTS = frozenset({"twitter.com", "x.com"})
_REDDIT_HOSTS = frozenset({"reddit.com", "old.reddit.com", "new.reddit.com", "np.reddit.com"})
_X_STATUS = re.compile(r"^/(?:i/(?:web/)?|([^/]+)/)status(?:es)?/(\d+)")
_REDDIT_POST = re.compile(r"^/(?:r/[^/]+/)?comments/([a-z0-9]+)(?:/[^/]*(?:/([a-z0-9]+))?)?", re.IGNORECASE)
_HOST = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_MOBILE = frozenset({"twitter.com", "x.com", "reddit.com", "facebook.com", "youtube.com", "weibo.com"})
"""Where `m.` and `mobile.` name the same place. Elsewhere they may be all there is to a name."""
_PAIR_STARTS = re.compile("(?:^|&)(?:amp;)*")
_TRACKING = frozenset(
    {
        *("context", "fbclid", "feature", "gclid", "igsh", "igshid", "mibextid", "msclkid"),
        *("ref", "ref_src", "ref_url", "share_id", "si", "srsltid", "twclid"),
    }
)
_TRACKING_FAMILIES = ("utm_", "mc_", "__cft__", "__tn__")


class NotAPostUrl(ValueError):
    """The text is not an http(s) URL."""


def canonical_url(text: str) -> str:
    """The one form of a post's URL: https, no `www.` or `mobile.`, no fragment, of a query only what may tell posts apart.

    A status on x.com is known by its number alone: handles change, numbers do not. Elsewhere a query may be what names the
    post (`item?id=1`, `watch?v=...`), so only what is known to be tracking leaves it; the rest is put in order.
    """
    trimmed = _unwrapped(text)
    try:
        parts = urlsplit(trimmed if "://" in trimmed else f"https://{trimmed}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise NotAPostUrl(f"{text[:200]!r} is not a URL: {error}") from error
    host = _plain_host(host)
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise NotAPostUrl(f"{text[:200]!r} is not the URL of a post: expected https://host/path")
    path = "/" + parts.path.strip("/" + _AROUND)
    if host in _X_HOSTS:
        return _canonical_x(path)
    if host in _REDDIT_HOSTS:
        return _canonical_reddit(path)
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    return f"https://{place}{path}".rstrip("/") + _canonical_query(parts.query)


def _plain_host(host: str) -> str:
    bare = host.removeprefix("www.")
    desktop = bare.removeprefix("mobile.").removeprefix("m.")
    return desktop if desktop in _MOBILE else bare


def _unwrapped(text: str) -> str:
    """Without the markup and punctuation around it. An underscore may belong to its end, unless one stands before it too."""
    bare = text.lstrip(_WRAPPING)
    before = text[: len(text) - len(bare)]
    return bare.rstrip(_WRAPPING if "_" in before else _AROUND)


def _canonical_query(query: str) -> str:
    pairs = {pair.rstrip(_AROUND) for pair in _PAIR_STARTS.split(query)}
    kept = sorted(pair for pair in pairs if pair and not _is_tracking(pair))
    return "?" + "&".join(kept) if kept else ""


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_FAMILIES)


def _canonical_x(path: str) -> str:
    status = _X_STATUS.match(path)
    return (
        f"https://x.com/i/status/{status.group(2)}" if status else f"https://x.com{path.lower()}".rstrip("/")
    )


def _canonical_reddit(path: str) -> str:
    post = _REDDIT_POST.match(path)
    if not post:
        return f"https://reddit.com{path}".rstrip("/")
    comment = f"/_/{post.group(2).lower()}" if post.group(2) else ""
    return f"https://reddit.com/comments/{post.group(1).lower()}{comment}"
