"""Every picture of a written release, taken out of its file again and decoded."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from echoloop.curate.releasing.gate import UNDECODABLE, UNRESOLVED, Finding
from echoloop.curate.releasing.rows import hash_of
from echoloop.curate.releasing.shards import read_groups, shards_of
from echoloop.images import BadImage, content_hash, decode

_WITH_PICTURES = ("sample", "input_images", "output_images")


class _Seen(NamedTuple):
    row: str
    name: str
    data: bytes | None


def picture_findings(folder: Path) -> Iterator[Finding]:
    """Pictures that are missing, are not what their name says, or cannot be decoded. Equal ones are decoded once."""
    sound: set[str] = set()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path in (path for paths in shards_of(folder).values() for path in paths):
            for rows in read_groups(path, _WITH_PICTURES):
                seen = [one for one in _pictures(rows) if one.name not in sound]
                for one, fault in zip(seen, pool.map(_fault, seen), strict=True):
                    if fault is None:
                        sound.add(one.name)
                    else:
                        yield fault


def _pictures(rows: list[dict[str, Any]]) -> Iterator[_Seen]:
    for row in rows:
        for picture in (*row["input_images"], *row["output_images"]):
            yield _Seen(row["sample"], hash_of(picture["path"] or ""), picture["bytes"])


def _fault(one: _Seen) -> Finding | None:
    if one.data is None or content_hash(one.data) != one.name:
        return Finding(UNRESOLVED, one.row, one.name)
    try:
        decode(one.data)
    except BadImage as error:
        return Finding(UNDECODABLE, one.row, f"{one.name}: {error}")
    return None
