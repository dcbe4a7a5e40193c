"""The merge of conversations, slowly and obviously: what the fast one must agree with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from echoloop.records import Post, Thread

_LATEST = datetime.max.replace(tzinfo=UTC)


def slow_threads(posts: Sequence[Post]) -> list[Thread]:
    """Every conversation, in the order of ids."""
    known = {post.url: post for post in posts}
    names = {name for post in posts for name in (post.url, *post.replies_above, *post.replies_below)}

    def when(url: str) -> tuple[datetime, str]:
        post = known.get(url)
        return (post.created_at if post and post.created_at else _LATEST, url)

    parent = {name: _parent(name, posts, when) for name in names}
    cut: set[str] = set()
    for name in sorted(names, key=when):
        path = [name]
        while parent[path[-1]] is not None and parent[path[-1]] not in path:
            path.append(parent[path[-1]])
        if parent[path[-1]] is not None:
            cycle = path[path.index(parent[path[-1]]) :]
            first = min(cycle, key=when)
            cut.add(first)
            parent[first] = None
    threads = [_thread(root, parent, known, cut, when) for root in sorted(names) if parent[root] is None]
    return [thread for thread in threads if thread.posts]


def _parent(child: str, posts: Sequence[Post], when) -> str | None:
    own, told = [], []
    for post in posts:
        for above, below in pairwise([*post.replies_above, post.url]):
            if below == child:
                (own if below == post.url else told).append(above)
        told += [post.url for reply in post.replies_below if reply == child]
    claims = own or told
    first = min(claims, key=when) if claims else child
    return None if first == child else first


def _thread(root: str, parent: dict, known: dict[str, Post], cut: set[str], when) -> Thread:
    order: list[str] = []

    def walk(name: str) -> None:
        order.append(name)
        for child in sorted((one for one in parent if parent[one] == name), key=when):
            walk(child)

    walk(root)
    present = [name for name in order if name in known]

    def place(name: str) -> int:
        above = parent[name]
        while above is not None and above not in known:
            above = parent[above]
        return -1 if above is None else present.index(above)

    return Thread(
        id=root,
        posts=tuple(present),
        parents=tuple(place(name) for name in present),
        missing=tuple(name for name in order if name not in known),
        cut_edges=tuple(name for name in order if name in cut),
        source_posts=tuple(present),
    )
