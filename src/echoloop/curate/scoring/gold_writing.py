"""Conversations written down to be labelled: one line each with empty labels, the pictures beside them, and how to go about it."""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

import msgspec

from echoloop.curate.openable import SUFFIXES
from echoloop.curate.scoring.gold import GoldPicture, GoldPost, GoldThread
from echoloop.records import ImageRef, Mistake, Post, Thread
from echoloop.workspace import ImageStore, place_file


def write_gold(
    path: Path, threads: Sequence[Thread], posts: Mapping[str, Post], images: ImageStore
) -> list[Path]:
    """The file, a folder of pictures and a page of instructions; what was written. A file that is there is never replaced."""
    if path.suffix != ".jsonl":
        raise Mistake("a gold file ends in .jsonl", where=path, remedy=f"Call it {path.stem}.jsonl.")
    if path.exists():
        raise Mistake(
            "this file is there already, and may hold labels", where=path, remedy="Give another name."
        )
    pictures = path.with_suffix(".pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    rows = [_row(thread, posts, images, pictures) for thread in threads]
    page = path.with_suffix(".md")
    place_file(page, resources.files("echoloop.curate").joinpath("scoring", "instructions.txt").read_bytes())
    place_file(path, b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return [path, pictures, page]


def _row(thread: Thread, posts: Mapping[str, Post], images: ImageStore, folder: Path) -> GoldThread:
    people: dict[str, str] = {}
    own = [posts[url] for url in thread.posts]
    above = [own[parent].url if parent >= 0 else None for parent in thread.parents]
    return GoldThread(
        thread=thread.id,
        posts=tuple(
            GoldPost(
                url=post.url,
                text=post.text,
                platform=post.platform,
                created_at=post.created_at,
                author=people.setdefault(post.author or post.url, f"person {len(people) + 1}"),
                language=post.language,
                answers=answers,
                found=post.found_by == "keyword",
                pictures=tuple(_picture(image, images, folder) for image in post.images),
            )
            for post, answers in zip(own, above, strict=True)
        ),
    )


def _picture(image: ImageRef, images: ImageStore, folder: Path) -> GoldPicture:
    sha256 = image.sha256
    if sha256 is None or sha256 not in images:
        return GoldPicture(alt=image.alt, absent=image.absence or "not here")
    file = folder / f"{sha256[:12]}{SUFFIXES.get(image.media_type or '', '')}"
    if not file.exists():
        place_file(file, images.read(sha256))
    return GoldPicture(sha256=sha256, file=f"{folder.name}/{file.name}", alt=image.alt)
