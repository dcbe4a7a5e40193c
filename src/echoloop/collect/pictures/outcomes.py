"""What became of a picture that a post shows."""

import msgspec


class PictureOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A stored picture (upright width and height), or why it is not here: a short reason, a colon, the detail.

    `again` says that a later run may do better: a server that was busy, a name that did not resolve.
    """

    url: str
    sha256: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    absence: str = ""
    again: bool = False
