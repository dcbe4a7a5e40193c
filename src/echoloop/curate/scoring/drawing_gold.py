"""Which conversations people are asked to label: from all platforms, languages and months, the same for the same seed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256

from echoloop.records import Post, Thread


def draw_threads(
    threads: Sequence[Thread], posts: Mapping[str, Post], number: int, seed: int = 0
) -> list[Thread]:
    """Each stratum in proportion, each at least once while places last; more conversations reshuffle nothing."""
    strata: dict[tuple[str, str, str], list[Thread]] = defaultdict(list)
    for thread in sorted(threads, key=lambda one: _turn(one, seed)):
        strata[_stratum(thread, posts)].append(thread)
    places = _places({stratum: len(own) for stratum, own in strata.items()}, min(number, len(threads)))
    drawn = [thread for stratum, own in strata.items() for thread in own[: places[stratum]]]
    return sorted(drawn, key=lambda one: one.id)


def _places(sizes: Mapping[tuple[str, str, str], int], number: int) -> Counter[tuple[str, str, str]]:
    """One place at a time to the stratum that is furthest behind its share; the empty ones come first."""
    places: Counter[tuple[str, str, str]] = Counter()
    for _ in range(number):
        open_ones = [stratum for stratum, size in sizes.items() if places[stratum] < size]
        behind = max(
            open_ones, key=lambda one: (places[one] == 0, sizes[one] / (places[one] + 1), sizes[one], one)
        )
        places[behind] += 1
    return places


def _stratum(thread: Thread, posts: Mapping[str, Post]) -> tuple[str, str, str]:
    first = next((posts[url] for url in thread.posts if url in posts), None)
    if first is None:
        return ("", "", "")
    month = f"{first.created_at:%Y-%m}" if first.created_at else ""
    return (first.platform, first.language or "", month)


def _turn(thread: Thread, seed: int) -> str:
    return sha256(f"{seed}\n{thread.id}".encode()).hexdigest()
