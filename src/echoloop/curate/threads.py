"""Posts -> conversations: ancestor chains and direct replies united by canonical URL, in one linear pass."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pyarrow as pa

from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk
from echoloop.records import Drop, Keep, Post, Relevance, Thread
from echoloop.records.arrow import from_table

_LATEST = datetime.max.replace(tzinfo=UTC)


def build_threads(
    desk: Desk[CurateSettings], posts: pa.Table, relevance: pa.Table
) -> Iterator[Keep[Thread] | Drop]:
    """Every conversation that holds at least one relevant post, whole."""
    relevant = {row.post for row in from_table(relevance, Relevance)}
    for thread in merge_threads(from_table(posts, Post)):
        if relevant.isdisjoint(thread.posts):
            yield Drop(key=thread.id, reason="no relevant post", source_posts=thread.source_posts)
        else:
            yield Keep(thread)


def merge_threads(posts: Iterable[Post]) -> list[Thread]:
    """The forest of conversations. A cycle is cut at its latest post and reported; a missing post keeps its place."""
    known = {post.url: post for post in posts}
    parent, cut = _without_cycles(_parents(known.values()), known)
    urls = sorted({*known, *parent, *parent.values()}, key=lambda url: _when(url, known))
    roots = _roots(urls, parent)
    members: dict[str, list[str]] = {}
    for url in urls:
        members.setdefault(roots[url], []).append(url)
    threads = [_thread(root, urls, parent, known, cut) for root, urls in members.items()]
    return sorted((thread for thread in threads if thread.posts), key=lambda thread: thread.id)


def _parents(posts: Iterable[Post]) -> dict[str, str]:
    """Child -> parent. What a post says of its own ancestors counts before what others say of their replies."""
    own: dict[str, str] = {}
    told: dict[str, str] = {}
    for post in posts:
        chain = [*post.replies_above, post.url]
        for above, below in pairwise(chain):
            claims = own if below == post.url else told
            claims[below] = min(above, claims.get(below, above))
        for reply in post.replies_below:
            told[reply] = min(post.url, told.get(reply, post.url))
    return {child: above for child, above in {**told, **own}.items() if child != above}


def _without_cycles(parent: dict[str, str], known: dict[str, Post]) -> tuple[dict[str, str], set[str]]:
    settled: set[str] = set()
    cut: set[str] = set()
    for start in sorted(parent):
        path: list[str] = []
        on_path: set[str] = set()
        url = start
        while url in parent and url not in settled and url not in on_path:
            path.append(url)
            on_path.add(url)
            url = parent[url]
        if url in on_path:
            cycle = path[path.index(url) :]
            first = min(cycle, key=lambda member: _when(member, known))
            cut.add(first)
            del parent[first]
        settled.update(path)
    return parent, cut


def _roots(urls: Iterable[str], parent: dict[str, str]) -> dict[str, str]:
    """The root of every post, each edge walked once."""
    roots: dict[str, str] = {}
    for start in urls:
        path: list[str] = []
        url = start
        while url in parent and url not in roots:
            path.append(url)
            url = parent[url]
        root = roots.get(url, url)
        roots.update(dict.fromkeys([*path, url], root))
    return roots


def _thread(
    root: str, urls: list[str], parent: dict[str, str], known: dict[str, Post], cut: set[str]
) -> Thread:
    children: dict[str, list[str]] = {}
    for url in urls:
        if url in parent:
            children.setdefault(parent[url], []).append(url)
    order = _reading_order(root, children)
    present = [url for url in order if url in known]
    place = {url: number for number, url in enumerate(present)}
    return Thread(
        id=root,
        posts=tuple(present),
        parents=tuple(_nearest_present(url, parent, place) for url in present),
        missing=tuple(url for url in order if url not in known),
        cut_edges=tuple(sorted(cut.intersection(urls))),
        source_posts=tuple(sorted(present)),
    )


def _reading_order(root: str, children: dict[str, list[str]]) -> list[str]:
    order: list[str] = []
    stack = [root]
    while stack:
        url = stack.pop()
        order.append(url)
        stack.extend(reversed(children.get(url, [])))
    return order


def _nearest_present(url: str, parent: dict[str, str], place: dict[str, int]) -> int:
    while url in parent:
        url = parent[url]
        if url in place:
            return place[url]
    return -1


def _when(url: str, known: dict[str, Post]) -> tuple[datetime, str]:
    post = known.get(url)
    return (post.created_at if post and post.created_at else _LATEST, url)
