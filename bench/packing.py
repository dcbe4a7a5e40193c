"""How full are packs, and how long does packing take?

Packs the mix of `sizes.json` out of a buffer of 50 at both published budgets, against offline first-fit-decreasing on the same
lengths (at least .98 of its fill; at least 97 % at 32,768); then a million lengths of the mix and of wider spreads, at most 1.5 s,
beside sorting them, which any offline method begins with. Usage: python bench/packing.py [--samples 20000]
"""

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from _sizes import draw
from echoloop.train.data.packing import Packer, pack_lengths

BOUND_SECONDS, BOUND_RATIO, BOUND_FILL = 1.5, 0.98, 0.97
MILLION = 1_000_000
Lengths = NDArray[np.int64]


def first_fit_decreasing(lengths: Lengths, budget: int) -> int:
    """How many packs the offline method needs; a tree of the room left finds the first pack that fits."""
    size = 1 << (len(lengths) - 1).bit_length()
    room = [budget] * (2 * size)
    packs = 0
    for length in np.sort(lengths)[::-1].tolist():
        place = 1
        while place < size:
            place = 2 * place if room[2 * place] >= length else 2 * place + 1
        packs = max(packs, place - size + 1)
        room[place] -= length
        while place := place // 2:
            room[place] = max(room[2 * place], room[2 * place + 1])
    return packs


def streamed(lengths: Lengths, budget: int) -> list[list[int]]:
    """The same through the packer that training uses, one sample at a time."""
    packer = Packer[int](budget, budget)
    packs: list[list[int]] = []
    for place, length in enumerate(lengths.tolist()):
        packer.add(place, length)
        while packer.ready:
            packs.append(packer.take())
    while packer.waiting:
        packs.append(packer.take())
    return packs


def bench_fill(lengths: Lengths, budget: int) -> None:
    kept = lengths[lengths <= budget]
    packs = streamed(kept, budget)
    numbers = pack_lengths(kept, budget)
    assert all(set(numbers[pack].tolist()) == {number} for number, pack in enumerate(packs))
    offline = first_fit_decreasing(kept, budget)
    fill, ratio = kept.sum() / len(packs) / budget, offline / len(packs)
    verdict = "within" if ratio >= BOUND_RATIO and (budget != 32_768 or fill >= BOUND_FILL) else "BELOW"
    print(
        f"budget {budget:,}: fill {fill:.2%} out of a buffer of 50, {ratio:.3f} x offline first-fit-decreasing "
        f"({kept.sum() / offline / budget:.2%}); {verdict} the bounds; {len(kept) / len(packs):.1f} samples a pack"
    )


def bench_time(name: str, lengths: Lengths, budget: int = 32_768) -> None:
    began, busy = time.perf_counter(), time.process_time()
    packs = pack_lengths(lengths, budget)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    again = time.perf_counter()
    sorted(lengths.tolist())
    floor = time.perf_counter() - again
    verdict = "within" if seconds <= BOUND_SECONDS else "OVER"
    print(
        f"1M lengths, {name}: {seconds:.2f} s ({verdict} {BOUND_SECONDS} s), {busy:.2f} s of a processor, {seconds / floor:.1f} x sorting them; "
        f"fill {lengths.sum() / (packs.max() + 1) / budget:.2%}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000)
    options = parser.parse_args()
    drawn, left_out = draw(options.samples, 0)
    lengths = np.array([sample.length for sample in drawn], dtype=np.int64)
    print(
        f"{len(lengths):,} samples of the mix: mean {lengths.mean():,.0f} tokens, median {np.median(lengths):,.0f}, "
        f"longest {lengths.max():,}; {left_out:,} more were above the limit of a sample"
    )
    for budget in (32_768, 10_240):
        bench_fill(lengths, budget)
    rng = np.random.default_rng(1)
    bench_time("the mix", rng.choice(lengths, MILLION))
    bench_time("64 to 8,000 evenly", rng.integers(64, 8_000, MILLION))
    bench_time("100 to 16,384 evenly", rng.integers(100, 16_384, MILLION))
    bench_time(
        "log-normal around 600", np.clip(rng.lognormal(np.log(600), 1, MILLION), 8, 16_384).astype(np.int64)
    )
    bench_time("4,000 to 4,300 evenly", rng.integers(4_000, 4_300, MILLION))


if __name__ == "__main__":
    main()
