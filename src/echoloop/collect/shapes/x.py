"""X: responses of API v2 (search, look-up) and what twarc2 keeps of them -> sightings."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

import msgspec

from echoloop.collect.shapes.decoding import Mended, Unreadable, decode
from echoloop.collect.shapes.values import in_utc, picture, possible_count, unescaped
from echoloop.collect.shapes.x_entries import (
    Fault,
    Includes,
    Media,
    Meta,
    Metrics,
    Response,
    Retrieved,
    Tweet,
)
from echoloop.collect.shapes.x_pages import read_response, unfold
from echoloop.collect.sightings import Gone, GoneReason, NameAuthor, Occasion, Seen, Sighting, Skipped
from echoloop.records import Engagement, FoundBy, ImageRef, Post

_PHOTOS = "https://pbs.twimg.com/media/"
_TWEET = msgspec.json.Decoder(Tweet)
_NO_LANGUAGE = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
_SNOWFLAKES_BEGAN = 1_288_834_974_657
_SNOWFLAKE_DIGITS = range(15, 20)


class XPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a response showed, and what a source needs in order to go on from it.

    `parents` are the ids, upwards from the posts of `data`, that the page points to and does not show. `reads` is how many posts
    the platform bills: those of `data` and those of `includes`.
    """

    seen: list[Seen]
    next_token: str | None = None
    parents: tuple[str, ...] = ()
    conversation_ids: tuple[str, ...] = ()
    newest_id: str | None = None
    oldest_id: str | None = None
    reads: int = 0


class _View(msgspec.Struct):
    """What the entries of one page know of each other."""

    occasion: Occasion
    mended: Mended
    seen_at: datetime | None
    handles: dict[str, str]
    media: dict[str, Media]
    identity: dict[str, str]


def post_url(tweet_id: str) -> str:
    """The canonical URL of a post, by its id."""
    return f"https://x.com/i/status/{tweet_id}"


def read_tweets(body: bytes, occasion: Occasion, where: str, mended: Mended | None = None) -> XPage:
    """A page of search results or of looked-up posts: `data`, then what came along with it, then what is gone."""
    mended = mended or Mended()
    try:
        response, skipped = read_response(body, where, mended)
    except Unreadable as error:
        return XPage(seen=[Skipped(where=where, reason=error.reason, detail=error.detail)])
    return _read_page(response, occasion, where, mended, skipped)


def read_flattened(body: bytes, occasion: Occasion, where: str, mended: Mended | None = None) -> XPage:
    """One line of a file that `twarc2 flatten` has written: a tweet with everything it refers to inside."""
    mended = mended or Mended()
    try:
        tweet = decode(body, _TWEET, mended)
    except Unreadable as error:
        return XPage(seen=[Skipped(where=where, reason=error.reason, detail=error.detail)])
    data, includes = [tweet], unfold(tweet)
    view = _view(data, includes, tweet.retrieved, occasion, mended)
    return XPage(seen=_read_tweets(data, includes.tweets or (), view, where))


def _read_page(
    response: Response, occasion: Occasion, where: str, mended: Mended, skipped: list[Skipped]
) -> XPage:
    data = response.data if isinstance(response.data, list) else [response.data] if response.data else []
    includes = response.includes or Includes()
    along = includes.tweets or []
    faults = response.errors or []
    view = _view(data, includes, response.retrieved, occasion, mended)
    seen = _read_tweets(data, along, view, where)
    seen += [found for fault in faults if (found := _read_fault(fault, view, where))]
    meta = response.meta or Meta()
    return XPage(
        seen=[*seen, *skipped],
        next_token=meta.next_token,
        parents=_missing_parents(data, along, {fault.resource_id or fault.value for fault in faults}),
        conversation_ids=tuple(
            dict.fromkeys(tweet.conversation_id for tweet in data if tweet.conversation_id)
        ),
        newest_id=meta.newest_id,
        oldest_id=meta.oldest_id,
        reads=len(data) + len(along) + len(skipped),
    )


