"""Posts as a collector stores them: ECHO's raw fields, untidy addresses, and some posts found twice."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from echoloop.lab.town.addresses import Address
from echoloop.lab.town.conversation import Conversation, SaidPost
from echoloop.lab.town.keywords import found_by
from echoloop.lab.town.plan import TownPlan

_FOUND_TWICE = 0.16
_SEEN_TWICE = 0.04


def raw_lines(talk: Conversation, plan: TownPlan, rng: np.random.Generator) -> list[dict[str, Any]]:
    """One line a post, and a second, partly different one for a post that was found twice; none for deleted posts."""
    below = _replies(talk.posts)
    lines: list[dict[str, Any]] = []
    for post in talk.posts:
        if post.deleted:
            continue
        replies = below.get(post.url, [])
        line = _line(post, post.keyword, post.above, replies, rng)
        lines.append(line)
        if rng.random() < (_FOUND_TWICE if post.keyword else _SEEN_TWICE):
            lines.append(line | _found_again(post, plan, replies, rng))
    return lines


def _line(
    post: SaidPost,
    keyword: str | None,
    above: Sequence[Address],
    below: Sequence[Address],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """`replies_above` runs from the root down to the parent."""
    return {
        "text": post.text,
        "timestamp": post.at.isoformat(),
        "replies_above": [address.wrapped(rng) for address in above],
        "keyword": keyword,
        "url": post.address.dirty(rng),
        "author": post.author,
        "image_urls": [{"url": image.url, "alt": image.alt} for image in post.images],
        "replies_below": [address.wrapped(rng) for address in below],
        "engagement": _engagement(rng),
    }


def _found_again(
    post: SaidPost, plan: TownPlan, below: Sequence[Address], rng: np.random.Generator
) -> dict[str, Any]:
    """What differs the second time: the address, the term, the counts, and how much of the conversation came along."""
    terms = [term for term in found_by(post.text, plan, post.at) if term != post.keyword]
    other = terms[int(rng.integers(len(terms)))] if terms else post.keyword
    return {
        "url": post.address.dirty(rng),
        "keyword": other if post.keyword else None,
        "replies_above": [address.wrapped(rng) for address in post.above[-2:]],
        "replies_below": [address.wrapped(rng) for address in below if rng.random() < 0.6],
        "engagement": _engagement(rng),
    }


def _replies(posts: Sequence[SaidPost]) -> Mapping[str, list[Address]]:
    """Direct replies of each post, in the order in which they were written."""
    below: dict[str, list[Address]] = {}
    for post in posts:
        if post.above:
            below.setdefault(post.above[-1].url, []).append(post.address)
    return below


def _engagement(rng: np.random.Generator) -> dict[str, int | None]:
    likes = int(rng.pareto(1.1) * 5)
    return {
        "likes": likes,
        "views": None if rng.random() < 0.2 else likes * 40 + int(rng.integers(500)),
        "reposts": likes // 7,
        "bookmarks": None if rng.random() < 0.5 else likes // 5,
    }
