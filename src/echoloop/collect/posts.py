"""Archive -> posts: read, unite sightings, bring the pictures in."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from echoloop.collect.archive import SeenText, read_archive
from echoloop.collect.importing import PictureFile, absence_note, import_picture
from echoloop.collect.merging import merge_sightings
from echoloop.collect.settings import CollectSettings
from echoloop.engine import Desk
from echoloop.records import Drop, ImageRef, Keep, Post


def collect_posts(desk: Desk[CollectSettings]) -> Iterator[Keep[Post] | Drop]:
    """Every post of the archive once, its pictures in the store."""
    archive = Path(desk.settings.archive)
    seen = SeenText()
    posts: list[Post] = []
    for line in read_archive(archive, seen):
        if isinstance(line, Drop):
            yield line
        else:
            posts.append(line.row)
    if seen.replaced:
        desk.note(f"{seen.replaced:,} characters that no UTF-8 can carry were replaced in {archive.name}")
    if seen.impossible:
        desk.note(
            f"{seen.impossible:,} counts that nothing can have (below zero or beyond 2^63) were left out"
        )
    merged = merge_sightings(posts)
    pictures = _import_pictures(desk, archive.parent, merged)
    if note := absence_note(pictures.values()):
        desk.note(note)
    for post in merged:
        if post.url in desk.forgotten:
            yield Drop(key=post.url, reason="forgotten on request")
        else:
            yield Keep(msgspec.structs.replace(post, images=_filled(post, pictures)))


def _import_pictures(desk: Desk[CollectSettings], folder: Path, posts: list[Post]) -> dict[str, ImageRef]:
    urls = sorted({image.url for post in posts if post.url not in desk.forgotten for image in post.images})
    files = [PictureFile(folder=str(folder), url=url) for url in urls]
    return {image.url: image for image in desk.map(files, import_picture, ImageRef)}


def _filled(post: Post, pictures: dict[str, ImageRef]) -> tuple[ImageRef, ...]:
    return tuple(msgspec.structs.replace(pictures[image.url], alt=image.alt) for image in post.images)
