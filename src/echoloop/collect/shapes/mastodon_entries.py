"""Statuses of Mastodon's API, as far as we read them. Servers that speak it too (Pleroma, GoToSocial) leave out some."""

import msgspec

from echoloop.collect.shapes.decoding import NOTHING


class Account(msgspec.Struct, frozen=True):
    acct: str = ""
    url: str | None = None


class Size(msgspec.Struct, frozen=True):
    width: int | None = None
    height: int | None = None


class MediaMeta(msgspec.Struct, frozen=True):
    original: Size | None = None


class Attachment(msgspec.Struct, frozen=True):
    type: str = ""
    url: str | None = None
    remote_url: str | None = None
    description: str | None = None
    meta: MediaMeta | None = None


class Quote(msgspec.Struct, frozen=True):
    state: str = ""
    quoted_status: msgspec.Raw = NOTHING
    quoted_status_id: str | None = None


class Status(msgspec.Struct, frozen=True):
    id: str
    uri: str
    account: Account
    url: str | None = None
    content: str | None = None
    spoiler_text: str | None = None
    created_at: str | None = None
    edited_at: str | None = None
    in_reply_to_id: str | None = None
    visibility: str | None = None
    language: str | None = None
    media_attachments: list[Attachment] | None = None
    reblog: msgspec.Raw = NOTHING
    quote: Quote | None = None
    favourites_count: int | None = None
    reblogs_count: int | None = None
    quotes_count: int | None = None


class Context(msgspec.Struct, frozen=True):
    ancestors: list[msgspec.Raw]
    descendants: list[msgspec.Raw]


class SearchResults(msgspec.Struct, frozen=True):
    statuses: list[msgspec.Raw]
