"""The pictures of a post on Reddit: a gallery, a link to a picture, pictures in the text. Each once, the largest there is."""

import html
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from echoloop.collect.shapes.decoding import Mended
from echoloop.collect.shapes.reddit_entries import MediaItem, Submission
from echoloop.collect.shapes.values import picture
from echoloop.records import ImageRef

_IN_TEXT = re.compile(
    r"!\[(?P<alt>[^\[\]\n]*)\]\((?P<target>[^\s()]+)"
    r"|(?P<link>https://(?:preview\.redd\.it|i\.redd\.it|i\.imgur\.com)/[^\s()\[\]<>\"'*]+)"
)
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")
_KINDS = {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
}

_Items = Mapping[str, MediaItem | None]


def submission_pictures(post: Submission, text: str, mended: Mended) -> tuple[ImageRef, ...]:
    """The gallery in its order, then the picture that the post links to, then those in its text."""
    items = post.media_metadata or {}
    found = [*_gallery(post, items, mended)]
    if linked := _linked(post):
        found.append(linked)
    return _once([*found, *_in_text(text, items, mended)])


def text_pictures(text: str, items: _Items | None, mended: Mended) -> tuple[ImageRef, ...]:
    """The pictures that a text names."""
    if not items and "https://" not in text:
        return ()
    return _once([*_in_text(text, items or {}, mended)])


def _gallery(post: Submission, items: _Items, mended: Mended) -> Iterator[ImageRef]:
    for place in (post.gallery_data.items if post.gallery_data else None) or ():
        if image := _uploaded(place.media_id, items.get(place.media_id), place.caption or "", mended):
            yield image


def _linked(post: Submission) -> ImageRef | None:
    target = html.unescape(post.url_overridden_by_dest or post.url or "")
    source = next((image.source for image in (post.preview.images if post.preview else None) or ()), None)
    width, height = (source.width, source.height) if source else (None, None)
    if _is_picture(target):
        return picture(_original(target), "", width, height)
    if post.post_hint == "image" and source and source.url:
        return picture(html.unescape(source.url), "", width, height)
    return None


def _in_text(text: str, items: _Items, mended: Mended) -> Iterator[ImageRef]:
    for found in _IN_TEXT.finditer(text):
        target = html.unescape(found["target"] or found["link"])
        alt = found["alt"] or ""
        if target in items:
            image = _uploaded(target, items[target], "" if alt in ("img", "gif") else alt, mended)
            if image:
                yield image
        elif _is_picture(target):
            yield picture(_original(target), "" if alt in ("img", "gif") else alt)


def _uploaded(media_id: str, item: MediaItem | None, alt: str, mended: Mended) -> ImageRef | None:
    """A picture that lies at Reddit. One that is still being processed, or has failed, has no address."""
    if media_id.startswith(("giphy|", "emote|")):
        return None
    file = item.s if item else None
    url = html.unescape((file.u or file.gif or "") if file else "")
    if item is None or file is None or not url:
        mended.pictures += 1
        return None
    ending = _KINDS.get(item.m or "")
    if ending and url.startswith("https://preview.redd.it/") and media_id.isalnum():
        url = f"https://i.redd.it/{media_id}.{ending}"
    return picture(url, alt, file.x, file.y)


def _is_picture(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    return parts.path.lower().endswith(_ENDINGS) or parts.hostname in ("i.redd.it", "preview.redd.it")


def _original(url: str) -> str:
    """A preview is a copy that was made smaller: what was uploaded lies under the same name on another host."""
    parts = urlsplit(url)
    if parts.hostname != "preview.redd.it" or not parts.path.lower().endswith(_ENDINGS):
        return url
    name = parts.path.rpartition("/")[2].rpartition("-v0-")[2]
    return f"https://i.redd.it/{name}"


def _once(images: list[ImageRef]) -> tuple[ImageRef, ...]:
    return tuple({image.url: image for image in reversed(images)}.values())[::-1]
