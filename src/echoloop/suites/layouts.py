"""Which task and which of its pictures a file's name speaks of, in the layouts that benchmarks are published with.

`<id>.png`, `<id>_<n>.png`, `<id>/<n>.png`, `<line>.jpg` (counted from 1, or from 0 where there is a 0), and GenEval's
`00000/samples/0000.png`. Nothing is guessed: a name that fits no task, or two, says so.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from echoloop.records import Mistake, SuiteTask
from echoloop.suites.settings import LayoutName

ENDINGS = frozenset(["png", "jpg", "jpeg", "webp", "gif"])
"""Endings of pictures. What a file is, is seen in its bytes."""

Place: TypeAlias = tuple[str, ...]
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})$")
_NUMBERED = re.compile(r"(.+)[_-](\d{1,4})", re.DOTALL)
_DIGITS = re.compile(r"[0-9]{1,9}")
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f]')


class Named(NamedTuple):
    """A task, and the number in the name (None: none)."""

    task: str
    number: int | None


class Reading(NamedTuple):
    """What every name says: a picture of a task, or why it is of none. `note` states how lines were counted."""

    named: Mapping[Place, Named | str]
    note: str


def read_names(places: Sequence[Place], tasks: Sequence[SuiteTask], layout: LayoutName = "auto") -> Reading:
    """Read all names of a folder: only together do they say whether lines are counted from 0 or from 1."""
    book = _Book(tasks)
    zero, note = _counted_from_zero(places, book, layout)
    named = {place: _read(place, book, lines=layout != "auto" or zero, zero=zero) for place in places}
    return Reading(named, note)


def by_sample(named: Iterable[tuple[Place, Named]]) -> dict[tuple[str, int], list[Place]]:
    """The files of each task and sample. Numbers count from 0 where one of the task's says 0 or says nothing, else from 1."""
    of_task: dict[str, list[tuple[Place, int | None]]] = defaultdict(list)
    for place, one in named:
        of_task[one.task].append((place, one.number))
    found: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for task, files in of_task.items():
        start = 0 if {number for _, number in files} & {0, None} else 1
        for place, number in files:
            found[task, 0 if number is None else number - start].append(place)
    return found


def ending_of(place: Place) -> str:
    """The ending in small letters, without its dot."""
    found = _ENDING.search(place[-1])
    return found[1].lower() if found else ""


class _Book:
    """The tasks by every name they may go by."""

    def __init__(self, tasks: Sequence[SuiteTask]) -> None:
        self.exact = {task.id: task.id for task in tasks}
        self.loose: dict[str, set[str]] = defaultdict(set)
        for task in tasks:
            self.loose[_loosely(task.id)].add(task.id)
        self.numeric = bool(tasks) and all(_DIGITS.fullmatch(task.id) for task in tasks)
        self.by_number = {int(task.id): task.id for task in tasks} if self.numeric else {}
        self.by_line = {task.line: task.id for task in tasks}

    def by_name(self, name: str) -> list[str]:
        if name in self.exact:
            return [name]
        return sorted(self.loose.get(_loosely(name), ()))

    def by_digits(self, digits: str, *, lines: bool, zero: bool) -> Named | str:
        number = int(digits)
        known = self.by_number if self.numeric and not lines else self.by_line
        task = known.get(number + 1 if zero else number)
        if task is not None:
            return Named(task, None)
        return f"no task of {'line' if known is self.by_line else 'id'} {number + 1 if zero else number}"


def _counted_from_zero(places: Sequence[Place], book: _Book, layout: LayoutName) -> tuple[bool, str]:
    if layout != "auto":
        return layout == "line0", f"names are lines, counted from {layout[-1]}, as was asked"
    stems = [_stem(next(iter(place))) for place in places if len(place) < 3]
    numbers = {int(stem) for stem in stems if _DIGITS.fullmatch(stem) and stem not in book.exact}
    numbers |= {int(stem) for stem in stems if book.numeric and _DIGITS.fullmatch(stem)}
    if not numbers:
        return False, ""
    if 0 not in numbers or 0 in book.by_number:
        return False, "" if book.numeric else "numbers are lines, counted from 1"
    last = max(book.by_line, default=0)
    if last in numbers:
        raise Mistake(
            f"the names of the pictures count from 0 and from 1: both 0 and {last} are there, for {last} lines",
            remedy="Say which with --layout line0 (0 is the first line) or --layout line1.",
        )
    return True, "numbers are lines, counted from 0: 0 is line 1"


def _read(place: Place, book: _Book, *, lines: bool, zero: bool) -> Named | str:
    if any(name.startswith(".") for name in place):
        return "a hidden file"
    if ending_of(place) not in ENDINGS:
        return "not named as a picture"
    stem = _stem(place[-1])
    whole = "/".join((*place[:-1], stem)).removeprefix("fullset/")
    if "/" in whole and whole in book.exact:
        return Named(whole, None)
    match place:
        case (folder, "samples", _):
            return _geneval(folder, stem, book)
        case (folder, _):
            return _inside(folder, stem, book, lines=lines, zero=zero)
        case (_,):
            return _alone(stem, book, lines=lines, zero=zero)
        case _:
            return "lies deeper than any layout"


def _geneval(folder: str, stem: str, book: _Book) -> Named | str:
    if not (_DIGITS.fullmatch(folder) and _DIGITS.fullmatch(stem)):
        return "not named as in GenEval's folders: 00000/samples/0000.png"
    task = book.by_line.get(int(folder) + 1)
    return Named(task, int(stem)) if task is not None else f"no task of line {int(folder) + 1}"


def _inside(folder: str, stem: str, book: _Book, *, lines: bool, zero: bool) -> Named | str:
    if stem == "grid":
        return "an overview of its folder"
    of = _whole(folder, book, lines=lines, zero=zero)
    if isinstance(of, str):
        return of
    if _DIGITS.fullmatch(stem):
        return Named(of.task, int(stem))
    own = _alone(stem, book, lines=lines, zero=zero)
    if isinstance(own, Named) and own.task == of.task:
        return own
    return "a file in a task's folder is named by a number"


def _alone(stem: str, book: _Book, *, lines: bool, zero: bool) -> Named | str:
    whole = _whole(stem, book, lines=lines, zero=zero)
    numbered = _NUMBERED.fullmatch(stem)
    if isinstance(whole, Named) or numbered is None:
        return whole
    of = _whole(numbered[1], book, lines=lines, zero=zero)
    return Named(of.task, int(numbered[2])) if isinstance(of, Named) else whole


def _whole(name: str, book: _Book, *, lines: bool, zero: bool) -> Named | str:
    """A name that is a task's id, or its line."""
    digits = _DIGITS.fullmatch(name) is not None
    if digits and (lines or book.numeric):
        return book.by_digits(name, lines=lines, zero=zero)
    fits = book.by_name(name)
    if len(fits) > 1:
        return f"the name fits {len(fits)} tasks: {', '.join(fits[:3])}"
    if fits:
        return Named(fits[0], None)
    return book.by_digits(name, lines=True, zero=zero) if digits else "no task has this name"


def _stem(name: str) -> str:
    return _ENDING.sub("", name)


def _loosely(name: str) -> str:
    """Without case, without the characters that file systems do not take, in one Unicode form."""
    return _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", name).casefold())
