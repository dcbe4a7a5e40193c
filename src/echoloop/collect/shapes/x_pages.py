"""A response of X's API v2 -> its entries. A bad entry is set aside with its place and the rest is read."""

from typing import TypeVar

import msgspec

from echoloop.collect.shapes.decoding import Mended, Unreadable, decode
from echoloop.collect.shapes.x_entries import (
    Fault,
    Includes,
    LooseResponse,
    Media,
    Response,
    Tweet,
    User,
)
from echoloop.collect.sightings import Skipped

T = TypeVar("T")


def read_response(body: bytes, where: str, mended: Mended) -> tuple[Response, list[Skipped]]:
    """The page, and what of it could not be read. Raises `Unreadable` where nothing can."""
    try:
        return decode(body, msgspec.json.Decoder(Response), mended), []
    except Unreadable as error:
        if error.reason == "not JSON":
            raise
    skipped: list[Skipped] = []
    loose = decode(body, msgspec.json.Decoder(LooseResponse), mended)
    data = bytes(loose.data).lstrip()
    entries = decode(data, msgspec.json.Decoder(list[msgspec.Raw]), mended) if data[:1] == b"[" else []
    if data[:1] == b"{":
        entries = [loose.data]

    def read(raws: list[msgspec.Raw] | None, entry: type[T], name: str) -> list[T]:
        return _read_each(raws or [], msgspec.json.Decoder(entry), f"{where}, {name}", mended, skipped)

    includes = loose.includes
    return (
        Response(
            data=read(entries, Tweet, "data"),
            includes=Includes(
                tweets=read(includes.tweets, Tweet, "includes.tweets"),
                users=read(includes.users, User, "includes.users"),
                media=read(includes.media, Media, "includes.media"),
            )
            if includes
            else None,
            errors=read(loose.errors, Fault, "errors"),
            meta=loose.meta,
            retrieved=loose.retrieved,
        ),
        skipped,
    )


def _read_each(
    raws: list[msgspec.Raw],
    decoder: "msgspec.json.Decoder[T]",
    where: str,
    mended: Mended,
    skipped: list[Skipped],
) -> list[T]:
    read: list[T] = []
    for number, raw in enumerate(raws, start=1):
        try:
            read.append(decode(raw, decoder, mended))
        except Unreadable as error:
            skipped.append(Skipped(where=f"{where} {number}", reason=error.reason, detail=error.detail))
    return read


def unfold(tweet: Tweet) -> Includes:
    """What twarc2 has put into a tweet when it flattened its page, beside it again."""
    users: list[User] = []
    media: list[Media] = []
    tweets: list[Tweet] = []
    waiting = [tweet]
    while waiting:
        one = waiting.pop()
        if one is not tweet:
            tweets.append(one)
        if one.author:
            users.append(one.author)
        if one.attachments and one.attachments.media:
            media += one.attachments.media
        if one.referenced_tweets:
            waiting += [reference for reference in one.referenced_tweets if reference.text is not None]
    return Includes(tweets=tweets, users=users, media=media)
