"""Fetching the pictures of a dehydrated suite: each is checked, kept under its id, and every one that is lost says why."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from echoloop.images import BadBox, BadImage, Box, Pixels, crop, decode, encode_png
from echoloop.suites.clip_check import LEAST_LIKE, Likeness

Fetch: TypeAlias = Callable[[str], bytes | str]
"""A media id to a picture's bytes, or to the reason why there is none."""

_LOST = ".lost"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A picture to fetch. Of a screenshot only what lies in its boxes (left, top, right, bottom) is kept."""

    media: str
    boxes: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attrition:
    """What came of fetching: how many are here, how many of them were held against a reference, and why the others are not here."""

    wanted: int
    here: int
    checked: int
    lost: Mapping[str, int]

    @property
    def told(self) -> str:
        """All of it in one line."""
        reasons = "; ".join(
            f"{reason}: {count:,}"
            for reason, count in sorted(self.lost.items(), key=lambda one: (-one[1], one[0]))
        )
        unchecked = self.here - self.checked
        note = f", {unchecked:,} of them with nothing to compare them with" if unchecked else ""
        return f"{self.here:,} of {self.wanted:,} pictures are here{note}" + (
            f"; lost: {reasons}" if reasons else ""
        )


def rehydrate(
    wanted: Iterable[Wanted],
    folder: Path,
    fetch: Fetch,
    likeness: Likeness | None = None,
    least: float = LEAST_LIKE,
) -> Attrition:
    """Fetch what is not here yet into `folder`. A picture that is less like what was published than `least` is not kept.

    What was lost is asked for again at the next call: a platform may have been down.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lost: Counter[str] = Counter()
    count = here = checked = 0
    for one in dict.fromkeys(wanted):
        count += 1
        place = folder / _name(one)
        marks = place.with_suffix(".checked")
        if isinstance(stored_picture(folder, one), str):
            outcome, compared = _kept(one, place, fetch, likeness, least)
            if outcome:
                lost[outcome] += 1
                place.with_suffix(_LOST).write_text(outcome, "utf-8")
                continue
            place.with_suffix(_LOST).unlink(missing_ok=True)
            marks.write_text("yes" if compared else "no", "utf-8")
        here += 1
        checked += marks.exists() and marks.read_text("utf-8") == "yes"
    return Attrition(wanted=count, here=here, checked=checked, lost=dict(lost))


def stored_picture(folder: Path, wanted: Wanted) -> list[Path] | str:
    """The files of a picture (several where boxes were cut out of it), or why there are none."""
    place = folder / _name(wanted)
    files = sorted(folder.glob(f"{place.name}.*.png"))
    if files:
        return files
    reason = place.with_suffix(_LOST)
    return reason.read_text("utf-8") if reason.exists() else "its picture was not fetched"


def _kept(
    one: Wanted, place: Path, fetch: Fetch, likeness: Likeness | None, least: float
) -> tuple[str, bool]:
    """Why a picture is not kept (empty: it is), and whether it was compared."""
    data = fetch(one.media)
    if isinstance(data, str):
        return data or "not fetched", False
    try:
        pixels = decode(data).pixels
    except BadImage as error:
        return f"not a picture: {error.reason}", False
    alike = likeness(one.media, pixels) if likeness is not None else None
    if alike is not None and alike < least:
        return f"another picture than the published one (CLIP below {least:g})", True
    pieces = _pieces(pixels, one.boxes)
    if isinstance(pieces, str):
        return pieces, alike is not None
    for number, piece in enumerate(pieces):
        place.with_name(f"{place.name}.{number:02d}.png").write_bytes(encode_png(piece))
    return "", alike is not None


def _pieces(pixels: Pixels, boxes: Sequence[tuple[int, int, int, int]]) -> list[Pixels] | str:
    if not boxes:
        return [pixels]
    try:
        return [
            crop(pixels, Box(left=left, top=top, right=right, bottom=bottom))
            for left, top, right, bottom in boxes
        ]
    except BadBox:
        return "a box of it lies outside of the picture"


def _name(wanted: Wanted) -> str:
    """A picture as a file's name: ids are short and plain, and what is not becomes its hash. Other boxes are another picture."""
    media = wanted.media
    plain = media.isascii() and media.replace("-", "").replace("_", "").isalnum() and len(media) <= 80
    name = media if plain else sha256(media.encode()).hexdigest()[:40]
    return f"{name}-{sha256(str(wanted.boxes).encode()).hexdigest()[:8]}" if wanted.boxes else name
