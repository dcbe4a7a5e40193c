"""What of a suite's prompts stands in other prompts: the same text, a near-duplicate, or a passage of so many words."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Literal, TypeAlias

from echoloop.records import SuiteTask
from echoloop.suites.prompt_files import PromptLine, prompts_in
from echoloop.suites.prompt_words import Shingles, runs, shingles, words_of

NEAR = 0.8
RUN = 8
_SHORTEST_RUN = 4
_PAIRS_A_TASK = 5
_SHOWN = 100

OverlapKind: TypeAlias = Literal["same", "near", "passage"]
_ORDER: Mapping[OverlapKind, int] = {"same": 3, "near": 2, "passage": 1}


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """A task and a prompt that share something.

    `shared` is the share of the task's runs of words that stand in the other prompt (of a task shorter than a run: all of it),
    `likeness` what both have of all that either has, in pairs of neighbouring words; `passage` is one shared run.
    """

    task: str
    task_line: int
    prompt: str
    other_line: int
    other: str
    kind: OverlapKind
    shared: float
    likeness: float
    passage: str = ""

    def __str__(self) -> str:
        if self.kind == "same":
            what = "the same text"
        elif self.kind == "near":
            what = f"nearly the same, likeness {self.likeness:.2f}"
        else:
            what = f"{self.shared:.0%} of its passages, such as “{_shown(self.passage)}”"
        return f"{self.task} (line {self.task_line}) and line {self.other_line}: {what}; there: {_shown(self.other)}"


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """What was found. `touched` counts each task once, under the worst that was found of it; `pairs` are the worst of each task."""

    suite_tasks: int
    prompts: int
    touched: Mapping[OverlapKind, int]
    pairs_found: int
    pairs: tuple[Overlap, ...]
    run: int
    near: float

    @property
    def told(self) -> str:
        """In one line."""
        clean = self.suite_tasks - sum(self.touched.values())
        return (
            f"{self.suite_tasks:,} tasks against {self.prompts:,} prompts: {self.touched['same']:,} the same, {self.touched['near']:,} nearly the same "
            f"(likeness {self.near:g}), {self.touched['passage']:,} with a passage of {self.run} words or all of a shorter prompt, {clean:,} with none of it"
        )


def overlaps(tasks: Sequence[SuiteTask], against: Path, *, column: str = "") -> tuple[Overlap, ...]:
    """Every pair that overlaps, the worst first."""
    return contamination(tasks, against, column, most=None).pairs


def contamination(
    tasks: Sequence[SuiteTask],
    against: Path,
    column: str = "",
    *,
    run: int = RUN,
    near: float = NEAR,
    most: int | None = _PAIRS_A_TASK,
) -> Contamination:
    """Compare a suite with a file of prompts, which is read once and never held; see `prompts_in` for what it may be."""
    return compare(tasks, prompts_in(against, column), run=run, near=near, most=most)


def compare(
    tasks: Sequence[SuiteTask],
    prompts: Iterable[PromptLine],
    *,
    run: int = RUN,
    near: float = NEAR,
    most: int | None = _PAIRS_A_TASK,
) -> Contamination:
    """Every pair that overlaps is found and counted; the worst few of each task are listed."""
    book = _Book(tasks, run, near)
    worst: dict[int, list[tuple[tuple[int, float, float, int], Overlap]]] = defaultdict(list)
    kinds: dict[int, OverlapKind] = {}
    count = found = 0
    for prompt in prompts:
        count += 1
        for place, overlap in book.overlaps(prompt):
            found += 1
            kept = kinds.get(place)
            if kept is None or _ORDER[overlap.kind] > _ORDER[kept]:
                kinds[place] = overlap.kind
            rank = (_ORDER[overlap.kind], overlap.shared, overlap.likeness, -overlap.other_line)
            heapq.heappush(worst[place], (rank, overlap))
            if most is not None and len(worst[place]) > most:
                heapq.heappop(worst[place])
    touched = Counter(kinds.values())
    listed = sorted(
        (one for heap in worst.values() for one in heap),
        key=lambda one: (*(-value for value in one[0][:3]), one[1].task_line),
    )
    return Contamination(
        suite_tasks=len(tasks),
        prompts=count,
        touched={kind: touched[kind] for kind in _ORDER},
        pairs_found=found,
        pairs=tuple(overlap for _, overlap in listed),
        run=run,
        near=near,
    )


class _Book:
    """A suite's prompts by what another prompt has to share with them."""

    def __init__(self, tasks: Sequence[SuiteTask], run: int, near: float) -> None:
        self._tasks = tasks
        self._near = near
        words = [words_of(task.prompt) for task in tasks]
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._runs: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._run_counts: list[int] = []
        self._shingles = [shingles(own) for own in words]
        for place, own in enumerate(words):
            if own:
                self._whole[" ".join(own)].append(place)
            length = min(run, len(own))
            distinct = set(runs(own, length)) if length >= min(_SHORTEST_RUN, run) else set[str]()
            self._run_counts.append(len(distinct))
            for one in distinct:
                self._runs[length][one].append(place)
        self._rare = self._by_rarest()

    def overlaps(self, prompt: PromptLine) -> Iterator[tuple[int, Overlap]]:
        """The tasks that this prompt has something of, each with the worst of it."""
        words = words_of(prompt.text)
        if not words:
            return
        same = set(self._whole.get(" ".join(words), ()))
        passages: dict[int, str] = {}
        counts: Counter[int] = Counter()
        for length, known in self._runs.items():
            for one in set(runs(words, length)):
                for place in known.get(one, ()):
                    counts[place] += 1
                    passages[place] = max(passages.get(place, one), one)
        own = shingles(words)
        near = self._alike(own)
        for place in sorted(same | counts.keys() | near):
            kind: OverlapKind = "same" if place in same else "near" if place in near else "passage"
            task = self._tasks[place]
            yield (
                place,
                Overlap(
                    task=task.id,
                    task_line=task.line,
                    prompt=task.prompt,
                    other_line=prompt.line,
                    other=prompt.text,
                    kind=kind,
                    shared=counts[place] / self._run_counts[place] if counts[place] else float(place in same),
                    likeness=_likeness(own, self._shingles[place]),
                    passage=passages.get(place, ""),
                ),
            )

    def _by_rarest(self) -> dict[str, list[int]]:
        """For each task as many of its rarest pairs of words as a near-duplicate may lack, and one: it cannot lack them all."""
        counts = Counter(one for own in self._shingles for one in own)
        rare: dict[str, list[int]] = defaultdict(list)
        for place, own in enumerate(self._shingles):
            needed = len(own) - ceil(self._near * len(own)) + 1
            for one in sorted(own, key=lambda one: (counts[one], one))[:needed]:
                rare[one].append(place)
        return rare

    def _alike(self, own: Shingles) -> set[int]:
        candidates = {place for one in own for place in self._rare.get(one, ())}
        return {place for place in candidates if _likeness(own, self._shingles[place]) >= self._near}


def _shown(text: str) -> str:
    """The beginning of a text in one line, without what a terminal obeys."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:400]).split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]} …"


def _likeness(one: Shingles, other: Shingles) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
