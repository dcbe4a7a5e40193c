"""Posts as numbers, labels and hashes: what may be given to others where content may not."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from echoloop.records import Mistake, Post, Relevance
from echoloop.workspace import place_file

FORMAT = "echoloop dehydrated posts 1"


class DehydratedPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture by content; None where it was never here."""

    sha256: str | None


class DehydratedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post without a word of it. `text_sha256` tells whether it still says the same."""

    url: str
    platform: str
    keywords: tuple[str, ...] = ()
    found_by: str = ""
    relevance: int | None = None
    replies_above: tuple[str, ...] = ()
    text_sha256: str = ""
    pictures: tuple[DehydratedPicture, ...] = ()


class _Head(msgspec.Struct, frozen=True):
    format: str


def dehydrate(posts: Iterable[Post], relevance: Iterable[Relevance], path: Path) -> int:
    """Write the posts without content, one a line; how many."""
    scores = {row.post: row.score for row in relevance}
    lines = [msgspec.json.encode(_Head(FORMAT))]
    lines += [msgspec.json.encode(_dehydrated(post, scores.get(post.url))) for post in posts]
    place_file(path, b"\n".join(lines) + b"\n")
    return len(lines) - 1


def read_dehydrated(path: Path) -> Iterator[DehydratedPost]:
    """The posts of such a file. Anything else is refused by its first line, a damaged line by its number."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise Mistake(f"the file cannot be read: {error.strerror}", where=path) from error
    try:
        head = msgspec.json.decode(lines[0], type=_Head).format if lines else ""
    except msgspec.MsgspecError:
        head = ""
    if head != FORMAT:
        raise Mistake(
            "this is no file of dehydrated posts",
            where=path,
            remedy="`echoloop collect dehydrate FILE` writes one; posts with content come in through `echoloop collect file`.",
        )
    for number, line in enumerate(lines[1:], start=2):
        try:
            yield msgspec.json.decode(line, type=DehydratedPost)
        except msgspec.MsgspecError as error:
            raise Mistake(f"this is no dehydrated post: {error}", where=f"{path}:{number}") from error


def hash_of_text(text: str) -> str:
    """What a text is compared by."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _dehydrated(post: Post, relevance: int | None) -> DehydratedPost:
    return DehydratedPost(
        url=post.url,
        platform=post.platform,
        keywords=post.keywords,
        found_by=post.found_by,
        relevance=relevance,
        replies_above=post.replies_above,
        text_sha256=hash_of_text(post.text),
        pictures=tuple(DehydratedPicture(sha256=image.sha256) for image in post.images),
    )
