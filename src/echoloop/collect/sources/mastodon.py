"""Mastodon, one instance: search for who has a token, hashtags for everyone, contexts that go on where they were cut."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote, urlsplit

import msgspec

from echoloop.collect.errands import Errand, ErrandKind, KnownPost, Page, Window
from echoloop.collect.shapes.mastodon import MastodonPage, read_context, read_search, read_statuses
from echoloop.collect.sightings import Gone, NameAuthor, Occasion, Sighting, Skipped
from echoloop.collect.sources.paging import REPEATS, follow, in_window, occasion_of
from echoloop.collect.sources.source import ErrandFailed
from echoloop.collect.sources.web import Forbidden, NotThere, Web

_PAGE = 40
_ID = re.compile(r"[A-Za-z0-9]{1,40}")
_PATH = re.compile(r"/(?:@[^/]+|users/[^/]+/statuses|notice|objects)/([A-Za-z0-9]{1,40})$")
_NOT_IN_TAGS = re.compile(r"[\W_]+")
_SHOWN_TO_ALL = (60, 20)
_SHOWN_TO_US = (4_096, 4_096)
_TAGS_ONLY = "without a token an instance searches hashtags only: #{tag} in the place of {keyword!r}"
_CUT = "without a token an instance shows at most 60 replies of a post, 20 levels deep; some may be missing"
_ELSEWHERE = "a post of another instance, which only a token can look up here"


class _Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a search came, or which status is meant; it travels in the errand."""

    id: str = ""
    url: str = ""
    trail: str = ""


class _Counted(msgspec.Struct):
    id: str
    in_reply_to_id: str | None = None
    replies_count: int = 0


class _Context(msgspec.Struct):
    descendants: list[_Counted] = []


