"""Reddit: search of submissions, their comment forests with all the stubs, and the way up from a comment."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import msgspec

from echoloop.collect.errands import Errand, KnownPost, Page, Window
from echoloop.collect.shapes.reddit import More, RedditPage, post_url, read_comments_page, read_listing
from echoloop.collect.sightings import Gone, NameAuthor, Seen, Sighting, Skipped
from echoloop.collect.sources.paging import REPEATS, follow, in_groups, in_window, occasion_of, oldest
from echoloop.collect.sources.source import ErrandFailed
from echoloop.collect.sources.turns import Turns
from echoloop.collect.sources.web import Forbidden, NotThere, Web

_PAGE = 100
_THINGS = 100
_COMMENTS = 500
_DEPTH = 100
_CONTEXT = 8
_CEILING_FROM = 240
_POST = re.compile(r"/comments/([a-z0-9]+)(?:/_/([a-z0-9]+))?$")
_CEILING = "Reddit's search ended after {found} posts; it never shows more than about 1,000 and says nothing of the rest"


class _Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a search came, or which part of a forest is meant; it travels in the errand."""

    link: str = ""
    comment: str = ""
    children: tuple[str, ...] = ()
    found: int = 0
    trail: str = ""


class _Envelope(msgspec.Struct):
    json: "_Answer | None" = None


class _Answer(msgspec.Struct):
    errors: list[Any] = []


class RedditSource:
    """`subreddits` narrow the search; without any it goes over all of them."""

    platform: ClassVar[str] = "reddit"
    by_time: ClassVar[bool] = False

    def __init__(self, web: Web, subreddits: Sequence[str] = ()) -> None:
        self._web = web
        self._subreddits = tuple(subreddits)
        self._turns = Turns()

    def search(self, keyword: str, language: str, window: Window) -> Errand:
        """Reddit knows no languages and no times: the window is kept here, the language is not asked for."""
        return Errand(platform="reddit", kind="search", keyword=keyword, language=language, window=window)

    def look_up(self, posts: Sequence[KnownPost]) -> list[Errand]:
        paths = [f"{link}/{comment}".rstrip("/") for post in posts for link, comment in _ids_of(post)]
        return [
            Errand(platform="reddit", kind="post", argument=",".join(group))
            for group in in_groups(paths, _THINGS)
        ]

    def conversation(self, post: KnownPost) -> list[Errand]:
        return [
            errand
            for link, comment in _ids_of(post)
            for errand in (
                *([_part("above", _Place(link=link, comment=comment), post.url, 0)] if comment else ()),
                _part("below", _Place(link=link), post.url, 0),
            )
        ]

    async def run(self, errand: Errand, name_author: NameAuthor) -> Page:
        match errand.kind:
            case "search":
                return await self._search(errand, name_author)
            case "post":
                return await self._look_up(errand, name_author)
            case "above" | "below":
                return await self._forest(errand, name_author)

    async def aclose(self) -> None:
        await self._web.aclose()

    async def _search(self, errand: Errand, name_author: NameAuthor) -> Page:
        place = _read_place(errand.argument) if errand.argument else _Place()
        where = f"/r/{'+'.join(self._subreddits)}" if self._subreddits else ""
        params = [
            ("q", errand.keyword if '"' in errand.keyword else f'"{errand.keyword}"'),
            ("sort", "new"),
            ("type", "link"),
            ("limit", str(_PAGE)),
            ("include_over_18", "on"),
            ("t", "all"),
        ]
        params += [("restrict_sr", "true")] if where else []
        params += [("after", errand.cursor), ("count", str(place.found))] if errand.cursor else []
        try:
            body = await self._web.get(f"{where}/search", params)
        except (NotThere, Forbidden) as error:
            return Page(limits=(f"Reddit shows nothing of {where or 'its search'}: {error}",))
        page = read_listing(
            body, occasion_of(errand, name_author, self._web.now()), f"reddit: {errand.keyword}"
        )
        then, limits = _next_page(page, place, errand)
        return Page(seen=in_window(page.seen, errand.window), then=then, limits=limits, answered=True)

    async def _look_up(self, errand: Errand, name_author: NameAuthor) -> Page:
        asked = dict(_name_and_url(path) for path in errand.argument.split(","))
        occasion = occasion_of(errand, name_author, self._web.now())
        try:
            body = await self._web.get("/api/info", [("id", ",".join(asked))])
        except (NotThere, Forbidden) as error:
            raise ErrandFailed(f"reddit: {error}") from None
        page = read_listing(body, occasion, "reddit: /api/info")
        shown = _urls(page.seen)
        gone = [
            Gone(url=url, reason="not found", noticed_at=occasion.at)
            for url in asked.values()
            if url not in shown
        ]
        return Page(seen=(*page.seen, *gone))

    async def _forest(self, errand: Errand, name_author: NameAuthor) -> Page:
        place = _read_place(errand.argument)
        occasion = occasion_of(errand, name_author, self._web.now())
        where = f"reddit: comments of {place.link}"
        try:
            body = await (
                self._more(place) if place.children else self._comments(place, errand.kind == "above")
            )
        except NotThere:
            gone = Gone(url=post_url(place.link, place.comment), reason="not found", noticed_at=occasion.at)
            return Page(seen=(gone,))
        except Forbidden:
            gone = Gone(url=post_url(place.link), reason="protected", noticed_at=occasion.at)
            return Page(seen=(gone,))
        page = read_comments_page(body, occasion, where)
        seen = (*page.seen, *_unkept_promises(page, place, where))
        then = _upwards(page, place, errand) if errand.kind == "above" else _downwards(page, place, errand)
        return Page(seen=seen, then=tuple(then))

    async def _comments(self, place: _Place, above: bool) -> bytes:
        params = [("limit", str(_COMMENTS)), ("sort", "old"), ("threaded", "true"), ("showmore", "true")]
        params += [("depth", str(_DEPTH))]
        params += [("comment", place.comment)] if place.comment else []
        params += [("context", str(_CONTEXT))] if above else []
        return await self._web.get(f"/comments/{place.link}", params)

    async def _more(self, place: _Place) -> bytes:
        """Reddit allows one such request at a time."""
        params = [
            ("api_type", "json"),
            ("link_id", f"t3_{place.link}"),
            ("children", ",".join(place.children)),
            ("sort", "old"),
            ("limit_children", "false"),
        ]
        async with self._turns.taken():
            body = await self._web.get("/api/morechildren", params)
        errors = _errors_of(body)
        if errors:
            raise ErrandFailed(f"reddit: {errors}", where=f"comments of {place.link}")
        return body


