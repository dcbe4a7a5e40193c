"""Views of posts and threads as Bluesky's `app.bsky.feed` serves them, as far as we read them."""

import msgspec

from echoloop.collect.shapes.decoding import NOTHING


class Author(msgspec.Struct, frozen=True):
    did: str = ""
    handle: str = ""


class Link(msgspec.Struct, frozen=True):
    uri: str = ""


class Reply(msgspec.Struct, frozen=True):
    root: Link | None = None
    parent: Link | None = None


class Record(msgspec.Struct, frozen=True, rename="camel"):
    """What the author wrote: kept as it is, wherever it is served."""

    text: str
    type: str = msgspec.field(name="$type", default="")
    created_at: str | None = None
    langs: list[str] | None = None
    reply: Reply | None = None


class ImageView(msgspec.Struct, frozen=True):
    fullsize: str = ""
    alt: str | None = None


class Embed(msgspec.Struct, frozen=True):
    """What is attached: `images`, another post (`record`), or both (`media` beside `record`)."""

    type: str = msgspec.field(name="$type", default="")
    images: list[ImageView] | None = None
    record: msgspec.Raw = NOTHING
    media: msgspec.Raw = NOTHING


class PostView(msgspec.Struct, frozen=True, rename="camel"):
    uri: str
    record: Record
    author: Author = Author()
    embed: Embed | None = None
    reply_count: int | None = None
    repost_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None
    bookmark_count: int | None = None
    indexed_at: str | None = None


class Quoted(msgspec.Struct, frozen=True, rename="camel"):
    """A post inside another: whole, or (by its type) not found, blocked, or detached."""

    type: str = msgspec.field(name="$type", default="")
    uri: str = ""
    author: Author = Author()
    value: msgspec.Raw = NOTHING
    record: msgspec.Raw = NOTHING
    embeds: list[Embed] | None = None
    reply_count: int | None = None
    repost_count: int | None = None
    like_count: int | None = None
    quote_count: int | None = None
    indexed_at: str | None = None


class FeedEntry(msgspec.Struct, frozen=True):
    """A post as a timeline shows it; with a `reason`, somebody else has reposted or pinned it."""

    post: msgspec.Raw
    reason: msgspec.Raw = NOTHING


class Page(msgspec.Struct, frozen=True):
    """Search results, looked-up posts, quotes, or a timeline."""

    posts: list[msgspec.Raw] | None = None
    feed: list[FeedEntry] | None = None
    cursor: str | None = None


class Node(msgspec.Struct, frozen=True):
    """A place in a thread: a post with its neighbours, or the reason why none is shown."""

    type: str = msgspec.field(name="$type", default="")
    uri: str = ""
    post: PostView | None = None
    parent: "Node | None" = None
    replies: "list[Node] | None" = None
    not_found: bool | None = msgspec.field(name="notFound", default=None)
    blocked: bool | None = None


class Thread(msgspec.Struct, frozen=True):
    thread: Node
