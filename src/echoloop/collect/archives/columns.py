"""Which column of a table is what of a post, and a row read by that."""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias, cast

import msgspec

from echoloop.collect.archives.addresses import platform_of, post_url, post_urls
from echoloop.collect.archives.dates import NotADate, read_date
from echoloop.collect.shapes.decoding import Mended, Unreadable, decode
from echoloop.collect.shapes.values import picture, possible_count
from echoloop.collect.sightings import Occasion, Seen, Sighting, Skipped
from echoloop.records import Engagement, ImageRef, Mistake, NotAPostUrl, Post

FIELDS = (
    *("url", "text", "created_at", "edited_at", "author", "language", "keyword", "parent", "quotes"),
    *("images", "likes", "views", "reposts", "bookmarks"),
)

Columns: TypeAlias = Mapping[str, str]
"""Field of a post -> name of the column. A dot leads into an object: `author=user.name`."""


def resolve_columns(mapping: Columns | None, available: Collection[str], where: str) -> Columns:
    """The mapping, and every column beside it that is named like a field. Raises `Mistake` for what there is not."""
    listed = ", ".join(sorted(available))
    for field, column in (mapping or {}).items():
        if field not in FIELDS:
            raise Mistake(
                f"a post has no field {field!r}", where="--map", remedy=f"Fields are: {', '.join(FIELDS)}."
            )
        if column not in available:
            raise Mistake(
                f"there is no column {column!r} for {field}", where=where, remedy=f"Columns are: {listed}."
            )
    columns = {field: field for field in FIELDS if field in available} | dict(mapping or {})
    if "url" not in columns:
        raise Mistake(
            "no column is the URL of the post",
            where=where,
            remedy=f"Say which: --map url=COLUMN. Columns are: {listed}.",
        )
    return columns


def names_of(rows: Collection[bytes]) -> set[str]:
    """The columns that some rows have, also those inside objects."""
    names: set[str] = set()
    for row in rows:
        try:
            fields = decode(row, msgspec.json.Decoder(dict[str, Any]), Mended())
        except Unreadable:
            continue
        names |= fields.keys()
        names |= {
            f"{name}.{inner}"
            for name, value in fields.items()
            if isinstance(value, dict)
            for inner in cast("dict[str, Any]", value)
        }
    return names


class RowReader:
    """Rows as JSON objects -> posts."""

    def __init__(self, columns: Columns, occasion: Occasion, mended: Mended) -> None:
        self._columns = columns
        self._name_author = occasion.name_author
        self._mended = mended
        self._odd_parents = 0

    def read(self, entry: bytes, where: str) -> list[Seen]:
        try:
            row = decode(entry, msgspec.json.Decoder(dict[str, Any]), self._mended)
            return [self._sighting(row)]
        except Unreadable as error:
            return [Skipped(where=where, reason=error.reason, detail=error.detail)]
        except NotAPostUrl as error:
            return [Skipped(where=where, reason="not the URL of a post", detail=str(error))]
        except NotADate as error:
            return [Skipped(where=where, reason="not a date", detail=str(error))]

    def notes(self) -> list[str]:
        odd = f"{self._odd_parents:,} parents were no URL of a post and were left out"
        return [odd] if self._odd_parents else []

    def _sighting(self, row: dict[str, Any]) -> Sighting:
        url = post_url(self._text(row, "url"))
        platform = platform_of(url)
        handle = self._text(row, "author").strip().removeprefix("@")
        keywords = tuple(self._texts(row, "keyword"))
        parents = self._texts(row, "parent")
        above = post_urls(parents)
        self._odd_parents += bool(parents) and not above
        return Sighting(
            post=Post(
                url=url,
                platform=platform,
                text=self._text(row, "text"),
                created_at=read_date(self._value(row, "created_at"), self._mended),
                edited_at=read_date(self._value(row, "edited_at"), self._mended),
                author=self._name_author(platform, handle) if handle else None,
                language=self._text(row, "language") or None,
                keywords=keywords,
                found_by="keyword" if keywords else "archive",
                replies_above=above,
                quotes=post_urls(self._texts(row, "quotes")),
                images=_images(_several(self._value(row, "images"))),
                engagement=Engagement(
                    likes=self._count(row, "likes"),
                    views=self._count(row, "views"),
                    reposts=self._count(row, "reposts"),
                    bookmarks=self._count(row, "bookmarks"),
                ),
                source_posts=(url,),
            )
        )

    def _value(self, row: dict[str, Any], field: str) -> Any:
        column = self._columns.get(field)
        if column is None:
            return None
        if column in row or "." not in column:
            return row.get(column)
        outer, _, inner = column.partition(".")
        within = row.get(outer)
        return cast("dict[str, Any]", within).get(inner) if isinstance(within, dict) else None

    def _text(self, row: dict[str, Any], field: str) -> str:
        value = self._value(row, field)
        if isinstance(value, (list, dict)):
            raise Unreadable("not a post in this format", f"{field} is not a text")
        return "" if value is None else str(value)

    def _texts(self, row: dict[str, Any], field: str) -> list[str]:
        return [str(value) for value in _several(self._value(row, field)) if value not in (None, "")]

    def _count(self, row: dict[str, Any], field: str) -> int | None:
        value = self._value(row, field)
        if value is None or value == "":
            return None
        try:
            return possible_count(int(float(value)), self._mended)
        except (TypeError, ValueError, OverflowError):
            self._mended.counts += 1
            return None


def _several(value: Any) -> list[Any]:
    """A list, a list written as JSON, or texts with | between them."""
    if isinstance(value, list):
        return cast("list[Any]", value)
    if not isinstance(value, str):
        return [] if value is None else [value]
    if value.lstrip().startswith("["):
        try:
            return msgspec.json.decode(value, type=list[Any])
        except (msgspec.DecodeError, RecursionError):
            pass
    return [part.strip() for part in value.split("|") if part.strip()]


def _images(values: list[Any]) -> tuple[ImageRef, ...]:
    images: list[ImageRef] = []
    for value in values:
        if isinstance(value, dict):
            named = cast("dict[str, Any]", value)
            url, alt = named.get("url"), named.get("alt")
        else:
            url, alt = value, None
        if isinstance(url, str) and url:
            images.append(picture(url, alt if isinstance(alt, str) else None))
    return tuple(images)
