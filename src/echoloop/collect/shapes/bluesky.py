"""Bluesky: search results, looked-up posts, timelines and threads -> sightings."""

import re

import msgspec

from echoloop.collect.shapes.bluesky_entries import (
    Author,
    Embed,
    FeedEntry,
    Node,
    Page,
    PostView,
    Quoted,
    Record,
)
from echoloop.collect.shapes.bluesky_threads import Place, read_places
from echoloop.collect.shapes.decoding import NOTHING, Mended, Unreadable, decode, is_there
from echoloop.collect.shapes.values import picture, possible_count, read_time
from echoloop.collect.sightings import Gone, Occasion, Seen, Sighting, Skipped
from echoloop.records import Engagement, ImageRef, NotAPostUrl, Post

_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]+)")
_URL = re.compile(r"https://bsky\.app/profile/([A-Za-z0-9._:%-]+)/post/([A-Za-z0-9._:~-]+)")


class BlueskyPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a response showed.

    Of a thread: `cut` are the AT-URIs of posts that have more replies than the page shows, and `above` is the one that the
    topmost post answers and that the page does not show (empty where the root is shown).
    """

    seen: list[Seen]
    cursor: str | None = None
    cut: tuple[str, ...] = ()
    above: str = ""


def post_url(uri: str) -> str:
    """The canonical URL of a post, by its AT-URI. Raises `NotAPostUrl`."""
    found = _URI.fullmatch(uri)
    if not found:
        raise NotAPostUrl(
            f"{uri[:200]!r} is not the AT-URI of a post: expected at://did:.../app.bsky.feed.post/..."
        )
    return f"https://bsky.app/profile/{found[1]}/post/{found[2]}"


def post_uri(url: str) -> str:
    """The AT-URI of a post, by its canonical URL. Raises `NotAPostUrl`."""
    found = _URL.fullmatch(url)
    if not found:
        raise NotAPostUrl(
            f"{url[:200]!r} is not the URL of a post on Bluesky: expected https://bsky.app/profile/.../post/..."
        )
    return f"at://{found[1]}/app.bsky.feed.post/{found[2]}"


def read_search(body: bytes, occasion: Occasion, where: str, mended: Mended | None = None) -> BlueskyPage:
    """A page of `searchPosts`, of `getQuotes`, or of a timeline."""
    mended = mended or Mended()
    try:
        page = decode(body, msgspec.json.Decoder(Page), mended)
    except Unreadable as error:
        return BlueskyPage(seen=[Skipped(where=where, reason=error.reason, detail=error.detail)])
    seen: list[Seen] = []
    entries = [FeedEntry(post=raw) for raw in page.posts or ()] + (page.feed or [])
    for number, entry in enumerate(entries, start=1):
        place = f"{where}, post {number}"
        found = read_post(entry.post, occasion, place, mended)
        if is_there(entry.reason) and found and isinstance(found[0], Sighting):
            seen.append(Skipped(where=place, reason="a repost", detail=f"of {found[0].post.url}"))
        seen += found
    return BlueskyPage(seen=seen, cursor=page.cursor)


def read_posts(body: bytes, occasion: Occasion, where: str, mended: Mended | None = None) -> BlueskyPage:
    """The answer of `getPosts`. A post that was asked for and is not in it is gone: the page does not say so."""
    return read_search(body, occasion, where, mended)


def read_post(
    view: bytes | msgspec.Raw, occasion: Occasion, where: str, mended: Mended | None = None
) -> list[Seen]:
    """A single view of a post, and what it quotes."""
    mended = mended or Mended()
    try:
        post = decode(view, msgspec.json.Decoder(PostView), mended)
    except Unreadable as error:
        return [Skipped(where=where, reason=error.reason, detail=error.detail)]
    return _with_quoted(post, occasion, where, mended)


def read_thread(body: bytes, occasion: Occasion, where: str, mended: Mended | None = None) -> BlueskyPage:
    """The answer of `getPostThread`: the post, its ancestors, and everything below it that is shown."""
    mended = mended or Mended()
    try:
        places = read_places(body, mended)
    except Unreadable as error:
        return BlueskyPage(seen=[Skipped(where=where, reason=error.reason, detail=error.detail)])
    if not places:
        return BlueskyPage(
            seen=[Skipped(where=where, reason="not a post in this format", detail="no `thread`")]
        )
    seen: list[Seen] = []
    for number, place in enumerate(places, start=1):
        seen += _read_place(place, places, occasion, f"{where}, post {number}", mended)
    return BlueskyPage(
        seen=seen,
        cut=tuple(uri for place in places if place.relation != "parent" and (uri := _cut_at(place))),
        above=_above_top(places),
    )


def _read_place(
    place: Place, places: list[Place], occasion: Occasion, where: str, mended: Mended
) -> list[Seen]:
    node = place.node
    if isinstance(node, Unreadable):
        return [Skipped(where=where, reason=node.reason, detail=node.detail)]
    if node.post is not None:
        return _with_quoted(node.post, occasion, where, mended)
    url = _url_or_none(node.uri)
    if url is None:
        return [
            Skipped(
                where=where,
                reason="not a post in this format",
                detail=f"a place of the type {node.type[:80]!r}",
            )
        ]
    blocked = node.blocked or node.type.endswith("#blockedPost")
    owner = places[place.owner].node if place.relation == "reply" else None
    parent = _url_or_none(owner.post.uri) if isinstance(owner, Node) and owner.post else None
    return [
        Gone(
            url=url,
            reason="blocked" if blocked else "not found",
            noticed_at=occasion.at,
            replies_above=(parent,) if parent else (),
        )
    ]


def _cut_at(place: Place) -> str:
    post = place.node.post if isinstance(place.node, Node) else None
    return post.uri if post and (post.reply_count or 0) > place.shown and _URI.fullmatch(post.uri) else ""


def _above_top(places: list[Place]) -> str:
    top = next((place for place in reversed(places) if place.relation == "parent"), places[0])
    post = top.node.post if isinstance(top.node, Node) else None
    parent = post.record.reply.parent if post and post.record.reply else None
    return parent.uri if parent and _URI.fullmatch(parent.uri) else ""


def _with_quoted(view: PostView, occasion: Occasion, where: str, mended: Mended) -> list[Seen]:
    along = msgspec.structs.replace(occasion, keywords=(), found_by="expansion")
    seen: list[Seen] = []
    waiting = [view]
    while waiting:
        post = waiting.pop()
        quotes, inside, gone = _quoted(post.embed, occasion, where, mended)
        seen.append(_post(post, quotes, along if seen else occasion, where, mended))
        seen += gone
        waiting += inside
    return seen


def _quoted(
    embed: Embed | None, occasion: Occasion, where: str, mended: Mended
) -> tuple[tuple[str, ...], list[PostView], list[Seen]]:
    """The posts an embed points to, those of them that are shown, and those that are gone."""
    raw = embed.record if embed else NOTHING
    if not is_there(raw):
        return (), [], []
    try:
        quoted = decode(raw, msgspec.json.Decoder(Quoted), mended)
        if not quoted.uri and is_there(quoted.record):
            quoted = decode(quoted.record, msgspec.json.Decoder(Quoted), mended)
        url = _url_or_none(quoted.uri)
        if url is None:
            return (), [], []
        if is_there(quoted.value):
            return (url,), [_as_view(quoted, mended)], []
    except Unreadable as error:
        return (), [], [Skipped(where=f"{where}, quoted", reason=error.reason, detail=error.detail)]
    if quoted.type.endswith("#viewNotFound"):
        return (url,), [], [Gone(url=url, reason="not found", noticed_at=occasion.at)]
    if quoted.type.endswith("#viewBlocked"):
        return (url,), [], [Gone(url=url, reason="blocked", noticed_at=occasion.at)]
    return (url,), [], []


def _as_view(quoted: Quoted, mended: Mended) -> PostView:
    return PostView(
        uri=quoted.uri,
        record=decode(quoted.value, msgspec.json.Decoder(Record), mended),
        author=quoted.author,
        embed=next(iter(quoted.embeds or ()), None),
        repost_count=quoted.repost_count,
        like_count=quoted.like_count,
        quote_count=quoted.quote_count,
        indexed_at=quoted.indexed_at,
    )


def _post(view: PostView, quotes: tuple[str, ...], occasion: Occasion, where: str, mended: Mended) -> Seen:
    url = _url_or_none(view.uri)
    record = view.record
    if url is None or record.type not in ("", "app.bsky.feed.post"):
        return Skipped(
            where=where,
            reason="not a post in this format",
            detail=f"{view.uri[:120]!r} of the type {record.type[:60]!r}",
        )
    parent = record.reply.parent if record.reply else None
    root = record.reply.root if record.reply else None
    above = _url_or_none(parent.uri) if parent else None
    return Sighting(
        post=Post(
            url=url,
            platform="bluesky",
            text=record.text,
            created_at=read_time(record.created_at, mended) or read_time(view.indexed_at, mended),
            author=_author(view.author, occasion),
            language=next(iter(record.langs or ()), None),
            keywords=occasion.keywords,
            found_by=occasion.found_by,
            replies_above=(above,) if above else (),
            quotes=quotes,
            images=_images(view.embed, mended),
            engagement=_engagement(view, mended),
            source_posts=(url,),
        ),
        seen_at=occasion.at,
        native=view.uri,
        conversation=root.uri if root and _url_or_none(root.uri) else view.uri,
    )


def _author(author: Author, occasion: Occasion) -> str | None:
    handle = "" if author.handle == "handle.invalid" else author.handle
    return occasion.name_author("bluesky", handle, author.did) if handle or author.did else None


def _engagement(view: PostView, mended: Mended) -> Engagement:
    reposts, quotes = view.repost_count, view.quote_count
    return Engagement(
        likes=possible_count(view.like_count, mended),
        reposts=possible_count(reposts if reposts is None else reposts + (quotes or 0), mended),
        bookmarks=possible_count(view.bookmark_count, mended),
    )


def _images(embed: Embed | None, mended: Mended) -> tuple[ImageRef, ...]:
    """The sizes beside a picture are a ratio, not pixels: they are left out."""
    images = list((embed.images if embed else None) or ())
    if embed and is_there(embed.media):
        try:
            images += decode(embed.media, msgspec.json.Decoder(Embed), mended).images or ()
        except Unreadable:
            mended.pictures += 1
    mended.pictures += sum(not image.fullsize for image in images)
    return tuple(picture(image.fullsize, image.alt) for image in images if image.fullsize)


def _url_or_none(uri: str) -> str | None:
    try:
        return post_url(uri)
    except NotAPostUrl:
        return None
