"""What collect has to know."""

from datetime import date
from typing import ClassVar

import msgspec


class CollectSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The target model as people name it, when it came out, where the posts lie, and who reads them.

    `archive_sha256` is the content of the archive and of its pictures (`archive_digest`): the same path with other bytes is other input, and the same bytes at
    another path are not.
    """

    PLACES: ClassVar[tuple[str, ...]] = ("archive",)

    subject: str
    released: date
    archive: str
    archive_sha256: str
    reader: str
    keep_from: int = 4
