"""Dehydrated posts, fetched again: what is still there, what changed, what is gone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from echoloop.collect.compliance.dehydrating import DehydratedPost, hash_of_text
from echoloop.collect.errands import Errand, KnownPost
from echoloop.collect.gathering.platforms import Platform
from echoloop.collect.reading import Reader
from echoloop.collect.sightings import Gone, Seen, Sighting
from echoloop.records import FoundBy, Post


class Attrition(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the posts of one platform. `gone` counts by reason; `unasked` are those no source could be asked for."""

    platform: str
    asked: int
    same: int = 0
    edited: int = 0
    gone: dict[str, int] = {}
    unasked: int = 0
    pictures: int = 0
    pictures_same: int = 0


def hydration_errands(posts: Iterable[DehydratedPost], platforms: Mapping[str, Platform]) -> list[Errand]:
    """What has to be asked of the platforms that can be."""
    known: dict[str, list[KnownPost]] = {}
    for post in posts:
        known.setdefault(post.platform, []).append(KnownPost(url=post.url))
    return [
        errand
        for platform, theirs in sorted(known.items())
        if platform in platforms
        for errand in platforms[platform].source.look_up(theirs)
    ]


class Labels:
    """Gives fetched posts their keywords back: a platform does not know by which they were found."""

    def __init__(self, posts: Iterable[DehydratedPost]) -> None:
        self._posts = {post.url: post for post in posts}

    def __call__(self, seen: Seen) -> Seen:
        """The same post, with what the file says of it."""
        known = self._posts.get(seen.post.url) if isinstance(seen, Sighting) else None
        if known is None or not isinstance(seen, Sighting):
            return seen
        found_by: FoundBy = "keyword" if known.found_by == "keyword" else "expansion"
        return msgspec.structs.replace(
            seen, post=msgspec.structs.replace(seen.post, keywords=known.keywords, found_by=found_by)
        )


def attrition(posts: Sequence[DehydratedPost], intake: Path) -> list[Attrition]:
    """What the platforms said last of what the file names, a row a platform; not what was collected otherwise."""
    named = {post.url for post in posts}
    here: dict[str, Post | Gone] = {}
    for seen in Reader(str(intake), ("hydrated",)).in_order():
        one = seen.post if isinstance(seen, Sighting) else seen
        if one.url in named:
            here[one.url] = one
    platforms = sorted({post.platform for post in posts})
    return [_row(name, [post for post in posts if post.platform == name], here) for name in platforms]


def _row(platform: str, posts: Sequence[DehydratedPost], here: Mapping[str, Post | Gone]) -> Attrition:
    found = [(post, here[post.url]) for post in posts if post.url in here]
    present = [(post, now) for post, now in found if isinstance(now, Post)]
    same = sum(hash_of_text(now.text) == post.text_sha256 for post, now in present)
    shown = [(_contents(post), {image.sha256 for image in now.images}) for post, now in present]
    return Attrition(
        platform=platform,
        asked=len(found),
        same=same,
        edited=len(present) - same,
        gone=dict(Counter(now.reason for _, now in found if isinstance(now, Gone))),
        unasked=len(posts) - len(found),
        pictures=sum(len(before) for before, _ in shown),
        pictures_same=sum(len(before & after) for before, after in shown),
    )


def _contents(post: DehydratedPost) -> set[str]:
    return {picture.sha256 for picture in post.pictures if picture.sha256}