class MastodonSource:
    """Ids count on this instance only; a post that came from elsewhere is looked up by its URL."""

    platform: ClassVar[str] = "mastodon"
    by_time: ClassVar[bool] = True

    def __init__(self, web: Web, instance: str, *, logged_in: bool) -> None:
        self._web = web
        self._host = (urlsplit(instance).hostname or "").removeprefix("www.")
        self._logged_in = logged_in

    def search(self, keyword: str, language: str, window: Window) -> Errand:
        """No instance searches by language: the window is asked for, the language is not."""
        return Errand(platform="mastodon", kind="search", keyword=keyword, language=language, window=window)

    def look_up(self, posts: Sequence[KnownPost]) -> list[Errand]:
        return [_part("post", _Place(id=post.native, url=post.url), "", 0) for post in posts]

    def conversation(self, post: KnownPost) -> list[Errand]:
        return [_part("above", _Place(id=post.native, url=post.url), post.url, 0)]

    async def run(self, errand: Errand, name_author: NameAuthor) -> Page:
        occasion = occasion_of(errand, name_author, self._web.now())
        try:
            match errand.kind:
                case "search":
                    return await self._search(errand, occasion)
                case "post":
                    return await self._look_up(errand, occasion)
                case "above":
                    return await self._around(errand, occasion)
                case "below":
                    return await self._below(errand, occasion)
        except (NotThere, Forbidden) as error:
            raise ErrandFailed(f"mastodon: {error}", where=self._host) from None

    async def aclose(self) -> None:
        await self._web.aclose()

    async def _search(self, errand: Errand, occasion: Occasion) -> Page:
        place = _read_place(errand.argument)
        if self._logged_in:
            page = await self._words(errand, occasion)
            cursor = str(int(errand.cursor or "0") + len(page.ids))
            limits = ()
        else:
            tag = _NOT_IN_TAGS.sub("", errand.keyword)
            if not tag:
                return Page(limits=(_TAGS_ONLY.format(tag=tag, keyword=errand.keyword),))
            page = await self._tagged(tag, errand, occasion)
            cursor = page.ids[-1] if page.ids else ""
            limits = () if errand.cursor else (_TAGS_ONLY.format(tag=tag, keyword=errand.keyword),)
        then: tuple[Errand, ...] = ()
        if page.ids:
            trail = follow(place.trail, page.seen)
            if trail is None:
                limits = (*limits, REPEATS)
            else:
                onward = _write_place(_Place(trail=trail))
                then = (msgspec.structs.replace(errand, argument=onward, cursor=cursor),)
        return Page(seen=in_window(page.seen, errand.window), then=then, limits=limits, answered=True)

    async def _words(self, errand: Errand, occasion: Occasion) -> MastodonPage:
        words = errand.keyword
        params = [("q", f'"{words}"' if " " in words and '"' not in words else words)]
        params += [("type", "statuses"), ("limit", str(_PAGE)), ("offset", errand.cursor or "0")]
        if errand.window:
            params += [
                ("min_id", str(max(0, _id_at(errand.window.start) - 1))),
                ("max_id", str(_id_at(errand.window.end))),
            ]
        body = await self._web.get("/api/v2/search", params)
        return read_search(body, occasion, f"mastodon: search {words[:60]}")

    async def _tagged(self, tag: str, errand: Errand, occasion: Occasion) -> MastodonPage:
        params = [("limit", str(_PAGE))]
        if errand.window:
            params += [("since_id", str(max(0, _id_at(errand.window.start) - 1)))]
        newest = errand.cursor or (str(_id_at(errand.window.end)) if errand.window else "")
        params += [("max_id", newest)] if newest else []
        body = await self._web.get(f"/api/v1/timelines/tag/{quote(tag, safe='')}", params)
        return read_statuses(body, occasion, f"mastodon: #{tag[:60]}")

    async def _look_up(self, errand: Errand, occasion: Occasion) -> Page:
        place = _read_place(errand.argument)
        body = await self._status(place, occasion)
        if isinstance(body, Gone | Skipped):
            return Page(seen=(body,))
        return Page(seen=tuple(read_statuses(body, occasion, f"mastodon: {place.url}").seen))

    async def _around(self, errand: Errand, occasion: Occasion) -> Page:
        """The status itself and its context, together: only then is the address of its parent known."""
        place = _read_place(errand.argument)
        body = await self._status(place, occasion)
        if isinstance(body, Gone | Skipped):
            return Page(seen=(body,))
        where = f"mastodon: {place.url or place.id}"
        itself = read_statuses(body, occasion, where)
        (native, url), *_ = itself.known.items() or [("", "")]
        if not _ID.fullmatch(native):
            return Page(seen=tuple(itself.seen))
        around = await self._context(native)
        page = read_context(around, occasion, where, known={native: url})
        itself = read_statuses(body, occasion, where, known=page.known)
        below, limits = self._cut_below(around, page, native, errand)
        then = [*_upwards(itself, page, native, errand), *below]
        seen = (*itself.seen, *page.seen)
        return Page(seen=seen, then=tuple(then), limits=limits)

    async def _below(self, errand: Errand, occasion: Occasion) -> Page:
        place = _read_place(errand.argument)
        body = await self._context(place.id)
        page = read_context(body, occasion, f"mastodon: {place.url}", known={place.id: place.url})
        then, limits = self._cut_below(body, page, place.id, errand)
        return Page(seen=tuple(page.seen), then=tuple(then), limits=limits)

    async def _context(self, native: str) -> bytes:
        return await self._web.get(f"/api/v1/statuses/{native}/context")

    async def _status(self, place: _Place, occasion: Occasion) -> bytes | Gone | Skipped:
        """By the id in its URL, if it is of this instance; by the id that was noted, if it means this post here; by its URL."""
        own = _PATH.search(urlsplit(place.url).path) if urlsplit(place.url).hostname == self._host else None
        if own:
            gone = Gone(url=place.url, reason="not found", noticed_at=occasion.at)
            return await self._by_id(own.group(1)) or gone
        body = await self._by_id(place.id) if _ID.fullmatch(place.id) else None
        if body and _shows(body, place.url, occasion):
            return body
        if not place.url:
            return Skipped(where=f"mastodon: status {place.id}", reason="a parent that is not there")
        found = await self._resolved(place.url) if self._logged_in else None
        reason = "not found on this instance" if self._logged_in else _ELSEWHERE
        return found or Skipped(where=place.url, reason=reason)

    async def _by_id(self, native: str) -> bytes | None:
        try:
            return await self._web.get(f"/api/v1/statuses/{native}")
        except NotThere:
            return None

    async def _resolved(self, url: str) -> bytes | None:
        params = [("q", url), ("type", "statuses"), ("resolve", "true"), ("limit", "1")]
        body = await self._web.get("/api/v2/search", params)
        try:
            statuses = msgspec.json.decode(body, type=_Resolved).statuses
        except msgspec.MsgspecError:
            return None
        return bytes(statuses[0]) if statuses else None

    def _cut_below(
        self, body: bytes, page: MastodonPage, start: str, errand: Errand
    ) -> tuple[list[Errand], tuple[str, ...]]:
        """Where the context may have been cut, on from every post that has more replies than it shows."""
        shown = _descendants(body)
        most, deepest = _SHOWN_TO_US if self._logged_in else _SHOWN_TO_ALL
        if len(shown) < most and _depth(shown, start) < deepest:
            return [], ()
        replies = Counter(one.in_reply_to_id for one in shown)
        cut = [one.id for one in shown if one.replies_count > replies[one.id] and one.id != start]
        then = [
            _part("below", _Place(id=native, url=page.known[native]), errand.thread, errand.depth + 1)
            for native in cut
            if native in page.known and _ID.fullmatch(native)
        ]
        return then, (_CUT,) if len(shown) >= most and not self._logged_in else ()


