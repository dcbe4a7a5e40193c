"""X, API v2: search of the last week or of everything, conversations by their id, parents by theirs."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

import msgspec

from echoloop.collect.errands import Errand, KnownPost, Page, Window
from echoloop.collect.shapes.x import XPage, read_tweets
from echoloop.collect.sightings import NameAuthor, Sighting
from echoloop.collect.sources.paging import REPEATS, follow, in_groups, occasion_of
from echoloop.collect.sources.source import ErrandFailed
from echoloop.collect.sources.web import Forbidden, NotThere, Web
from echoloop.records import Mistake

_LONGEST_QUERY = 4_096
_LOOK_UP = 100
_RECENT_DAYS = 7
_MARGIN = timedelta(minutes=1)
_END_MARGIN = timedelta(seconds=30)
_BEGINNING = datetime(2006, 3, 21, tzinfo=UTC)
_SNOWFLAKES_FROM = 1_288_834_974_657
_PLAIN = re.compile(r"[#@$]?[\w']+")
_OPERATOR = re.compile(r'["():]|\bOR\b|(?:^|\s)-\w')
_STATUS = re.compile(r"/status/(\d+)$")
_TOO_OLD = (
    'recent search reaches back 7 days; what is older needs access to the full archive (access = "all")'
)
_FIELDS = (
    (
        "tweet.fields",
        "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,lang,note_tweet,"
        "public_metrics,referenced_tweets,withheld",
    ),
    ("expansions", "author_id,attachments.media_keys,referenced_tweets.id"),
    ("media.fields", "alt_text,height,media_key,type,url,width"),
    ("user.fields", "username"),
)


class _Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the pages of one search share, and what the last one left to do; it travels in the errand."""

    thread: str = ""
    start: datetime | None = None
    end: datetime | None = None
    trail: str = ""
    missing: tuple[str, ...] = ()


class XSource:
    """`access` says which of the two searches the key may use."""

    platform: ClassVar[str] = "x"
    by_time: ClassVar[bool] = True

    def __init__(self, web: Web, access: Literal["recent", "all"] = "recent") -> None:
        self._web = web
        self._access = access
        self._path = f"/2/tweets/search/{access}"

    def search(self, keyword: str, language: str, window: Window) -> Errand:
        query = _query(keyword, language)
        if len(query) > _LONGEST_QUERY:
            raise Mistake(
                f"a keyword for x makes a query of {len(query)} characters",
                where=keyword[:60],
                remedy=f"X takes at most {_LONGEST_QUERY}.",
            )
        return Errand(platform="x", kind="search", keyword=keyword, language=language, window=window)

    def look_up(self, posts: Sequence[KnownPost]) -> list[Errand]:
        natives = [native for post in posts if (native := _native(post))]
        return [
            Errand(platform="x", kind="post", argument=",".join(group))
            for group in in_groups(natives, _LOOK_UP)
        ]

    def conversation(self, post: KnownPost) -> list[Errand]:
        native = _native(post)
        if not native:
            return []
        if not post.conversation:
            return [Errand(platform="x", kind="above", argument=f"?{native}", thread=post.url)]
        return _whole(post.conversation, (native,), thread=post.url, depth=0)

    async def run(self, errand: Errand, name_author: NameAuthor) -> Page:
        try:
            match errand.kind:
                case "search":
                    return await self._search(errand, name_author)
                case "below":
                    return await self._below(errand, name_author)
                case "above" | "post":
                    return await self._look_up(errand, name_author)
        except (NotThere, Forbidden) as error:
            raise ErrandFailed(f"x: {error}") from None

    async def aclose(self) -> None:
        await self._web.aclose()

    async def _search(self, errand: Errand, name_author: NameAuthor) -> Page:
        limits: tuple[str, ...] = ()
        if errand.argument:
            place = _read_place(errand.argument)
        else:
            place, limits = self._first_place(errand.window)
            if place is None:
                return Page(limits=limits)
        page = await self._page(_query(errand.keyword, errand.language), place, errand, name_author)
        then, ended = _next_page(page, place, errand)
        return Page(seen=tuple(page.seen), then=then, reads=page.reads, limits=limits + ended)

    async def _below(self, errand: Errand, name_author: NameAuthor) -> Page:
        """A page of a conversation. What it points to and no page shows is asked for by id, once that is sure."""
        place = _read_place(errand.argument)
        limits = self._limits_of(place) if not errand.cursor else ()
        if not errand.cursor:
            place = msgspec.structs.replace(place, start=self._start_of(place.thread))
        page = await self._page(f"conversation_id:{place.thread}", place, errand, name_author)
        then, ended = _next_page(page, place, errand)
        missing = _still_missing(page, place)
        later = tuple(native for native in missing if page.oldest_id and int(native) < int(page.oldest_id))
        if then and len(later) <= _LOOK_UP:
            (following,) = then
            onward = msgspec.structs.replace(_read_place(following.argument), missing=later)
            then = (msgspec.structs.replace(following, argument=_write_place(onward)),)
            missing = tuple(native for native in missing if native not in later)
        above = _upwards(missing, thread=errand.thread, depth=errand.depth + 1)
        return Page(seen=tuple(page.seen), then=(*then, *above), reads=page.reads, limits=limits + ended)

    async def _look_up(self, errand: Errand, name_author: NameAuthor) -> Page:
        natives = errand.argument.removeprefix("?")
        body = await self._web.get("/2/tweets", [("ids", natives), *_FIELDS], bucket="/2/tweets")
        page = read_tweets(
            body, occasion_of(errand, name_author, self._web.now()), f"x: tweets {natives[:60]}"
        )
        if errand.kind == "post":
            return Page(seen=tuple(page.seen), reads=page.reads)
        if errand.argument.startswith("?") and page.conversation_ids:
            (root, *_) = page.conversation_ids
            then = _whole(root, page.parents, thread=errand.thread, depth=errand.depth)
        else:
            then = _upwards(page.parents, thread=errand.thread, depth=errand.depth + 1)
        return Page(seen=tuple(page.seen), then=tuple(then), reads=page.reads)

    async def _page(self, query: str, place: _Place, errand: Errand, name_author: NameAuthor) -> XPage:
        params = [("query", query), ("max_results", "100" if self._access == "recent" else "500"), *_FIELDS]
        params += [(name, _time(time)) for name, time in _bounds(place) if time is not None]
        params += [("next_token", errand.cursor)] if errand.cursor else []
        body = await self._web.get(self._path, params, bucket=self._path)
        return read_tweets(body, occasion_of(errand, name_author, self._web.now()), f"x: search {query[:60]}")

    def _first_place(self, window: Window | None) -> tuple[_Place | None, tuple[str, ...]]:
        """Where to begin, in the bounds that the interface demands; None where nothing can be asked for."""
        now = self._web.now()
        if window is None:
            return _Place(), ()
        start, end, limits = window.start, min(window.end, now - _END_MARGIN), ()
        reach = now - timedelta(days=_RECENT_DAYS) + _MARGIN
        if self._access == "recent" and start < reach:
            start, limits = reach, (_TOO_OLD,)
        return (_Place(start=start, end=end) if start < end else None), limits

    def _start_of(self, thread: str) -> datetime | None:
        """The full archive shows a month unless told otherwise, so it is told when the conversation began."""
        return None if self._access == "recent" else (_snowflake_time(thread) or _BEGINNING)

    def _limits_of(self, place: _Place) -> tuple[str, ...]:
        began = _snowflake_time(place.thread)
        reach = self._web.now() - timedelta(days=_RECENT_DAYS)
        old = self._access == "recent" and began is not None and began < reach
        return (f"{_TOO_OLD}; older replies in this conversation are not shown",) if old else ()


