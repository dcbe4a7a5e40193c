"""An entry of an archive -> sightings: what the four platforms send, each through its own shape."""

from typing import Protocol

import msgspec

from echoloop.collect.archives.mastodon_edges import MastodonEdges
from echoloop.collect.shapes.bluesky import read_post, read_search, read_thread
from echoloop.collect.shapes.decoding import NOTHING, Mended, Unreadable, decode, is_there
from echoloop.collect.shapes.mastodon import read_context, read_statuses
from echoloop.collect.shapes.mastodon import read_search as read_found_statuses
from echoloop.collect.shapes.reddit import read_comment, read_comments_page, read_submission
from echoloop.collect.shapes.x import read_flattened, read_tweets
from echoloop.collect.sightings import Occasion, Seen, Skipped


class EntryReader(Protocol):
    """Reads one entry after the other. It may remember a little, so it serves one archive."""

    def read(self, entry: bytes, where: str) -> list[Seen]: ...

    def notes(self) -> list[str]:
        """What has to be said when all is read."""
        ...


def split_array(data: bytes, mended: Mended) -> list[bytes]:
    """The JSON objects of an array, also of arrays within it. Raises `Unreadable` where there is none."""
    decoder = msgspec.json.Decoder(list[msgspec.Raw])
    objects: list[bytes] = []
    waiting = [data]
    while waiting:
        entry = waiting.pop()
        if entry[:1] == b"[":
            waiting += [bytes(raw) for raw in reversed(decode(entry, decoder, mended))]
        else:
            objects.append(entry)
    return objects


class TweetReader:
    """Pages of X's API as twarc2 keeps them, or flattened tweets: what the last line was, the next is tried as first."""

    def __init__(self, occasion: Occasion, mended: Mended) -> None:
        self._occasion = occasion
        self._mended = mended
        self._flattened = False

    def read(self, entry: bytes, where: str) -> list[Seen]:
        seen = self._read_as(entry, where)
        if not _is_read(seen) and self._is_page(entry) == self._flattened:
            self._flattened = not self._flattened
            return self._read_as(entry, where)
        return seen

    def notes(self) -> list[str]:
        return []

    def _read_as(self, entry: bytes, where: str) -> list[Seen]:
        read = read_flattened if self._flattened else read_tweets
        return read(entry, self._occasion, where, self._mended).seen

    def _is_page(self, entry: bytes) -> bool:
        try:
            known = decode(entry, msgspec.json.Decoder(_TweetEntry), Mended())
        except Unreadable:
            return not self._flattened
        return any(map(is_there, (known.data, known.meta, known.includes, known.errors)))


class RedditReader:
    """Bare things of a dump, wrapped things, listings, comment pages."""

    def __init__(self, occasion: Occasion, mended: Mended) -> None:
        self._occasion = occasion
        self._mended = mended
        self._left_out = 0

    def read(self, entry: bytes, where: str) -> list[Seen]:
        try:
            thing = decode(entry, msgspec.json.Decoder(_RedditEntry), self._mended)
        except Unreadable as error:
            return [Skipped(where=where, reason=error.reason, detail=error.detail)]
        if thing.kind or is_there(thing.json):
            page = read_comments_page(_wrapped(entry, thing), self._occasion, where, self._mended)
            self._left_out += sum(more.count for more in page.more)
            return page.seen
        if is_there(thing.data):
            return self._each(thing.data, where)
        read = read_comment if is_there(thing.link_id) else read_submission
        return read(entry, self._occasion, where, self._mended)

    def _each(self, things: msgspec.Raw, where: str) -> list[Seen]:
        """The list that Arctic Shift's API answers with."""
        try:
            entries = split_array(bytes(things), self._mended)
        except Unreadable as error:
            return [Skipped(where=where, reason=error.reason, detail=error.detail)]
        return [
            one
            for number, entry in enumerate(entries, 1)
            for one in self.read(entry, f"{where}, thing {number}")
        ]

    def notes(self) -> list[str]:
        left_out = f"about {self._left_out:,} comments are only counted in this archive, not shown"
        return [left_out] if self._left_out else []


