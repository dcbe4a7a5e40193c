"""Mastodon: lists of statuses, contexts and search results -> sightings.

Ids are local to the server that answers: a status points to what it replies to by such an id, and its URL is only known where
the same response (or the caller) shows it.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from echoloop.collect.shapes.decoding import Mended, Unreadable, decode, is_there
from echoloop.collect.shapes.html_text import html_to_text
from echoloop.collect.shapes.mastodon_entries import Account, Attachment, Context, SearchResults, Status
from echoloop.collect.shapes.values import picture, possible_count, read_time
from echoloop.collect.sightings import Occasion, Seen, Sighting, Skipped
from echoloop.records import Engagement, ImageRef, NotAPostUrl, Post, canonical_url

_PUBLIC = frozenset({"public", "unlisted", None})


class MastodonPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a response showed.

    `ids` are the local ids of its entries, in order, as paging needs them (that of a boost, not of what it boosts). `known` gives the URL of
    every local id that is shown. `parents` are the posts (by URL) whose parent is not: its local id.
    """

    seen: list[Seen]
    ids: tuple[str, ...] = ()
    known: dict[str, str] = {}
    parents: dict[str, str] = {}


def read_statuses(
    body: bytes,
    occasion: Occasion,
    where: str,
    mended: Mended | None = None,
    known: Mapping[str, str] | None = None,
) -> MastodonPage:
    """A timeline, or a single status. `known` gives URLs of local ids that the caller knows already."""
    mended = mended or Mended()
    try:
        alone = body.lstrip()[:1] == b"{"
        entries = (
            [msgspec.Raw(body)] if alone else decode(body, msgspec.json.Decoder(list[msgspec.Raw]), mended)
        )
    except Unreadable as error:
        return _unreadable(where, error)
    return _read_page(entries, occasion, where, mended, known or {})


def read_context(
    body: bytes,
    occasion: Occasion,
    where: str,
    mended: Mended | None = None,
    known: Mapping[str, str] | None = None,
) -> MastodonPage:
    """Ancestors and descendants of a status, which is not among them itself: give its id and URL as `known`."""
    mended = mended or Mended()
    try:
        context = decode(body, msgspec.json.Decoder(Context), mended)
    except Unreadable as error:
        return _unreadable(where, error)
    return _read_page([*context.ancestors, *context.descendants], occasion, where, mended, known or {})


def read_search(body: bytes, occasion: Occasion, where: str, mended: Mended | None = None) -> MastodonPage:
    """The statuses of `/api/v2/search`."""
    mended = mended or Mended()
    try:
        results = decode(body, msgspec.json.Decoder(SearchResults), mended)
    except Unreadable as error:
        return _unreadable(where, error)
    return _read_page(results.statuses, occasion, where, mended, {})


def _unreadable(where: str, error: Unreadable) -> MastodonPage:
    return MastodonPage(seen=[Skipped(where=where, reason=error.reason, detail=error.detail)])


class _Entry(msgspec.Struct):
    """A status, where it stands, and whether it was asked for or only came along."""

    status: Status
    where: str
    asked: bool


def _read_page(
    raws: Sequence[msgspec.Raw], occasion: Occasion, where: str, mended: Mended, known: Mapping[str, str]
) -> MastodonPage:
    seen: list[Seen] = []
    ids: list[str] = []
    entries: list[_Entry] = []
    for number, raw in enumerate(raws, start=1):
        place = f"{where}, status {number}" if len(raws) > 1 else where
        _take(raw, place, True, entries, seen, mended, ids)
    urls = {entry.status.id: url for entry in entries if (url := _url_or_none(entry.status))}
    page = MastodonPage(seen=seen, ids=tuple(ids), known=urls, parents={})
    urls_of = {**known, **urls}
    for entry in entries:
        _admit(entry, occasion, urls_of, page, mended)
    return page


