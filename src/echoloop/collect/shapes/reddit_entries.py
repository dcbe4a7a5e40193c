"""The things of Reddit as far as we read them: alike in its API and in the dumps of Pushshift and Arctic Shift."""

import msgspec

from echoloop.collect.shapes.decoding import NOTHING


class MediaFile(msgspec.Struct, frozen=True):
    u: str | None = None
    gif: str | None = None
    x: int | None = None
    y: int | None = None


class MediaItem(msgspec.Struct, frozen=True):
    status: str | None = None
    e: str | None = None
    m: str | None = None
    s: MediaFile | None = None


class GalleryItem(msgspec.Struct, frozen=True):
    media_id: str = ""
    caption: str | None = None


class Gallery(msgspec.Struct, frozen=True):
    items: list[GalleryItem] | None = None


class PreviewFile(msgspec.Struct, frozen=True):
    url: str | None = None
    width: int | None = None
    height: int | None = None


class PreviewImage(msgspec.Struct, frozen=True):
    source: PreviewFile | None = None


class Preview(msgspec.Struct, frozen=True):
    images: list[PreviewImage] | None = None


class Afterwards(msgspec.Struct, frozen=True):
    """What Arctic Shift notes when it looks a second time, 36 hours later."""

    retrieved_2nd_on: float | str | None = None
    was_deleted_later: bool | None = None
    removal_type: str | None = None


class Submission(msgspec.Struct, frozen=True):
    id: str
    title: str | None = None
    selftext: str | None = None
    author: str | None = None
    author_fullname: str | None = None
    created_utc: float | str | None = None
    edited: bool | float | None = None
    url: str | None = None
    url_overridden_by_dest: str | None = None
    post_hint: str | None = None
    gallery_data: Gallery | None = None
    media_metadata: dict[str, MediaItem | None] | None = None
    preview: Preview | None = None
    score: int | None = None
    hide_score: bool | None = None
    view_count: int | None = None
    num_crossposts: int | None = None
    removed_by_category: str | None = None
    crosspost_parent: str | None = None
    crosspost_parent_list: list[msgspec.Raw] | None = None
    retrieved_on: float | str | None = None
    afterwards: Afterwards | None = msgspec.field(name="_meta", default=None)


class Comment(msgspec.Struct, frozen=True):
    id: str
    link_id: str
    body: str | None = None
    parent_id: str | int | None = None
    author: str | None = None
    author_fullname: str | None = None
    created_utc: float | str | None = None
    edited: bool | float | None = None
    media_metadata: dict[str, MediaItem | None] | None = None
    score: int | None = None
    score_hidden: bool | None = None
    replies: msgspec.Raw = NOTHING
    retrieved_on: float | str | None = None
    afterwards: Afterwards | None = msgspec.field(name="_meta", default=None)


class Stub(msgspec.Struct, frozen=True):
    """A `more`: comments that the page does not show. Without children it says "continue this thread" at its parent."""

    parent_id: str = ""
    children: list[str] = []
    count: int = 0
    depth: int = 0


class Thing(msgspec.Struct, frozen=True):
    kind: str
    data: msgspec.Raw


class Children(msgspec.Struct, frozen=True):
    children: list[msgspec.Raw] = []
    things: list[msgspec.Raw] = []
    after: str | None = None


class Listing(msgspec.Struct, frozen=True):
    data: Children


class Envelope(msgspec.Struct, frozen=True):
    """The answer of `morechildren`."""

    json: Listing
