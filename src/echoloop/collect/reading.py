"""The intake, read back: every post once, in blocks, with the pictures that came for it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np

from echoloop.collect.intake import EVERYTHING, REMOTE, Batch, BatchKind, Intake
from echoloop.collect.pictures.outcomes import PictureOutcome
from echoloop.collect.sightings import Gone, Sighting, Skipped
from echoloop.collect.uniting import unite
from echoloop.records import ImageRef, Post

_HELD_AT_ONCE = 500_000


class Reader:
    """Reads an intake twice: once to learn which posts were seen more than once, once for the posts themselves.

    Only those seen several times are held together, so that memory grows with them and not with all that was seen; where
    they are very many (an archive and a later copy of it), a part at a time, and the intake is read once for each.
    """

    def __init__(
        self, path: str, kinds: Sequence[BatchKind] = EVERYTHING, *, with_pictures: bool = True
    ) -> None:
        self._path = Path(path)
        self._kinds = kinds
        self._with_pictures = with_pictures
        self.skipped: list[Skipped] = []

    def posts(self) -> Iterator[Post | Gone]:
        """Every post, or that it is gone, once; what could not be read is in `skipped` afterwards."""
        if not self._path.exists():
            return
        with Intake(self._path, readonly=True) as intake:
            pictures = _Pictures(intake)
            several = self._seen_several_times(intake)
            parts = max(1, -(-len(several) // _HELD_AT_ONCE))
            for part in range(parts):
                held: dict[str, list[Sighting | Gone]] = {}
                for batch in intake.batches(self._kinds):
                    for seen in pictures.fill(batch) if self._with_pictures else batch.seen:
                        if isinstance(seen, Skipped):
                            self.skipped += [seen] if part == 0 else []
                        elif hash(url := _url(seen)) in several:
                            if crc32(url.encode()) % parts == part:
                                held.setdefault(url, []).append(seen)
                        elif part == 0:
                            yield seen.post if isinstance(seen, Sighting) else seen
                for url in sorted(held):
                    yield unite(
                        [one for one in held[url] if isinstance(one, Sighting)],
                        [one for one in held[url] if isinstance(one, Gone)],
                    )

    def in_order(self) -> Iterator[Sighting | Gone]:
        """Everything as it came, not united, with its pictures."""
        if self._path.exists():
            with Intake(self._path, readonly=True) as intake:
                pictures = _Pictures(intake)
                for batch in intake.batches(self._kinds):
                    yield from (seen for seen in pictures.fill(batch) if not isinstance(seen, Skipped))

    def _seen_several_times(self, intake: Intake) -> frozenset[int]:
        """By hash: a rare collision only means that two posts are held that need not be."""
        parts = [
            np.fromiter((hash(_url(seen)) for seen in batch.seen if not isinstance(seen, Skipped)), np.int64)
            for batch in intake.batches(self._kinds)
        ]
        hashes, counts = np.unique(np.concatenate([*parts, np.empty(0, np.int64)]), return_counts=True)
        return frozenset(hashes[counts > 1].tolist())


class _Pictures:
    """Puts the pictures that came in the place of the addresses."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._outcomes: dict[int, Mapping[str, PictureOutcome]] = {REMOTE: intake.pictures.of(REMOTE)}

    def fill(self, batch: Batch) -> Iterator[Sighting | Gone | Skipped]:
        for seen in batch.seen:
            if isinstance(seen, Sighting) and seen.post.images:
                images = tuple(self._filled(batch.place, image) for image in seen.post.images)
                yield msgspec.structs.replace(seen, post=msgspec.structs.replace(seen.post, images=images))
            else:
                yield seen

    def _filled(self, place: int, image: ImageRef) -> ImageRef:
        where = REMOTE if "://" in image.url else place
        if where not in self._outcomes:
            self._outcomes[where] = self._intake.pictures.of(where)
        outcome = self._outcomes[where].get(image.url)
        if outcome is None:
            return image
        return msgspec.structs.replace(
            image,
            sha256=outcome.sha256,
            media_type=outcome.media_type,
            width=outcome.width or image.width,
            height=outcome.height or image.height,
            absence=outcome.absence,
        )


def _url(seen: Sighting | Gone) -> str:
    return seen.post.url if isinstance(seen, Sighting) else seen.url
