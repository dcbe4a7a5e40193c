"""The pictures of ECHO as published: its rows hold ids of a platform, whose files are fetched, checked and kept beside them."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from echoloop.collect.pictures import PictureFetcher, PictureOutcome, Reach
from echoloop.records import Mistake
from echoloop.suites.clip_check import Likeness, known_features, likeness_to, open_clip
from echoloop.suites.echo_published import picture_folder, wanted_pictures
from echoloop.suites.rehydrating import Attrition, Wanted, rehydrate, stored_picture
from echoloop.workspace import ImageStore

PLATFORM = "https://pbs.twimg.com/media/{id}?format=jpg&name=orig"


def fetch_pictures(
    items: Path, address: str, features: Path | None, *, reach: Reach | None = None
) -> tuple[Attrition, Path]:
    """Everything that is not here yet. What came of it, and where it lies."""
    if "{id}" not in address:
        raise Mistake("the address does not say where the id goes", remedy=f"Write it like {PLATFORM}")
    wanted, folder = list(wanted_pictures(items)), picture_folder(items)
    if not wanted:
        raise Mistake("the file names no picture to fetch", where=items)
    likeness = _likeness(features)
    with tempfile.TemporaryDirectory(prefix="echoloop-fetch-") as room:
        store = ImageStore(Path(room) / "images")
        store.folder.mkdir(parents=True)
        outcomes = _outcomes(wanted, folder, address, store, reach or Reach())

        def fetch(media: str) -> bytes | str:
            outcome = outcomes.get(address.format(id=media))
            if outcome is None:
                return "not asked for"
            return store.read(outcome.sha256) if outcome.sha256 else outcome.absence.partition(":")[0]

        return rehydrate(wanted, folder, fetch, likeness), folder


def _outcomes(
    wanted: Sequence[Wanted], folder: Path, address: str, store: ImageStore, reach: Reach
) -> dict[str, PictureOutcome]:
    missing = [one for one in wanted if isinstance(stored_picture(folder, one), str)]
    found: dict[str, PictureOutcome] = {}

    def keep(group: Sequence[PictureOutcome]) -> None:
        found.update((outcome.url, outcome) for outcome in group)

    urls = [address.format(id=one.media) for one in missing]
    asyncio.run(PictureFetcher(reach=reach, flush=False).fetch_all(urls, store, keep))
    return found


def _likeness(features: Path | None) -> Likeness | None:
    return None if features is None else likeness_to(known_features(features), open_clip())
