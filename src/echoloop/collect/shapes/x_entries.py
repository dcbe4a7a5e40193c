"""The entries of a response of X's API v2, as far as we read them; and the same in a file that twarc2 has flattened."""

from datetime import datetime

import msgspec

from echoloop.collect.shapes.decoding import NOTHING


class Metrics(msgspec.Struct, frozen=True):
    retweet_count: int | None = None
    reply_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None
    bookmark_count: int | None = None
    impression_count: int | None = None


class User(msgspec.Struct, frozen=True):
    id: str
    username: str = ""


class Media(msgspec.Struct, frozen=True):
    media_key: str = ""
    type: str = ""
    url: str | None = None
    alt_text: str | None = None
    width: int | None = None
    height: int | None = None


class Attachments(msgspec.Struct, frozen=True):
    media_keys: list[str] | None = None
    media: list[Media] | None = None


class LongText(msgspec.Struct, frozen=True):
    text: str = ""


class Withheld(msgspec.Struct, frozen=True):
    copyright: bool | None = None
    country_codes: list[str] | None = None


class Retrieved(msgspec.Struct, frozen=True):
    """What twarc2 notes of its own request."""

    retrieved_at: datetime | None = None


class Tweet(msgspec.Struct, frozen=True):
    """A tweet, or, without a text, a mere reference to one (`type` says how it is referred to)."""

    id: str
    type: str = ""
    text: str | None = None
    author_id: str | None = None
    created_at: datetime | None = None
    conversation_id: str | None = None
    lang: str | None = None
    edit_history_tweet_ids: list[str] | None = None
    referenced_tweets: list["Tweet"] | None = None
    attachments: Attachments | None = None
    note_tweet: LongText | None = None
    public_metrics: Metrics | None = None
    withheld: Withheld | None = None
    author: User | None = None
    retrieved: Retrieved | None = msgspec.field(name="__twarc", default=None)


class Fault(msgspec.Struct, frozen=True):
    """An entry of `errors`: what the platform could not show."""

    resource_type: str = ""
    resource_id: str = ""
    value: str = ""
    type: str = ""
    title: str = ""
    detail: str = ""
    message: str = ""


class Includes(msgspec.Struct, frozen=True):
    tweets: list[Tweet] | None = None
    users: list[User] | None = None
    media: list[Media] | None = None


class Meta(msgspec.Struct, frozen=True):
    next_token: str | None = None
    newest_id: str | None = None
    oldest_id: str | None = None
    result_count: int | None = None


class Response(msgspec.Struct, frozen=True):
    data: list[Tweet] | Tweet | None = None
    includes: Includes | None = None
    errors: list[Fault] | None = None
    meta: Meta | None = None
    retrieved: Retrieved | None = msgspec.field(name="__twarc", default=None)


class LooseIncludes(msgspec.Struct, frozen=True):
    tweets: list[msgspec.Raw] | None = None
    users: list[msgspec.Raw] | None = None
    media: list[msgspec.Raw] | None = None


class LooseResponse(msgspec.Struct, frozen=True):
    """The same page with its entries unread, for when one of them spoils it."""

    data: msgspec.Raw = NOTHING
    includes: LooseIncludes | None = None
    errors: list[msgspec.Raw] | None = None
    meta: Meta | None = None
    retrieved: Retrieved | None = msgspec.field(name="__twarc", default=None)