def _take(
    raw: msgspec.Raw,
    where: str,
    asked: bool,
    entries: list[_Entry],
    seen: list[Seen],
    mended: Mended,
    ids: list[str],
) -> None:
    """Note the status, or the one it boosts, and what that quotes."""
    decoder = msgspec.json.Decoder(Status)
    try:
        status = decode(raw, decoder, mended)
        ids.append(status.id)
        if is_there(status.reblog):
            boosted = decode(status.reblog, decoder, mended)
            seen.append(Skipped(where=where, reason="a repost", detail=f"of {boosted.uri[:200]}"))
            status = boosted
        entries.append(_Entry(status, where, asked))
        if status.quote and is_there(status.quote.quoted_status):
            quoted = decode(status.quote.quoted_status, decoder, mended)
            entries.append(_Entry(quoted, f"{where}, quoted", False))
    except Unreadable as error:
        seen.append(Skipped(where=where, reason=error.reason, detail=error.detail))


def _admit(
    entry: _Entry, occasion: Occasion, known: Mapping[str, str], page: MastodonPage, mended: Mended
) -> None:
    status = entry.status
    try:
        url = canonical_url(status.url or status.uri)
    except NotAPostUrl as error:
        page.seen.append(Skipped(where=entry.where, reason="not the URL of a post", detail=str(error)))
        return
    if status.visibility not in _PUBLIC:
        page.seen.append(
            Skipped(where=entry.where, reason="not public", detail=f"{url} is {status.visibility}")
        )
        return
    above = known.get(status.in_reply_to_id) if status.in_reply_to_id else None
    if status.in_reply_to_id and above is None:
        page.parents[url] = status.in_reply_to_id
    page.seen.append(
        Sighting(
            post=Post(
                url=url,
                platform="mastodon",
                text=_text(status),
                created_at=read_time(status.created_at, mended),
                edited_at=read_time(status.edited_at, mended),
                author=_author(status.account, occasion),
                language=status.language,
                keywords=occasion.keywords if entry.asked else (),
                found_by=occasion.found_by if entry.asked else "expansion",
                replies_above=(above,) if above else (),
                quotes=_quotes(status, known, mended),
                images=_images(status.media_attachments or (), mended),
                engagement=_engagement(status, mended),
                source_posts=(url,),
            ),
            seen_at=occasion.at,
            native=status.id,
        )
    )


def _text(status: Status) -> str:
    return "\n\n".join(
        part for part in (status.spoiler_text or "", html_to_text(status.content or "")) if part
    )


def _author(account: Account, occasion: Occasion) -> str | None:
    """The handle with its server: an account of the server that answers is written without."""
    if not account.acct:
        return None
    try:
        host = urlsplit(account.url or "").hostname
    except ValueError:
        host = None
    local = "@" not in account.acct and host
    return occasion.name_author("mastodon", f"{account.acct}@{host}" if local else account.acct)


def _quotes(status: Status, known: Mapping[str, str], mended: Mended) -> tuple[str, ...]:
    quote = status.quote
    if quote is None:
        return ()
    if not is_there(quote.quoted_status):
        url = known.get(quote.quoted_status_id) if quote.quoted_status_id else None
    else:
        try:
            url = _url_or_none(decode(quote.quoted_status, msgspec.json.Decoder(Status), mended))
        except Unreadable:
            url = None
    return (url,) if url else ()


def _images(attached: Sequence[Attachment], mended: Mended) -> tuple[ImageRef, ...]:
    images: list[ImageRef] = []
    for one in attached:
        url = one.url or one.remote_url
        size = one.meta.original if one.meta else None
        if one.type == "image" and url:
            width, height = (size.width, size.height) if size else (None, None)
            images.append(picture(url, one.description, width, height))
        elif one.type == "image":
            mended.pictures += 1
    return tuple(images)


def _engagement(status: Status, mended: Mended) -> Engagement:
    reposts, quotes = status.reblogs_count, status.quotes_count
    return Engagement(
        likes=possible_count(status.favourites_count, mended),
        reposts=possible_count(reposts if reposts is None else reposts + (quotes or 0), mended),
    )


def _url_or_none(status: Status) -> str | None:
    try:
        return canonical_url(status.url or status.uri)
    except NotAPostUrl:
        return None
