"""Which post answers which, for any number of posts at once: edges as arrays of numbers, no object a post.

Nodes are every URL that is named anywhere. Their numbers are in the order of time (then URL), so that ascending numbers are
the order of reading, and the smallest number of a cycle is its first post.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

pc: Any = pyarrow.compute  # made when it is imported: its stubs know only some of its functions

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_NEVER = np.iinfo(np.int64).max


class Forest(NamedTuple):
    """`parent[node]` is the node above, itself for a root. `name` is a node's place in `urls`."""

    urls: pa.Array
    name: Ints
    parent: Ints
    root: Ints
    present: Bools
    cut: Bools


def plant(url: pa.Array, created_at: pa.Array, above: pa.Array, below: pa.Array) -> Forest:
    """The forest of posts (each URL once). A cycle is cut above its earliest post; a URL without a post keeps its place."""
    urls, posts, chains, replies = _numbered(url, above, below)
    time = np.full(len(urls), _NEVER)
    time[:posts] = pc.fill_null(created_at.cast(pa.int64()), _NEVER).to_numpy(zero_copy_only=False)
    name = _in_time(urls, time)
    node = np.empty_like(name)
    node[name] = np.arange(len(name))
    parent = _parents(node, chains, replies)
    root, cut = _rooted(parent)
    return Forest(urls, name, parent, root, name < posts, cut)


class _Lists(NamedTuple):
    """Lists of names, laid end to end: whose list a value belongs to, and which values end one."""

    owner: Ints
    value: Ints


def _numbered(url: pa.Array, above: pa.Array, below: pa.Array) -> tuple[pa.Array, int, _Lists, _Lists]:
    """Every URL once, posts first; the lists of edges by number."""
    parts = [url, above.flatten(), below.flatten()]
    coded = pa.concat_arrays(parts).dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    first, second = len(parts[0]), len(parts[0]) + len(parts[1])
    return (
        coded.dictionary,
        first,
        _Lists(_owners(above), codes[first:second]),
        _Lists(_owners(below), codes[second:]),
    )


def _owners(lists: pa.Array) -> Ints:
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(lists), dtype=np.int64), lengths)


def _in_time(urls: pa.Array, time: Ints) -> Ints:
    """By time; only what was written at the same moment (or at no known one) has to be put in the order of its URL."""
    order = np.argsort(time, kind="stable")
    same = time[order[1:]] == time[order[:-1]]
    tied = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
    rows = order[tied]
    rank = np.empty(len(rows), np.int64)
    rank[pc.sort_indices(urls.take(pa.array(rows))).to_numpy()] = np.arange(len(rows))
    order[tied] = rows[np.lexsort((rank, time[rows]))]
    return order


def _parents(node: Ints, chains: _Lists, replies: _Lists) -> Ints:
    """What a post says of its own ancestors counts before what others say; of several claims the earliest post's."""
    last = np.append(chains.owner[1:] != chains.owner[:-1], True)[: len(chains.owner)]
    inner = np.flatnonzero(~last)
    child = np.concatenate([chains.value[inner + 1], chains.owner[last]])
    above = np.concatenate([chains.value[inner], chains.value[last]])
    own = child == np.concatenate([chains.owner[inner], chains.owner[last]])
    claimed = _first_claim(node[child[own]], node[above[own]], len(node))
    told = _first_claim(
        node[np.concatenate([child[~own], replies.value])],
        node[np.concatenate([above[~own], replies.owner])],
        len(node),
    )
    best = np.where(claimed != _NEVER, claimed, told)
    return np.where(best == _NEVER, np.arange(len(node)), best)


def _first_claim(child: Ints, above: Ints, count: int) -> Ints:
    best = np.full(count, _NEVER)
    np.minimum.at(best, child, above)
    return best


def _rooted(parent: Ints) -> tuple[Ints, Bools]:
    """The root of every node; changes `parent` where a cycle is cut."""
    cut = np.zeros(len(parent), np.bool_)
    root = follow(parent)
    lost = root[parent[root] != root]
    if len(lost):
        for first in _first_of_each_cycle(np.unique(lost).tolist(), parent):
            parent[first], cut[first] = first, True
        root = follow(parent)
    return root, cut


def follow(step: Ints) -> Ints:
    """Where every node ends when it goes on as long as it can: by doubling the stride, also for the deepest chain."""
    end, stride = step, 1
    while stride < len(step):
        further = end[end]
        if np.array_equal(further, end):
            break
        end, stride = further, stride * 2
    return end


def _first_of_each_cycle(nodes: list[int], parent: Ints) -> list[int]:
    firsts: list[int] = []
    seen: set[int] = set()
    for start in nodes:
        cycle: list[int] = []
        node = start
        while node not in seen:
            seen.add(node)
            cycle.append(node)
            node = int(parent[node])
        if cycle:
            firsts.append(min(cycle))
    return firsts