class BlueskyReader:
    """Views of posts, pages of them, timelines, threads."""

    def __init__(self, occasion: Occasion, mended: Mended) -> None:
        self._occasion = occasion
        self._mended = mended
        self._cut = 0

    def read(self, entry: bytes, where: str) -> list[Seen]:
        try:
            known = decode(entry, msgspec.json.Decoder(_BlueskyEntry), self._mended)
        except Unreadable as error:
            if error.reason == "nested too deeply":
                return self._thread(entry, where)
            return [Skipped(where=where, reason=error.reason, detail=error.detail)]
        if is_there(known.thread):
            return self._thread(entry, where)
        if is_there(known.posts) or is_there(known.feed):
            return read_search(entry, self._occasion, where, self._mended).seen
        if is_there(known.replies) or is_there(known.parent):
            return self._thread(b'{"thread":%b}' % entry, where)
        if is_there(known.post):
            return read_search(b'{"feed":[%b]}' % entry, self._occasion, where, self._mended).seen
        return read_post(entry, self._occasion, where, self._mended)

    def notes(self) -> list[str]:
        cut = f"{self._cut:,} posts have more replies than this archive shows"
        return [cut] if self._cut else []

    def _thread(self, entry: bytes, where: str) -> list[Seen]:
        page = read_thread(entry, self._occasion, where, self._mended)
        self._cut += len(page.cut)
        return page.seen


class MastodonReader:
    """Statuses, lists of them, contexts and search results. Local ids are followed within the archive."""

    def __init__(self, occasion: Occasion, mended: Mended) -> None:
        self._occasion = occasion
        self._mended = mended
        self._edges = MastodonEdges()

    def read(self, entry: bytes, where: str) -> list[Seen]:
        try:
            known = decode(entry, msgspec.json.Decoder(_MastodonEntry), self._mended)
        except Unreadable as error:
            return [Skipped(where=where, reason=error.reason, detail=error.detail)]
        if is_there(known.statuses):
            page = read_found_statuses(entry, self._occasion, where, self._mended)
        elif is_there(known.descendants):
            page = read_context(entry, self._occasion, where, self._mended, self._edges.urls)
        else:
            page = read_statuses(entry, self._occasion, where, self._mended, self._edges.urls)
        return self._edges.follow(page)

    def notes(self) -> list[str]:
        orphans = self._edges.orphans
        return [f"{orphans:,} replies answer a status that this archive does not show"] if orphans else []


class _TweetEntry(msgspec.Struct, frozen=True):
    data: msgspec.Raw = NOTHING
    meta: msgspec.Raw = NOTHING
    includes: msgspec.Raw = NOTHING
    errors: msgspec.Raw = NOTHING


class _RedditEntry(msgspec.Struct, frozen=True):
    kind: str | None = None
    data: msgspec.Raw = NOTHING
    json: msgspec.Raw = NOTHING
    link_id: msgspec.Raw = NOTHING


class _BlueskyEntry(msgspec.Struct, frozen=True):
    thread: msgspec.Raw = NOTHING
    posts: msgspec.Raw = NOTHING
    feed: msgspec.Raw = NOTHING
    post: msgspec.Raw = NOTHING
    replies: msgspec.Raw = NOTHING
    parent: msgspec.Raw = NOTHING


class _MastodonEntry(msgspec.Struct, frozen=True):
    statuses: msgspec.Raw = NOTHING
    descendants: msgspec.Raw = NOTHING


def _wrapped(entry: bytes, thing: _RedditEntry) -> bytes:
    return entry if is_there(thing.json) or thing.kind == "Listing" else b"[%b]" % entry


def _is_read(seen: list[Seen]) -> bool:
    return any(not isinstance(one, Skipped) or one.reason == "a repost" for one in seen)