def _next_page(page: RedditPage, place: _Place, errand: Errand) -> tuple[tuple[Errand, ...], tuple[str, ...]]:
    found = place.found + sum(
        isinstance(one, Sighting) and one.post.found_by == "keyword" for one in page.seen
    )
    last = oldest(page.seen)
    if errand.window and last and last < errand.window.start:
        return (), ()
    if not page.after:
        return (), (_CEILING.format(found=f"{found:,}"),) if found >= _CEILING_FROM else ()
    trail = follow(place.trail, page.seen)
    if trail is None:
        return (), (REPEATS,)
    onward = _write_place(_Place(found=found, trail=trail))
    return (msgspec.structs.replace(errand, argument=onward, cursor=page.after),), ()


def _downwards(page: RedditPage, place: _Place, errand: Errand) -> Iterable[Errand]:
    """Everything the page left out: named comments by the hundred, threads that go on by their own page."""
    named = [child for more in page.more for child in more.children]
    for group in in_groups(named, _THINGS):
        yield _part("below", _Place(link=place.link, children=group), errand.thread, errand.depth + 1)
    for parent in dict.fromkeys(more.parent for more in page.more if _goes_on(more, place)):
        yield _part("below", _Place(link=place.link, comment=parent), errand.thread, errand.depth + 1)


def _goes_on(more: More, place: _Place) -> bool:
    return not more.children and more.parent not in ("", place.link, place.comment)


def _upwards(page: RedditPage, place: _Place, errand: Errand) -> Iterable[Errand]:
    """The ancestor that the topmost shown comment answers."""
    shown = _urls(page.seen)
    parents = [
        url
        for one in page.seen
        if isinstance(one, Sighting | Gone)
        for url in _above(one)
        if url not in shown
    ]
    for link, comment in dict.fromkeys(ids for url in parents for ids in _ids_of(KnownPost(url=url))):
        if comment and link == place.link and comment != place.comment:
            above = _Place(link=link, comment=comment)
            yield _part("above", above, errand.thread, errand.depth + 1)


def _unkept_promises(page: RedditPage, place: _Place, where: str) -> list[Skipped]:
    """Comments that a stub named and that did not come: usually removed, but Reddit does not say so."""
    came = _urls(page.seen) | {post_url(place.link, child) for more in page.more for child in more.children}
    return [
        Skipped(where=where, reason="a comment that was named but not shown", detail=url)
        for child in place.children
        if (url := post_url(place.link, child)) not in came
    ]


def _above(one: Sighting | Gone) -> tuple[str, ...]:
    return one.post.replies_above if isinstance(one, Sighting) else one.replies_above


def _urls(seen: Iterable[Seen]) -> set[str]:
    shown = {one.post.url for one in seen if isinstance(one, Sighting)}
    return shown | {one.url for one in seen if isinstance(one, Gone)}


def _part(kind: Any, place: _Place, thread: str, depth: int) -> Errand:
    return Errand(platform="reddit", kind=kind, argument=_write_place(place), thread=thread, depth=depth)


def _ids_of(post: KnownPost) -> list[tuple[str, str]]:
    found = _POST.search(post.url)
    return [(found.group(1), found.group(2) or "")] if found else []


def _name_and_url(path: str) -> tuple[str, str]:
    link, _, comment = path.partition("/")
    return f"t1_{comment}" if comment else f"t3_{link}", post_url(link, comment)


def _errors_of(body: bytes) -> str:
    try:
        answer = msgspec.json.decode(body, type=_Envelope).json
    except msgspec.MsgspecError:
        return ""
    return str(answer.errors[0])[:200] if answer and answer.errors else ""


def _read_place(argument: str) -> _Place:
    return msgspec.json.decode(argument, type=_Place)


def _write_place(place: _Place) -> str:
    return msgspec.json.encode(place).decode()
