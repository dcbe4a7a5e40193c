"""The intake -> the posts to be scored: those that a keyword found."""

from collections.abc import Iterator

from echoloop.collect.intake import FOUND
from echoloop.collect.reading import Reader
from echoloop.collect.settings import IntakeSettings
from echoloop.engine import Desk
from echoloop.records import Drop, Keep, Post


def find_posts(desk: Desk[IntakeSettings]) -> Iterator[Keep[Post] | Drop]:
    """What a search brought, and what the keywords find in archives; a post that came with a conversation is not scored.

    The pictures stay addresses: which of them came must not change what is scored.
    """
    attribute = desk.settings.attribution()
    reader = Reader(desk.settings.intake, FOUND, with_pictures=False)
    posts = found = 0
    for seen in reader.posts():
        if isinstance(seen, Post) and seen.url not in desk.forgotten:
            post = attribute(seen)
            posts += 1
            if post.found_by == "keyword":
                found += 1
                yield Keep(post)
    if posts and not found:
        desk.note(
            f"none of {posts:,} posts was found by a keyword: say what to look for under [collect.broad] in echoloop.toml"
        )
