"""Whom and what to forget, as people name it: addresses, handles, files of either, and a platform's compliance records."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from echoloop.records import Mistake, NotAPostUrl, canonical_url

_PLATFORMS = {"x.com": "x", "twitter.com": "x", "reddit.com": "reddit", "bsky.app": "bluesky"}
_PROFILES = (
    re.compile(r"^/(?:user|u)/([^/]+)/?$"),
    re.compile(r"^/profile/([^/]+)/?$"),
    re.compile(r"^/@([^/@]+)/?$"),
    re.compile(r"^/([A-Za-z0-9_]{1,15})/?$"),
)
_HANDLE = re.compile(
    r"^(?:(x|reddit|bluesky|mastodon):)?(@[\w.@-]+|u/[\w-]+|did:[a-z]+:[\w.:%-]+)$", re.IGNORECASE
)
_NO_ERASURE = frozenset({"scrub_geo", "undelete", "undrop", "unsuspend", "unprotect", "undeactivate"})


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An author as somebody named them; the platform where it was said."""

    handle: str
    platform: str | None = None


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """Posts and people. `numbers` are X ids of which a record does not say whether they are a post's or a person's."""

    posts: frozenset[str] = frozenset()
    people: frozenset[Person] = frozenset()
    numbers: frozenset[str] = frozenset()
    passed_over: int = 0


class _Record(msgspec.Struct):
    """One line of a compliance file of X."""

    id: str
    action: str
    reason: str = ""


def read_targets(named: Sequence[str]) -> Targets:
    """Everything that was named; one unreadable name and nothing is forgotten."""
    posts: set[str] = set()
    people: set[Person] = set()
    numbers: set[str] = set()
    passed_over = 0
    for where, word in _words(named):
        found = _read(word, where)
        if isinstance(found, Person):
            people.add(found)
        elif isinstance(found, str):
            posts.add(found)
        elif found.action in _NO_ERASURE or found.reason in _NO_ERASURE:
            passed_over += 1
        else:
            numbers.add(found.id)
    if not (posts or people or numbers or passed_over):
        raise Mistake(
            "nothing was named", where=", ".join(named), remedy="Name posts or people, or files with some."
        )
    return Targets(
        posts=frozenset(posts), people=frozenset(people), numbers=frozenset(numbers), passed_over=passed_over
    )


def _words(named: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in named:
        path = Path(name)
        if not _is_file(path):
            yield "", name
            continue
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise Mistake(f"the list of what to forget cannot be read: {error}", where=path) from error
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                yield f"{path}:{number}", line.strip()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read(word: str, where: str) -> str | Person | _Record:
    if word.startswith("{"):
        return _record(word, where)
    handle = _HANDLE.match(word)
    if handle:
        platform = handle.group(1)
        return Person(handle=handle.group(2), platform=platform.lower() if platform else None)
    try:
        url = canonical_url(word)
    except NotAPostUrl as error:
        raise _unreadable(word, where) from error
    person = _person_at(word)
    if person is None and "/" not in url.removeprefix("https://"):
        raise _unreadable(word, where)
    return person or url


def _record(line: str, where: str) -> _Record:
    try:
        record = msgspec.json.decode(line, type=_Record)
    except msgspec.MsgspecError as error:
        raise Mistake(
            f"this is no compliance record: {error}",
            where=where,
            remedy='Expected lines like {"id": "123", "action": "delete", ...}; nothing was forgotten.',
        ) from error
    if not record.id.isdigit():
        raise _unreadable(record.id, where)
    return record


def _person_at(address: str) -> Person | None:
    """The person whose profile an address shows."""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("mobile.").removeprefix("m.")
    platform = _PLATFORMS.get(host)
    for pattern in _PROFILES[: 4 if platform == "x" else 3]:
        found = pattern.match(parts.path)
        if found and platform in ("x", "reddit", "bluesky"):
            return Person(handle=found.group(1), platform=platform)
        if found and platform is None and parts.path.startswith("/@"):
            return Person(handle=f"{found.group(1)}@{host}", platform="mastodon")
    return None


def _unreadable(word: str, where: str) -> Mistake:
    return Mistake(
        f"{word[:200]!r} is no address of a post, no handle, no profile and no file",
        where=where,
        remedy="Name posts by address, people as @handle, x:@handle or by their profile's address, or a file of such lines; "
        "nothing was forgotten.",
    )
