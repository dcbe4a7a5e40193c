"""How long do near-duplicates take?

Clusters the prompts of 100,000 samples (a tenth of them changed copies of others) and prints seconds against the bound of 6 s, the
share of planted pairs that were found, and the ratio to hashing alone; then a search for near pictures among as many hashes,
against comparing all with all on a part of them. Usage: python bench/duplicates.py [--samples 100000]
"""

import argparse
import random
import time
from datetime import UTC, datetime

import numpy as np

from echoloop.curate.clusters import Clusters
from echoloop.curate.near_pictures import near_hashes
from echoloop.curate.near_prompts import alike, near_prompts, shingles
from echoloop.records import Sample

BOUND_SECONDS = 6.0


def prompts(count: int, rng: random.Random) -> tuple[list[str], list[tuple[int, int]]]:
    """Prompts of 5 to 60 words from a vocabulary as uneven as people's; the last tenth are copies with one word changed."""
    words = [f"word{number}" for number in range(30_000)]
    weights = np.cumsum(1.0 / np.arange(1, len(words) + 1))
    fresh = [
        " ".join(rng.choices(words, cum_weights=weights.tolist(), k=rng.randint(5, 60)))
        for _ in range(count - count // 10)
    ]
    planted: list[tuple[int, int]] = []
    copies: list[str] = []
    for place in rng.sample(range(len(fresh)), count // 10):
        changed = fresh[place].split()
        changed[rng.randrange(len(changed))] = "changed"
        copies.append(" ".join(changed))
        planted.append((place, len(fresh) + len(copies) - 1))
    return fresh + copies, planted


def bench_prompts(count: int) -> None:
    texts, planted = prompts(count, random.Random(1))
    rows = [
        Sample(id=f"{n:08}", thread="t", post_urls=("t",), prompt=text, quality="Benchmark", created_at=datetime.now(UTC))
        for n, text in enumerate(texts)
    ]  # fmt: skip
    began = time.perf_counter()
    words = [shingles(row.prompt) for row in rows]
    split = time.perf_counter()
    clusters = Clusters(rows)
    found: set[tuple[int, int]] = set()
    for one, other in near_prompts(words):
        clusters.join(one, other, "prompt")
        found.add((one, other))
    clustered = len(list(clusters.rows()))
    seconds = time.perf_counter() - began
    again = time.perf_counter()
    len({hash(shingle) for own in words for shingle in own})
    bare = time.perf_counter() - again
    near = [pair for pair in planted if alike(words[pair[0]], words[pair[1]])]
    share = sum(pair in found for pair in near) / len(near)
    verdict = "within" if seconds <= BOUND_SECONDS else "OVER"
    print(f"{count:,} prompts: {seconds:.2f} s ({verdict} the bound of {BOUND_SECONDS:g} s at 100,000)")
    print(
        f"  of that {split - began:.2f} s for words; {seconds / (split - began + bare):.1f} x words and hashes alone"
    )
    print(f"  {share:.2%} of {len(near):,} planted near pairs found; {clustered:,} samples in clusters")


def bench_pictures(count: int) -> None:
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 2**63, count, dtype=np.uint64)
    copies = hashes[: count // 10] ^ (np.uint64(1) << rng.integers(0, 63, count // 10, dtype=np.uint64))
    values = [int(value) for value in np.unique(np.concatenate([hashes, copies]))]
    began = time.perf_counter()
    found = sum(1 for _ in near_hashes(values))
    seconds = time.perf_counter() - began
    part = np.array(values[:4_000], dtype=np.uint64)
    again = time.perf_counter()
    for value in part:
        np.flatnonzero(np.bitwise_count(part ^ value) <= 4)
    whole = (time.perf_counter() - again) * (len(values) / len(part)) ** 2
    print(f"{len(values):,} picture hashes: {seconds:.2f} s, {found:,} near pairs; all with all would take about {whole:.0f} s "
          f"({whole / seconds:.0f} x)")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100_000)
    options = parser.parse_args()
    bench_prompts(options.samples)
    bench_pictures(options.samples)


if __name__ == "__main__":
    main()
