"""Posts from a file in ECHO's raw fields, one JSON object a line. Every line is hostile until it has passed here."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from echoloop.records import (
    Drop,
    Engagement,
    ImageRef,
    Keep,
    Mistake,
    NotAPostUrl,
    Post,
    admit_row,
    canonical_url,
)

_PLATFORMS = {"x.com": "x", "reddit.com": "reddit", "bsky.app": "bluesky"}


class _RawImage(BaseModel):
    url: str
    alt: str = ""


class _RawEngagement(BaseModel):
    likes: int | None = None
    views: int | None = None
    reposts: int | None = None
    bookmarks: int | None = None


class _RawPost(BaseModel):
    """The raw half of ECHO's table of fields; what it does not name is ignored."""

    model_config = ConfigDict(extra="ignore", str_max_length=1_000_000)

    text: str = ""
    timestamp: datetime | None = None
    replies_above: list[str] = Field(default_factory=list)
    keyword: str | None = None
    url: str
    author: str | None = None
    image_urls: list[_RawImage] = Field(default_factory=list)
    replies_below: list[str] = Field(default_factory=list)
    engagement: _RawEngagement = Field(default_factory=_RawEngagement)

    @field_validator("timestamp")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        if value is None or value.tzinfo is None:
            return value and value.replace(tzinfo=UTC)
        try:
            return value.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("in UTC it lies outside of the years 1 to 9999") from error


class SeenText(msgspec.Struct):
    """What was changed on the way in: characters replaced, counts left out because nothing can have them."""

    replaced: int = 0
    impossible: int = 0


def read_archive(path: Path, seen: SeenText) -> Iterator[Keep[Post] | Drop]:
    """Every line as a post, or as a loss that names the file and the line."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise Mistake(
            f"the archive cannot be read: {error.strerror}",
            where=path,
            remedy="Check `archive` under [collect] in echoloop.toml.",
        ) from error
    with file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _read_line(line, f"{path.name}:{number}", seen)


def _read_line(line: bytes, where: str, seen: SeenText) -> Keep[Post] | Drop:
    try:
        fields: Any = json.loads(line.decode("utf-8", errors="surrogateescape"))
        raw = _RawPost.model_validate(_admit(fields, seen))
        return Keep(_to_post(raw, seen))
    except (ValidationError, ValueError, RecursionError, OverflowError) as error:
        reason = (
            "not the URL of a post" if isinstance(error, NotAPostUrl) else "not a post in ECHO's raw fields"
        )
        return Drop(key=where, reason=reason, detail=_short(error))


def _admit(value: Any, seen: SeenText) -> Any:
    """Clean every text before it is validated: pydantic itself cannot carry a lone surrogate."""
    if isinstance(value, str):
        clean = admit_row(_Text(text=value))
        seen.replaced += clean.replaced
        return clean.row.text
    if isinstance(value, list):
        return [_admit(part, seen) for part in value]
    if isinstance(value, dict):
        return {_admit(key, seen): _admit(part, seen) for key, part in value.items()}
    return value


class _Text(msgspec.Struct, frozen=True):
    text: str


def _to_post(raw: _RawPost, seen: SeenText) -> Post:
    url = canonical_url(raw.url)
    return Post(
        url=url,
        platform=_platform(url),
        text=raw.text,
        created_at=raw.timestamp,
        author=raw.author,
        keyword=raw.keyword,
        found_by="keyword" if raw.keyword else "expansion",
        replies_above=_canonical_all(raw.replies_above),
        replies_below=_canonical_all(raw.replies_below),
        images=tuple(
            ImageRef(sha256=None, url=image.url, alt=image.alt, absence="not fetched")
            for image in raw.image_urls
        ),
        engagement=_to_engagement(raw.engagement, seen),
        source_posts=(url,),
    )


def _to_engagement(raw: _RawEngagement, seen: SeenText) -> Engagement:
    counts: dict[str, int | None] = raw.model_dump()
    possible = {name: count for name, count in counts.items() if count is None or 0 <= count < 2**63}
    seen.impossible += len(counts) - len(possible)
    return Engagement(**possible)


def _canonical_all(urls: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for url in urls:
        try:
            found[canonical_url(url)] = None
        except NotAPostUrl:
            continue
    return tuple(found)


def _platform(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return _PLATFORMS.get(host, host)


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)[:200]
