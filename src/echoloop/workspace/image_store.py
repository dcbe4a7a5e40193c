"""Pictures by content: each stored once under its SHA-256, checked whenever it is read."""

import re
from pathlib import Path
from typing import Annotated

import msgspec

from echoloop.images import BadImage, Rendition, content_hash, render
from echoloop.records import Problem
from echoloop.workspace.placing import place_file

_SHA256 = re.compile("[0-9a-f]{64}")


class ImageMissing(Problem):
    """A row refers to a picture that is not in the store."""


class ImageDamaged(Problem):
    """A stored picture's bytes no longer match its name."""


class RenditionNote(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of a picture: enough to notice that it is cut, and to make it again."""

    sent: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    bytes: int
    rule: Rendition


class ImageStore:
    """`images/ab/ab12...` under a workspace. Safe for several writers: equal bytes are equal files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a picture lies, whether or not it does."""
        if not _SHA256.fullmatch(sha256):
            raise ImageMissing(f"{sha256!r} is not the SHA-256 of a picture", where=self.folder)
        return self.folder / sha256[:2] / sha256

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def put(self, data: bytes, *, durable: bool = True) -> str:
        """Store bytes; storing them again costs one look. A rendition need not be durable: it can be made again."""
        sha256 = content_hash(data)
        place = self.path(sha256)
        if not _has_size(place, len(data)):
            place_file(place, data, durable=durable)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes, verified. A damaged rendition is made again; a damaged original cannot be."""
        place = self.path(sha256)
        try:
            data = place.read_bytes()
        except FileNotFoundError as error:
            raise ImageMissing(
                "a picture is not in the store",
                where=place,
                remedy="Restore it from a copy of images/, or (one from an archive) run `echoloop collect --force`.",
            ) from error
        if content_hash(data) == sha256:
            return data
        again = self._make_again(sha256)
        if again is None:
            raise ImageDamaged(
                "a stored picture is not the one its name says",
                where=place,
                remedy="Delete that file and restore it from a copy of images/, or (one from an archive) run `echoloop collect --force`.",
            )
        return again

    def rendition(self, sha256: str, rule: Rendition) -> str:
        """The SHA-256 of a picture as it is sent under a rule, rendered at most once.

        The note comes first: a run killed between the two leaves a note of nothing, never a picture nobody knows of.
        """
        place = self._note(sha256, rule)
        note = _read_note(place)
        if note is not None and _has_size(self.path(note.sent), note.bytes):
            return note.sent
        data = render(self.read(sha256), rule)
        note = RenditionNote(sent=content_hash(data), bytes=len(data), rule=rule)
        place_file(place, msgspec.json.encode(note), durable=False)
        return self.put(data, durable=False)

    def renditions_of(self, sha256: str) -> dict[Path, str | None]:
        """Every note of a rendition made from a picture, with what it points to; None when the note does not read."""
        places = self._notes.glob(f"*/{sha256[:2]}/{sha256}")
        return {place: note.sent if (note := _read_note(place)) else None for place in places}

    def remove(self, sha256: str) -> bool:
        """Delete a picture; says whether it was there."""
        place = self.path(sha256)
        there = place.exists()
        place.unlink(missing_ok=True)
        return there

    @property
    def _notes(self) -> Path:
        return self.folder.parent / "renditions"

    def _note(self, sha256: str, rule: Rendition) -> Path:
        return self._notes / rule.name / sha256[:2] / sha256

    def _make_again(self, sent: str) -> bytes | None:
        """A rendition's bytes from its original, if it is one. Reads every note: damage is rare."""
        for place in self._notes.glob("*/*/*"):
            note = _read_note(place)
            if note is None or note.sent != sent or place.name == sent:
                continue
            try:
                original = self.path(place.name).read_bytes()
                data = render(original, note.rule)
            except (OSError, ImageMissing, BadImage):
                continue
            if content_hash(data) == sent:
                place_file(self.path(sent), data, durable=False)
                return data
        return None


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _read_note(place: Path) -> RenditionNote | None:
    try:
        return msgspec.json.decode(place.read_bytes(), type=RenditionNote)
    except (OSError, msgspec.MsgspecError):
        return None
