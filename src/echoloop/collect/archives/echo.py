"""Posts in ECHO's raw fields, one JSON object an entry."""

import msgspec

from echoloop.collect.archives.addresses import platform_of, post_url, post_urls
from echoloop.collect.archives.dates import NotADate, read_date
from echoloop.collect.shapes.decoding import Mended, Unreadable, decode
from echoloop.collect.shapes.values import picture, possible_count
from echoloop.collect.sightings import Occasion, Seen, Sighting, Skipped
from echoloop.records import Engagement, NotAPostUrl, Post


class _Image(msgspec.Struct, frozen=True):
    url: str
    alt: str | None = None


class _Counts(msgspec.Struct, frozen=True):
    likes: int | None = None
    views: int | None = None
    reposts: int | None = None
    bookmarks: int | None = None


class _RawPost(msgspec.Struct, frozen=True):
    """The raw half of ECHO's table of fields; what it does not name is ignored."""

    url: str
    text: str = ""
    timestamp: str | float | None = None
    replies_above: list[str] | None = None
    keyword: str | None = None
    author: str | None = None
    image_urls: list[_Image] | None = None
    replies_below: list[str] | None = None
    engagement: _Counts | None = None


class EchoReader:
    """Chains of ancestors are complete here, and pictures may be paths beside the file."""

    def __init__(self, occasion: Occasion, mended: Mended) -> None:
        self._name_author = occasion.name_author
        self._mended = mended

    def read(self, entry: bytes, where: str) -> list[Seen]:
        try:
            raw = decode(entry, msgspec.json.Decoder(_RawPost), self._mended)
            return [self._sighting(raw)]
        except Unreadable as error:
            return [Skipped(where=where, reason=error.reason, detail=error.detail)]
        except NotAPostUrl as error:
            return [Skipped(where=where, reason="not the URL of a post", detail=str(error))]
        except NotADate as error:
            return [Skipped(where=where, reason="not a date", detail=str(error))]

    def notes(self) -> list[str]:
        return []

    def _sighting(self, raw: _RawPost) -> Sighting:
        url = post_url(raw.url)
        platform = platform_of(url)
        counts = raw.engagement or _Counts()
        handle = (raw.author or "").strip().removeprefix("@")
        return Sighting(
            post=Post(
                url=url,
                platform=platform,
                text=raw.text,
                created_at=read_date(raw.timestamp, self._mended),
                author=self._name_author(platform, handle) if handle else None,
                keywords=(raw.keyword,) if raw.keyword else (),
                found_by="keyword" if raw.keyword else "expansion",
                replies_above=post_urls(raw.replies_above or ()),
                replies_below=post_urls(raw.replies_below or ()),
                images=tuple(picture(image.url, image.alt) for image in raw.image_urls or ()),
                engagement=Engagement(
                    likes=possible_count(counts.likes, self._mended),
                    views=possible_count(counts.views, self._mended),
                    reposts=possible_count(counts.reposts, self._mended),
                    bookmarks=possible_count(counts.bookmarks, self._mended),
                ),
                source_posts=(url,),
            )
        )
