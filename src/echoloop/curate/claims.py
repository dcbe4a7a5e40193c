"""Which pictures of a conversation belong to which sample: each to one, and every claim that fails says why."""

from collections.abc import Iterator, Mapping, Sequence

from echoloop.records import Drop, ImageRef, Sample


class Claims:
    """The pictures of every conversation that have been claimed so far, and what was lost since last asked.

    `same` says which picture of a conversation is another one, encoded anew: whoever owns one owns both.
    """

    def __init__(self, same: Mapping[tuple[str, str], str]) -> None:
        self._same = same
        self._owners: dict[tuple[str, str], str] = {}
        self._lost: list[Drop] = []

    def take(
        self, sample: Sample, pictures: Sequence[ImageRef], numbers: Sequence[int]
    ) -> tuple[ImageRef, ...]:
        """The pictures with these numbers (from 1), without those that are not there or not to be had."""
        taken: list[ImageRef] = []
        for number in numbers:
            if not 1 <= number <= len(pictures):
                self.lose(sample, "a picture that is not there", f"picture {number}")
                continue
            image = pictures[number - 1]
            name = (sample.thread, image.sha256 or "")
            place = (sample.thread, self._same.get(name, name[1]))
            if place not in self._owners:
                self._owners[place] = sample.id
                taken.append(image)
            elif self._owners[place] == sample.id:
                self.lose(sample, "the same claim twice", f"picture {number}")
            else:
                self.lose(sample, "a picture of another sample", f"picture {number}")
        return tuple(taken)

    def lose(self, sample: Sample, reason: str, detail: str) -> None:
        """Something of a sample that leaves. Each loss has a key of its own, so that none hides another."""
        key = f"{sample.id}#{len(self._lost) + 1}"
        self._lost.append(Drop(key=key, reason=reason, detail=detail[:300], source_posts=sample.source_posts))

    def losses(self) -> Iterator[Drop]:
        """What was lost since this was last called."""
        lost, self._lost = self._lost, []
        yield from lost
