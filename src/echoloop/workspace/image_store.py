"""Pictures by content: each stored once under its SHA-256, checked whenever it is read."""

import hashlib
from pathlib import Path

from echoloop.images import Rendition, content_hash, render
from echoloop.records import Problem
from echoloop.workspace.placing import place_file


class ImageMissing(Problem):
    """A row refers to a picture that is not in the store."""


class ImageDamaged(Problem):
    """A stored picture's bytes no longer match its name."""


class ImageStore:
    """`images/ab/ab12...` under a workspace. Safe for several writers: equal bytes are equal files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a picture lies, whether or not it does."""
        if len(sha256) != 64 or not all(letter in "0123456789abcdef" for letter in sha256):
            raise ImageMissing(f"{sha256!r} is not the SHA-256 of a picture", where=self.folder)
        return self.folder / sha256[:2] / sha256

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def put(self, data: bytes, *, durable: bool = True) -> str:
        """Store bytes; storing them again costs one look. A rendition need not be durable: it can be made again."""
        sha256 = content_hash(data)
        place = self.path(sha256)
        if not place.exists():
            place_file(place, data, durable=durable)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes, verified."""
        place = self.path(sha256)
        try:
            data = place.read_bytes()
        except FileNotFoundError as error:
            raise ImageMissing(
                "a picture is not in the store",
                where=place,
                remedy="Run the act that fetched or made it again, or restore the file.",
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ImageDamaged(
                "a stored picture is not the one its name says",
                where=place,
                remedy="Delete that file and run the act that fetched or made it again.",
            )
        return data

    def rendition(self, sha256: str, rule: Rendition) -> str:
        """The SHA-256 of a picture as it is sent under a rule, rendered at most once."""
        note = self._note(sha256, rule)
        try:
            sent = note.read_text()
            if len(sent) == 64 and sent in self:
                return sent
        except FileNotFoundError:
            pass
        sent = self.put(render(self.read(sha256), rule), durable=False)
        place_file(note, sent.encode(), durable=False)
        return sent

    def renditions_of(self, sha256: str) -> dict[Path, str]:
        """Every note of a rendition made from a picture, with what it points to."""
        notes = self.folder.parent.glob(f"renditions/*/{sha256[:2]}/{sha256}")
        return {note: note.read_text() for note in notes}

    def remove(self, sha256: str) -> bool:
        """Delete a picture; says whether it was there."""
        place = self.path(sha256)
        there = place.exists()
        place.unlink(missing_ok=True)
        return there

    def _note(self, sha256: str, rule: Rendition) -> Path:
        return self.folder.parent / "renditions" / rule.name / sha256[:2] / sha256
