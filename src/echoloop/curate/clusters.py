"""Samples joined pair by pair into clusters; which of each stands for the rest."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from echoloop.records import Duplicate, DuplicateKind, Sample

_QUALITY = {"Benchmark": 0, "Analysis": 1, "Trash": 2}
_NEVER = datetime.max.replace(tzinfo=UTC)

Precedence = tuple[int, int, datetime, str]


def precedence(sample: Sample) -> Precedence:
    """Least comes first: the best quality, then the most feedback, then the earliest, then the least id."""
    return (
        _QUALITY[sample.quality],
        -len(sample.community_feedback),
        sample.created_at or _NEVER,
        sample.id,
    )


class Clusters:
    """Connected components over samples, whichever pairs come first."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples
        self._above = list(range(len(samples)))
        self._kinds: dict[int, set[DuplicateKind]] = defaultdict(set)

    def join(self, one: int, other: int, kind: DuplicateKind) -> None:
        """These two are near-duplicates, in this respect."""
        for place in (one, other):
            self._kinds[place].add(kind)
        upper, lower = sorted((self._top(one), self._top(other)))
        self._above[lower] = upper

    def rows(self) -> Iterator[Duplicate]:
        """A row for every sample that has a near-duplicate."""
        members: dict[int, list[int]] = defaultdict(list)
        for place in self._kinds:
            members[self._top(place)].append(place)
        for places in members.values():
            own = sorted((self._samples[place] for place in places), key=precedence)
            kinds = {self._samples[place].id: self._kinds[place] for place in places}
            for number, sample in enumerate(own):
                found = kinds[sample.id]
                yield Duplicate(
                    sample=sample.id,
                    cluster=min(kinds),
                    representative=number == 0,
                    kind=next(iter(found)) if len(found) == 1 else "both",
                    size=len(own),
                    source_posts=sample.source_posts,
                )

    def _top(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place