class _Resolved(msgspec.Struct):
    statuses: list[msgspec.Raw] = []


def _upwards(itself: MastodonPage, page: MastodonPage, native: str, errand: Errand) -> list[Errand]:
    """On from the topmost ancestor that was shown; or, where that is the root, everything below it."""
    missing = [*page.parents.values(), *itself.parents.values()]
    if missing:
        return [
            _part("above", _Place(id=parent), errand.thread, errand.depth + 1)
            for parent in dict.fromkeys(missing)
            if _ID.fullmatch(parent) and parent != native
        ]
    root = next((shown for shown in page.ids if shown in page.known), "")
    is_above = any(
        isinstance(one, Sighting) and one.native == native and one.post.replies_above for one in itself.seen
    )
    if not is_above or not _ID.fullmatch(root):
        return []
    return [_part("below", _Place(id=root, url=page.known[root]), errand.thread, errand.depth + 1)]


def _shows(body: bytes, url: str, occasion: Occasion) -> bool:
    """Whether this is the post that was meant: another instance gives the same id to another."""
    return not url or url in read_statuses(body, occasion, url).known.values()


def _descendants(body: bytes) -> list[_Counted]:
    try:
        return msgspec.json.decode(body, type=_Context).descendants
    except msgspec.MsgspecError:
        return []


def _depth(shown: list[_Counted], start: str) -> int:
    """How many levels are shown: a context comes in reading order, a parent before its replies."""
    levels = {start: 0}
    for one in shown:
        levels[one.id] = levels.get(one.in_reply_to_id or "", 0) + 1
    return max(levels.values())


def _part(kind: ErrandKind, place: _Place, thread: str, depth: int) -> Errand:
    return Errand(platform="mastodon", kind=kind, argument=_write_place(place), thread=thread, depth=depth)


def _read_place(argument: str) -> _Place:
    return msgspec.json.decode(argument, type=_Place) if argument else _Place()


def _write_place(place: _Place) -> str:
    return msgspec.json.encode(place).decode()


def _id_at(moment: datetime) -> int:
    """Ids are times: milliseconds, then 16 bits."""
    return max(0, int(moment.timestamp() * 1000)) << 16
