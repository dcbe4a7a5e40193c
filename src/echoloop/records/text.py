"""Text that comes from outside, made safe to store at the one door where it enters."""

import re
from typing import Any, Generic, NamedTuple, TypeVar, cast

import msgspec

_SURROGATES = re.compile("[\ud800-\udfff]")


class DoorText(NamedTuple):
    """`replaced` says how many lone surrogates became U+FFFD, so that the change can be counted and shown."""

    text: str
    replaced: int


def admit_text(text: str) -> DoorText:
    """Replace lone surrogates: JSON lets them in, but neither UTF-8, Arrow nor msgspec can carry them."""
    if text.isascii():
        return DoorText(text, 0)
    clean, replaced = _SURROGATES.subn("\ufffd", text)
    return DoorText(clean, replaced)


R = TypeVar("R", bound=msgspec.Struct)


class DoorRow(NamedTuple, Generic[R]):
    """A record whose texts are safe to store, and how many characters had to be replaced."""

    row: R
    replaced: int


def admit_row(row: R) -> DoorRow[R]:
    """`admit_text` for every text of a record, however deep."""
    counts: list[int] = []

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            text, replaced = admit_text(value)
            counts.append(replaced)
            return text
        if isinstance(value, tuple):
            return tuple(clean(part) for part in cast("tuple[Any, ...]", value))
        if isinstance(value, msgspec.Struct):
            changes = {name: clean(getattr(value, name)) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **changes)
        return value

    return DoorRow(clean(row), sum(counts))
