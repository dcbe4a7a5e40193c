"""Stored pictures under names that a program opens them by: the store names a picture by its content alone."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from echoloop.images import sniff
from echoloop.workspace import ImageStore

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}
)
_ENOUGH = 64
_LETTERS = 16


class Openable:
    """Links beside a file, in a folder of its name, each with the suffix that the picture's bytes ask for.

    A link and no copy: what is forgotten in the workspace must not live on beside it. Where no link can be made, or the picture
    is gone, the path is that of the store.
    """

    def __init__(self, images: ImageStore, beside: Path) -> None:
        self._images = images
        self._folder = beside.absolute().with_suffix(".pictures")

    def __call__(self, sha256: str) -> Path:
        """Where a picture can be opened."""
        stored = self._images.path(sha256).absolute()
        try:
            with stored.open("rb") as file:
                kind = sniff(file.read(_ENOUGH))
        except OSError:
            return stored
        link = self._folder / f"{sha256[:_LETTERS]}{SUFFIXES.get(kind or '', '')}"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            if link.is_symlink() and not link.exists():
                link.unlink()
            if not link.exists():
                link.symlink_to(stored)
        return link if link.exists() else stored
