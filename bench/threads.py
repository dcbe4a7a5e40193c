"""How long it takes to unite posts into conversations: 1M and 4M posts on one core, and beside the same merge in networkx.

Each run is a process of its own, held to one core; its peak memory is its own, the posts' table included. The forests are
seeded, and hold what archives hold: chains that end early, claims told twice, missing parents and a few cycles.
Usage: python bench/threads.py [--posts 1000000] [--times 4] [--beside 200000] [--rounds 3]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SECONDS, GIGABYTES, GROWTH, FASTER = 6.0, 1.5, 5.5, 6.0
_MEAN_SIZE, _MOST_ABOVE = 5, 4


def write_posts(path: Path, posts: int, seed: int = 0) -> None:
    """A table of the columns that the merge reads."""
    rng = np.random.default_rng(seed)
    thread = np.sort(rng.integers(0, max(1, posts // _MEAN_SIZE), posts))
    first = np.searchsorted(thread, thread)
    place = np.arange(posts)
    parent = np.where(place == first, -1, first + rng.integers(0, np.maximum(1, place - first)))
    cycles = rng.choice(posts, posts // 2000, replace=False)
    parent[cycles] = np.minimum(cycles + 1, posts - 1)
    numbers = rng.permutation(posts) + 10**18
    urls = pa.array([f"https://x.com/i/status/{number}" for number in numbers.tolist()], pa.large_string())
    when = 1_743_000_000_000_000 + thread * 1_000_000 + place * 1_000
    shuffled = rng.permutation(posts)
    gone = rng.random(posts) < 0.02
    kept = shuffled[~gone[shuffled]]
    table = pa.table(
        {
            "url": urls.take(pa.array(kept)),
            "created_at": pa.array(when[kept]).cast(pa.timestamp("us", "UTC")),
            "replies_above": _lists(_chains(kept, parent), urls),
            "replies_below": _lists(_replies(kept, parent, rng), urls),
        }
    )
    lists = pa.list_(pa.string())
    types = [pa.string(), pa.timestamp("us", "UTC"), lists, lists]
    pq.write_table(table.cast(pa.schema(zip(table.column_names, types, strict=True))), path)


def _chains(kept: np.ndarray, parent: np.ndarray) -> list[list[int]]:
    """The nearest ancestors of each post, the farthest first."""
    chains: list[list[int]] = []
    above = parent.tolist()
    for post in kept.tolist():
        chain: list[int] = []
        at = above[post]
        while at >= 0 and len(chain) < _MOST_ABOVE:
            chain.append(at)
            at = above[at]
        chains.append(chain[::-1])
    return chains


def _replies(kept: np.ndarray, parent: np.ndarray, rng: np.random.Generator) -> list[list[int]]:
    """Direct replies, as far as a third of the posts name them."""
    below: dict[int, list[int]] = {}
    for post, above in enumerate(parent.tolist()):
        below.setdefault(above, []).append(post)
    names = (rng.random(len(kept)) < 0.33).tolist()
    return [below.get(post, []) if told else [] for post, told in zip(kept.tolist(), names, strict=True)]


def _lists(lists: list[list[int]], urls: pa.Array) -> pa.Array:
    ends = np.cumsum([0, *map(len, lists)])
    flat = np.fromiter((at for each in lists for at in each), np.int64, int(ends[-1]))
    return pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), urls.take(pa.array(flat)))


def by_echoloop(path: Path) -> Callable[[], pa.Table]:
    """The merge as the stage calls it."""
    from echoloop.curate.threads import merge_threads

    table = pq.read_table(path)
    return lambda: merge_threads(table)


def by_networkx(path: Path) -> Callable[[], pa.Table]:
    """The same rules over a graph of objects."""
    import networkx as nx

    table = pq.read_table(path)

    def merge() -> pa.Table:
        rows = table.to_pylist()
        when = {row["url"]: row["created_at"].timestamp() for row in rows}

        def order(url: str) -> tuple[float, str]:
            return when.get(url, float("inf")), url

        graph: Any = nx.DiGraph()
        for child, above in _best_claims(rows, order):
            graph.add_edge(above, child)
        graph.add_nodes_from(when)
        threads: list[dict[str, Any]] = []
        for members in nx.weakly_connected_components(graph):
            roots = [node for node in members if graph.in_degree(node) == 0]
            if not roots:
                cycle = [edge[1] for edge in nx.find_cycle(graph, next(iter(members)), "reverse")]
                roots = [min(cycle, key=order)]
                graph.remove_edge(next(iter(graph.predecessors(roots[0]))), roots[0])
            walk = nx.dfs_preorder_nodes(
                graph, roots[0], sort_neighbors=lambda nodes: sorted(nodes, key=order)
            )
            posts = [node for node in walk if node in when]
            if posts:
                threads.append({"id": roots[0], "posts": posts})
        return pa.Table.from_pylist(sorted(threads, key=lambda thread: thread["id"]))

    return merge


def _best_claims(rows: list[dict[str, Any]], order: Callable[[str], Any]) -> Iterator[tuple[str, str]]:
    own: dict[str, str] = {}
    told: dict[str, str] = {}
    for row in rows:
        for above, child in pairwise([*row["replies_above"], row["url"]]):
            _claim(own if child == row["url"] else told, child, above, order)
        for child in row["replies_below"]:
            _claim(told, child, row["url"], order)
    for child, above in {**told, **own}.items():
        if child != above:
            yield child, above


def _claim(claims: dict[str, str], child: str, above: str, order: Callable[[str], Any]) -> None:
    if child not in claims or order(above) < order(claims[child]):
        claims[child] = above


def in_a_process(way: str, path: Path, rounds: int) -> dict[str, Any]:
    """One way over one table, in a fresh process."""
    command = [sys.executable, __file__, "--run", way, str(path), str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def run(way: str, path: Path, rounds: int) -> dict[str, Any]:
    """In this process, on one core: the best time, the peak of memory, and a digest of what came out."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    merge = (by_echoloop if way == "echoloop" else by_networkx)(path)
    before, times, table = _peak_gb(), list[float](), pa.table({})
    for _ in range(rounds):
        begun = time.perf_counter()
        table = merge()
        times.append(time.perf_counter() - begun)
    threads = table.select(["id", "posts"]).to_pylist() if table.num_rows < 200_000 else []
    return {
        "seconds": min(times),
        "gigabytes": _peak_gb(),
        "before": before,
        "threads": table.num_rows,
        "digest": hash(json.dumps(threads)) if threads else 0,
    }