def _view(
    data: Sequence[Tweet], includes: Includes, retrieved: Retrieved | None, occasion: Occasion, mended: Mended
) -> _View:
    return _View(
        occasion=occasion,
        mended=mended,
        seen_at=in_utc(retrieved.retrieved_at if retrieved else None, mended) or occasion.at,
        handles={user.id: user.username for user in includes.users or ()},
        media={medium.media_key: medium for medium in includes.media or ()},
        identity=_identities(data, includes.tweets or ()),
    )


def _read_tweets(data: Sequence[Tweet], along: Sequence[Tweet], view: _View, where: str) -> list[Seen]:
    """What was asked for, then what came along with it, each once."""
    seen: list[Seen] = [_read_tweet(tweet, view, where, hit=True) for tweet in data]
    if not along:
        return seen
    reposted = {
        link.id for tweet in data for link in tweet.referenced_tweets or () if link.type == "retweeted"
    }
    shown = {tweet.id for tweet in data}
    for tweet in along:
        if tweet.id not in shown:
            shown.add(tweet.id)
            seen.append(_read_tweet(tweet, view, where, hit=tweet.id in reposted))
    return seen


def _identities(data: Sequence[Tweet], along: Sequence[Tweet]) -> dict[str, str]:
    """Every later version of an edited post -> the first one, by which it is known."""
    identity: dict[str, str] = {}
    for tweet in chain(data, along):
        history = tweet.edit_history_tweet_ids
        if history and len(history) > 1:
            identity.update(dict.fromkeys(history, history[0]))
    return identity


def _missing_parents(data: list[Tweet], along: list[Tweet], gone: set[str]) -> tuple[str, ...]:
    if not any(link.type == "replied_to" for tweet in data for link in tweet.referenced_tweets or ()):
        return ()
    shown = {tweet.id: tweet for tweet in (*along, *data)}
    for tweet in (*along, *data):
        for version in tweet.edit_history_tweet_ids or ():
            shown.setdefault(version, tweet)
    missing: dict[str, None] = {}
    asked: set[str] = set()
    waiting = list(reversed(data))
    while waiting:
        for reference in waiting.pop().referenced_tweets or ():
            if reference.type != "replied_to" or reference.id in asked:
                continue
            asked.add(reference.id)
            if reference.id in shown:
                waiting.append(shown[reference.id])
            elif reference.id not in gone and _is_id(reference.id):
                missing[reference.id] = None
    return tuple(missing)


def _read_tweet(tweet: Tweet, view: _View, where: str, *, hit: bool) -> Seen:
    if not _is_id(tweet.id) or tweet.text is None:
        return Skipped(
            where=where,
            reason="not a post in this format",
            detail=f"tweet {tweet.id[:40]!r} without id or text",
        )
    above, quotes, repost = _edges(tweet, view)
    first = view.identity.get(tweet.id, tweet.id)
    if repost:
        return Skipped(where=where, reason="a repost", detail=f"{post_url(tweet.id)} of {repost}")
    url = post_url(first)
    if tweet.withheld and (tweet.withheld.copyright or tweet.withheld.country_codes):
        return Gone(url=url, reason="withheld", noticed_at=view.seen_at, replies_above=above)
    occasion = view.occasion
    found_by: FoundBy = occasion.found_by if hit else "expansion"
    language = tweet.lang
    created, edited = _times(tweet, first, view.mended)
    author = tweet.author_id or (tweet.author.id if tweet.author else "")
    return Sighting(
        post=Post(
            url=url,
            platform="x",
            text=unescaped(tweet.note_tweet.text or tweet.text if tweet.note_tweet else tweet.text),
            created_at=created,
            edited_at=edited,
            author=_author(author, view.handles, occasion.name_author),
            language=None if language is None or language in _NO_LANGUAGE else language,
            keywords=occasion.keywords if hit else (),
            found_by=found_by,
            replies_above=above,
            quotes=quotes,
            images=_images(tweet, view) if tweet.attachments else (),
            engagement=_engagement(tweet.public_metrics, view.mended)
            if tweet.public_metrics
            else Engagement(),
            source_posts=(url,),
        ),
        seen_at=view.seen_at,
        native=tweet.id,
        conversation=tweet.conversation_id or "",
    )


