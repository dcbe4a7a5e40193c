"""The same post, found twice, is one post: sightings are united, whatever order they came in."""

from collections.abc import Iterable

import msgspec

from echoloop.records import Engagement, ImageRef, Post


def merge_sightings(posts: Iterable[Post]) -> list[Post]:
    """One post a canonical URL, in the order of the URLs."""
    sightings: dict[str, list[Post]] = {}
    for post in posts:
        sightings.setdefault(post.url, []).append(post)
    return [_unite(sightings[url]) for url in sorted(sightings)]


def _unite(sightings: list[Post]) -> Post:
    if len(sightings) == 1:
        return sightings[0]
    ordered = sorted(sightings, key=lambda post: (-len(post.text), post.text, msgspec.json.encode(post)))
    first = ordered[0]
    return msgspec.structs.replace(
        first,
        created_at=min((post.created_at for post in ordered if post.created_at), default=None),
        author=next((post.author for post in ordered if post.author), None),
        keyword=min((post.keyword for post in ordered if post.keyword), default=None),
        found_by="keyword" if any(post.keyword for post in ordered) else first.found_by,
        replies_above=_longest(post.replies_above for post in ordered),
        replies_below=tuple(sorted({url for post in ordered for url in post.replies_below})),
        images=_unite_images(ordered),
        engagement=_unite_engagement(ordered),
    )


def _longest(chains: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return max(chains, key=lambda chain: (len(chain), chain))


def _unite_images(posts: list[Post]) -> tuple[ImageRef, ...]:
    images: dict[str, ImageRef] = {}
    for post in sorted(posts, key=lambda post: -len(post.images)):
        for image in post.images:
            images.setdefault(image.url, image)
    return tuple(images.values())


def _unite_engagement(posts: list[Post]) -> Engagement:
    counts = {
        name: max(
            (value for post in posts if (value := getattr(post.engagement, name)) is not None), default=None
        )
        for name in Engagement.__struct_fields__
    }
    return Engagement(**counts)