def _peak_gb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024**2


def _said(name: str, value: str, bound: str, holds: bool) -> bool:
    print(f"{name:<44}{value:>12}  {bound:<12}{'' if holds else 'MISSED'}".rstrip(), flush=True)
    return holds


def main() -> None:
    """Print the figures and what they must stay under."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=4)
    parser.add_argument("--beside", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", nargs=3)
    asked = parser.parse_args()
    if asked.run:
        way, path, rounds = asked.run
        print(json.dumps(run(way, Path(path), int(rounds))))
        return
    os.environ["PYTHONHASHSEED"] = "0"
    with tempfile.TemporaryDirectory() as folder:
        held = [_sizes(Path(folder), asked), _beside(Path(folder), asked)]
    if not all(held):
        sys.exit("a bound was missed")


def _sizes(folder: Path, asked: argparse.Namespace) -> bool:
    found: list[dict[str, Any]] = []
    for posts in (asked.posts, asked.posts * asked.times):
        path = folder / f"{posts}.parquet"
        write_posts(path, posts)
        found.append(in_a_process("echoloop", path, asked.rounds))
        print(
            f"{posts:>10,} posts -> {found[-1]['threads']:,} conversations: {found[-1]['seconds']:.2f} s, "
            f"peak {found[-1]['gigabytes']:.2f} GB ({found[-1]['before']:.2f} before)",
            flush=True,
        )
        path.unlink()
    one, more = found
    growth = more["seconds"] / one["seconds"]
    return all(
        [
            _said(
                f"{asked.posts:,} posts, one core",
                f"{one['seconds']:.2f} s",
                f"<= {SECONDS:g} s",
                one["seconds"] <= SECONDS,
            ),
            _said(
                "peak memory of that",
                f"{one['gigabytes']:.2f} GB",
                f"<= {GIGABYTES:g} GB",
                one["gigabytes"] <= GIGABYTES,
            ),
            _said(
                f"time for {asked.times} times as many",
                f"{growth:.2f} x",
                f"<= {GROWTH:g} x",
                growth <= GROWTH,
            ),
        ]
    )


def _beside(folder: Path, asked: argparse.Namespace) -> bool:
    path = folder / "beside.parquet"
    write_posts(path, asked.beside)
    ours = in_a_process("echoloop", path, asked.rounds)
    theirs = in_a_process("networkx", path, 1)
    if ours["digest"] != theirs["digest"]:
        sys.exit("networkx and echoloop made other conversations of the same posts")
    faster = theirs["seconds"] / ours["seconds"]
    print(
        f"{asked.beside:>10,} posts: echoloop {ours['seconds']:.2f} s, networkx {theirs['seconds']:.2f} s, the same conversations"
    )
    return _said("faster than networkx", f"{faster:.1f} x", f">= {FASTER:g} x", faster >= FASTER)


if __name__ == "__main__":
    main()