def _author(native: str, handles: dict[str, str], name_author: NameAuthor) -> str | None:
    return name_author("x", handles.get(native, ""), native) if native else None


def _edges(tweet: Tweet, view: _View) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """What it answers, what it quotes, and of what it is a mere repost."""
    above: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    repost = ""
    for reference in tweet.referenced_tweets or ():
        if not _is_id(reference.id):
            continue
        url = post_url(view.identity.get(reference.id, reference.id))
        if reference.type == "replied_to":
            above = (url,)
        elif reference.type == "quoted":
            quotes = (*quotes, url)
        elif reference.type == "retweeted":
            repost = url
    return above, quotes, repost


def _times(tweet: Tweet, first: str, mended: Mended) -> tuple[datetime | None, datetime | None]:
    """When it was written, and when this version of it was. Ids of X tell their own time."""
    created = in_utc(tweet.created_at, mended)
    if tweet.id == first:
        return created, None
    return _snowflake_time(first) or created, _snowflake_time(tweet.id) or created


def _snowflake_time(tweet_id: str) -> datetime | None:
    if len(tweet_id) not in _SNOWFLAKE_DIGITS:
        return None
    since = timedelta(milliseconds=(int(tweet_id) >> 22) + _SNOWFLAKES_BEGAN)
    return (datetime(1970, 1, 1, tzinfo=UTC) + since).replace(microsecond=0)


def _engagement(metrics: Metrics, mended: Mended) -> Engagement:
    reposts, quotes = metrics.retweet_count, metrics.quote_count
    return Engagement(
        likes=possible_count(metrics.like_count, mended),
        views=possible_count(metrics.impression_count, mended),
        reposts=possible_count(reposts if quotes is None or reposts is None else reposts + quotes, mended),
        bookmarks=possible_count(metrics.bookmark_count, mended),
    )


def _images(tweet: Tweet, view: _View) -> tuple[ImageRef, ...]:
    attached = tweet.attachments
    keys = dict.fromkeys(attached.media_keys or () if attached else ())
    named = attached.media or () if attached else ()
    inside = {medium.media_key: medium for medium in named}
    images: list[ImageRef] = []
    for key in keys or inside:
        medium = view.media.get(key) or inside.get(key)
        if medium is None or (medium.type == "photo" and not medium.url):
            view.mended.pictures += medium is not None or key.startswith("3_")
        elif medium.type == "photo" and medium.url:
            images.append(picture(_largest(medium.url), medium.alt_text, medium.width, medium.height))
    return tuple(images)


def _largest(url: str) -> str:
    """X serves a photo in several sizes; `name=orig` is the one that was uploaded."""
    if not url.startswith(_PHOTOS):
        return url
    path, _, query = url.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith("name=")]
    return f"{path}?{'&'.join([*kept, 'name=orig'])}"


def _read_fault(fault: Fault, view: _View, where: str) -> Gone | Skipped | None:
    native = fault.resource_id or fault.value
    if fault.resource_type == "tweet" and _is_id(native):
        return Gone(
            url=post_url(view.identity.get(native, native)),
            reason=_gone_reason(fault),
            noticed_at=view.seen_at,
        )
    if fault.resource_type:
        return None
    return Skipped(
        where=where,
        reason="an error of the platform",
        detail=(fault.detail or fault.message or fault.title)[:200],
    )


def _gone_reason(fault: Fault) -> GoneReason:
    kind = fault.type.rpartition("/")[2]
    if "withheld" in fault.detail.lower() or kind == "disallowed-resource":
        return "withheld"
    return "protected" if kind == "not-authorized-for-resource" else "not found"


def _is_id(text: str) -> bool:
    return 0 < len(text) <= 20 and text.isascii() and text.isdigit()
