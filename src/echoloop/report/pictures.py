"""Pictures for pages: always re-encoded, never the bytes that came from outside. What the last report made is kept."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256 as hash_of

import msgspec
from markupsafe import Markup

from echoloop.images import BadImage, Rendition, measure, render
from echoloop.records import ImageRef
from echoloop.report.folder import DraftFolder
from echoloop.workspace import ImageDamaged, ImageMissing, ImageStore

PAGE_COPY = Rendition(longest_side=512, quality=80)
"""One size for galleries and sample pages: a second one would double the time and the folder."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as a page needs it; `href` is None when there is none, and `absence` says why."""

    href: Markup | None = None
    width: int = 0
    height: int = 0
    alt: str = ""
    absence: str = ""


class PictureShelf:
    """The pictures of one report, by the SHA-256 of their originals."""

    def __init__(self, images: ImageStore, draft: DraftFolder) -> None:
        self._images = images
        self._draft = draft
        self._placed: dict[str, Shown] = {}

    def place(self, pictures: Iterable[str]) -> None:
        """Make every page copy that is needed."""
        wanted = sorted(set(pictures) - self._placed.keys())
        with ThreadPoolExecutor() as pool:
            self._placed.update(zip(wanted, pool.map(self._place, wanted), strict=True))

    def show(self, sha256: str | None, alt: str, absence: str = "") -> Shown:
        """The page copy of a picture, or why there is none."""
        if sha256 is None:
            return Shown(alt=alt, absence=absence or "no picture, and no reason was given")
        return msgspec.structs.replace(self._placed[sha256], alt=alt)

    def show_ref(self, ref: ImageRef, alt: str) -> Shown:
        """`show` for a picture that a post carries."""
        return self.show(ref.sha256, ref.alt or alt, ref.absence)

    def _place(self, sha256: str) -> Shown:
        name = f"pictures/{PAGE_COPY.name}/{sha256}.jpg"
        try:
            if sha256 not in self._images:
                return Shown(absence="the picture is not in the image store")
            data = self._draft.kept_from_before(name) or render(self._images.read(sha256), PAGE_COPY)
            width, height, _ = measure(data)
        except ImageMissing:
            return Shown(absence="the picture is not in the image store")
        except ImageDamaged:
            return Shown(absence="the stored picture is damaged")
        except BadImage as error:
            return Shown(absence=f"the picture cannot be shown: {error.reason}")
        self._draft.write(name, data, hash_of(data).hexdigest())
        return Shown(href=Markup(name), width=width, height=height)
