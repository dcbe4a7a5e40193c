"""Bluesky: search by time, posts by address, threads up to their root and down to where they are cut."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import msgspec

from echoloop.collect.errands import Errand, ErrandKind, KnownPost, Page, Window
from echoloop.collect.shapes.bluesky import (
    BlueskyPage,
    post_uri,
    post_url,
    read_posts,
    read_search,
    read_thread,
)
from echoloop.collect.sightings import Gone, GoneReason, NameAuthor, Occasion, Sighting
from echoloop.collect.sources.paging import REPEATS, follow, in_groups, occasion_of
from echoloop.collect.sources.source import ErrandFailed, KeyRefused
from echoloop.collect.sources.web import Forbidden, NotThere, Web
from echoloop.records import NotAPostUrl

_PAGE = 100
_LOOK_UP = 25
_FARTHEST = "1000"
_REMEDY = "Without a login Bluesky may keep its search to itself: put {names} into the environment."


class BlueskySource:
    """`names` are the environment's variables that a login would come from; `logged_in` says whether it did."""

    platform: ClassVar[str] = "bluesky"
    by_time: ClassVar[bool] = True

    def __init__(self, web: Web, *, logged_in: bool, names: str) -> None:
        self._web = web
        self._logged_in = logged_in
        self._names = names

    def search(self, keyword: str, language: str, window: Window) -> Errand:
        return Errand(platform="bluesky", kind="search", keyword=keyword, language=language, window=window)

    def look_up(self, posts: Sequence[KnownPost]) -> list[Errand]:
        addresses = [address for post in posts if (address := _address(post))]
        plain = [address for address in addresses if address.startswith("at://did:")]
        by_handle = [address for address in addresses if address not in plain]
        groups = [*in_groups(plain, _LOOK_UP), *in_groups(by_handle, 1)]
        return [Errand(platform="bluesky", kind="post", argument=" ".join(group)) for group in groups]

    def conversation(self, post: KnownPost) -> list[Errand]:
        """From the post up and down; and from the root down, which brings what hangs beside it."""
        address = _address(post)
        if not address:
            return []
        if post.conversation == address:
            return [_part("below", address, post.url, 0)]
        root = [_part("below", post.conversation, post.url, 0)] if post.conversation else []
        return [_part("above", address, post.url, 0), *root]

    async def run(self, errand: Errand, name_author: NameAuthor) -> Page:
        occasion = occasion_of(errand, name_author, self._web.now())
        match errand.kind:
            case "search":
                return await self._search(errand, occasion)
            case "post" if errand.argument.startswith("at://did:"):
                return await self._look_up(errand, occasion)
            case "post" | "above" | "below":
                return await self._thread(errand, occasion)

    async def aclose(self) -> None:
        await self._web.aclose()

    async def _search(self, errand: Errand, occasion: Occasion) -> Page:
        words = errand.keyword
        params = [("q", f'"{words}"' if " " in words and '"' not in words else words)]
        params += [("sort", "latest"), ("limit", str(_PAGE))]
        if errand.window:
            params += [("since", _time(errand.window.start)), ("until", _time(errand.window.end))]
        params += [("lang", errand.language)] if errand.language else []
        params += [("cursor", errand.cursor)] if errand.cursor else []
        page = read_search(await self._found(params), occasion, f"bluesky: search {words[:60]}")
        then: tuple[Errand, ...] = ()
        limits: tuple[str, ...] = ()
        if page.cursor:
            trail = follow(errand.argument, page.seen)
            if trail is None:
                limits = (REPEATS,)
            else:
                then = (msgspec.structs.replace(errand, argument=trail, cursor=page.cursor),)
        return Page(seen=tuple(page.seen), then=then, limits=limits)

    async def _found(self, params: list[tuple[str, str]]) -> bytes:
        remedy = "" if self._logged_in else _REMEDY.format(names=self._names)
        try:
            return await self._web.get("/xrpc/app.bsky.feed.searchPosts", params)
        except (NotThere, Forbidden) as error:
            raise ErrandFailed(f"bluesky refused a search: {error}", remedy=remedy) from None
        except KeyRefused as error:
            if self._logged_in:
                raise
            raise ErrandFailed(f"bluesky refused a search: {error.what}", remedy=remedy) from None

    async def _look_up(self, errand: Errand, occasion: Occasion) -> Page:
        asked = errand.argument.split(" ")
        try:
            body = await self._web.get(
                "/xrpc/app.bsky.feed.getPosts", [("uris", address) for address in asked]
            )
        except (NotThere, Forbidden) as error:
            raise ErrandFailed(f"bluesky: {error}") from None
        page = read_posts(body, occasion, "bluesky: getPosts")
        shown = {one.native for one in page.seen if isinstance(one, Sighting)}
        gone = [_gone(address, "not found", occasion) for address in asked if address not in shown]
        return Page(seen=(*page.seen, *gone))

    async def _thread(self, errand: Errand, occasion: Occasion) -> Page:
        alone = errand.kind == "post"
        height = _FARTHEST if errand.kind == "above" else "0"
        params = [("uri", errand.argument), ("depth", "0" if alone else _FARTHEST), ("parentHeight", height)]
        try:
            body = await self._web.get("/xrpc/app.bsky.feed.getPostThread", params)
        except NotThere:
            return Page(seen=_gone_if_known(errand.argument, "not found", occasion))
        except Forbidden as error:
            if not error.blocked:
                raise ErrandFailed(f"bluesky: {error}") from None
            return Page(seen=_gone_if_known(errand.argument, "blocked", occasion))
        page = read_thread(body, occasion, f"bluesky: thread {errand.argument}")
        then = () if alone else tuple(_onward(page, errand))
        return Page(seen=tuple(page.seen), then=then)


def _onward(page: BlueskyPage, errand: Errand) -> Iterable[Errand]:
    """Down from where branches were cut; up from where the ancestors were; and down from the root, once it is known."""
    for address in page.cut:
        if address != errand.argument:
            yield _part("below", address, errand.thread, errand.depth + 1)
    if errand.kind != "above":
        return
    if page.above and page.above != errand.argument:
        yield _part("above", page.above, errand.thread, errand.depth + 1)
    for one in page.seen:
        if not isinstance(one, Sighting) or _key(one.native) != _key(errand.argument):
            continue
        if one.conversation != one.native:
            yield _part("below", one.conversation, errand.thread, errand.depth + 1)


def _key(address: str) -> str:
    """What an address by handle and the one by DID have in common."""
    return address.rpartition("/")[2]


def _part(kind: ErrandKind, address: str, thread: str, depth: int) -> Errand:
    return Errand(platform="bluesky", kind=kind, argument=address, thread=thread, depth=depth)


def _address(post: KnownPost) -> str:
    try:
        return post.native or post_uri(post.url)
    except NotAPostUrl:
        return ""


def _gone(address: str, reason: GoneReason, occasion: Occasion) -> Gone:
    return Gone(url=post_url(address), reason=reason, noticed_at=occasion.at)


def _gone_if_known(address: str, reason: GoneReason, occasion: Occasion) -> tuple[Gone, ...]:
    """An address by handle is no identity: what is not there under it may be there under another."""
    try:
        return (_gone(address, reason, occasion),)
    except NotAPostUrl:
        return ()


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