def _query(keyword: str, language: str) -> str:
    """A phrase, unless whoever wrote the keyword speaks the platform's own language of operators."""
    if _OPERATOR.search(keyword):
        words = f"({keyword})"
    else:
        words = keyword if _PLAIN.fullmatch(keyword) else f'"{keyword}"'
    return f"{words} -is:retweet" + (f" lang:{language}" if language else "")


def _next_page(page: XPage, place: _Place, errand: Errand) -> tuple[tuple[Errand, ...], tuple[str, ...]]:
    if not page.next_token:
        return (), ()
    trail = follow(place.trail, page.seen)
    if trail is None:
        return (), (REPEATS,)
    onward = msgspec.structs.replace(place, trail=trail, missing=())
    return (msgspec.structs.replace(errand, argument=_write_place(onward), cursor=page.next_token),), ()


def _still_missing(page: XPage, place: _Place) -> tuple[str, ...]:
    shown = {one.native for one in page.seen if isinstance(one, Sighting)} | {place.thread}
    return tuple(dict.fromkeys(native for native in (*place.missing, *page.parents) if native not in shown))


def _upwards(natives: Sequence[str], *, thread: str, depth: int) -> list[Errand]:
    return [
        Errand(platform="x", kind="above", argument=",".join(group), thread=thread, depth=depth)
        for group in in_groups(natives, _LOOK_UP)
    ]


def _whole(root: str, wanted: Sequence[str], *, thread: str, depth: int) -> list[Errand]:
    """The root by its id, for a search leaves it out; all the others by a search, which is to find those wanted too."""
    place = _Place(thread=root, missing=tuple(native for native in wanted if native != root))
    below = Errand(platform="x", kind="below", argument=_write_place(place), thread=thread, depth=depth)
    return [*_upwards([root], thread=thread, depth=depth), below]


def _read_place(argument: str) -> _Place:
    return msgspec.json.decode(argument, type=_Place)


def _write_place(place: _Place) -> str:
    return msgspec.json.encode(place).decode()


def _bounds(place: _Place) -> tuple[tuple[str, datetime | None], ...]:
    return (("start_time", place.start), ("end_time", place.end))


def _native(post: KnownPost) -> str:
    found = _STATUS.search(post.url)
    return post.native or (found.group(1) if found else "")


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _snowflake_time(native: str) -> datetime | None:
    """Ids of X tell their own time, but for those of its first years."""
    if not native.isdigit() or not 15 <= len(native) <= 20:
        return None
    try:
        return datetime.fromtimestamp(((int(native) >> 22) + _SNOWFLAKES_FROM) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
