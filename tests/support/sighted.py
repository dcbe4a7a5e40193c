"""Sightings of made-up posts."""

from datetime import UTC, datetime
from typing import Any

from echoloop.collect.sightings import Sighting
from echoloop.records import Engagement, ImageRef, Post


def at(day: int, hour: int = 0) -> datetime:
    """A moment in April 2025."""
    return datetime(2025, 4, day, hour, tzinfo=UTC)


def url_of(number: int) -> str:
    """The address of a made-up post."""
    return f"https://x.com/i/status/{number}"


def picture(name: str) -> ImageRef:
    """A picture that was not fetched yet."""
    return ImageRef(sha256=None, url=f"https://media.example/{name}", absence="not fetched")


def sighting(
    number: int,
    text: str = "a picture",
    *,
    seen_at: datetime | None = None,
    likes: int | None = None,
    **more: Any,
) -> Sighting:
    """A post as it was seen once."""
    fields = {"platform": "x", "created_at": at(1), **more}
    return Sighting(
        seen_at=seen_at,
        native=str(number),
        post=Post(
            url=url_of(number),
            text=text,
            engagement=Engagement(likes=likes),
            source_posts=(url_of(number),),
            **fields,
        ),
    )
