"""A folder of pictures made elsewhere -> which file is for which task, and the outputs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa

from echoloop.engine import Desk
from echoloop.images import BadImage, content_hash, decode, measure
from echoloop.records import FileMatch, FileMatchState, Keep, Output, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.suites.folders import Shelf, places_in, read_shelf, shown_path
from echoloop.suites.grids import QUARTERS, quarter_parameters
from echoloop.suites.layouts import Named, Place, by_sample, ending_of, read_names
from echoloop.suites.settings import FolderSettings
from echoloop.workspace import ImageStore

_MIXED = {"jpeg": "jpg"}


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a file: a picture where there is no `problem`. `sha256` is its name in the store, once it is there."""

    sha256: str = ""
    width: int = 0
    height: int = 0
    ending: str = ""
    problem: str = ""


def match_files(desk: Desk[FolderSettings], tasks: pa.Table) -> Iterator[Keep[FileMatch]]:
    """Each task and sample beside its file, then each file that is for none. Every file that counts is decoded whole."""
    settings = desk.settings
    known = sorted(from_table(tasks, SuiteTask), key=lambda task: (task.line, task.id))
    reading = read_names(places_in(Path(settings.folder)), known, settings.layout)
    named = [(place, one) for place, one in reading.named.items() if isinstance(one, Named)]
    found = by_sample(named)
    wanted = [(task, number) for task in known for number in range(_files_a_task(settings))]
    opened = _open(desk, [place for task, number in wanted for place in found.get((task.id, number), ())])
    rows = [row for task, number in wanted for row in _of_sample(desk, task, number, found, opened)]
    asked = {(task.id, number) for task, number in wanted}
    rows += [
        FileMatch(
            model=settings.model,
            item=task,
            number=number,
            file=shown_path(place),
            state="extra",
            reason=f"{_files_a_task(settings)} a task are asked for",
        )
        for (task, number), places in found.items()
        if (task, number) not in asked
        for place in places
    ]
    rows += [
        FileMatch(model=settings.model, file=shown_path(place), state="extra", reason=why)
        for place, why in reading.named.items()
        if isinstance(why, str)
    ]
    _tell(desk, rows, reading.note)
    yield from map(Keep, rows)


def take_outputs(desk: Desk[FolderSettings], tasks: pa.Table, matches: pa.Table) -> Iterator[Keep[Output]]:
    """Every task's pictures, taken or missing. Nobody is asked: what a folder lacks stays missing until it is another."""
    settings = desk.settings
    rows = from_table(matches, FileMatch)
    good = {(row.item, row.number): row for row in rows if row.state == "matched"}
    bad = {(row.item, row.number): row for row in rows if row.state == "unreadable"}
    places = {shown_path(place): place for place in places_in(Path(settings.folder))}
    shelves = [Shelf(settings.folder, places.get(row.file, (row.file,))) for row in good.values()]
    taken = dict(zip(good, desk.map(shelves, take_file, Opened), strict=True))
    for task in from_table(tasks, SuiteTask):
        for number in range(settings.samples):
            file = (task.id, 0 if settings.grid else number)
            missing = bad[file].reason if file in bad else "no file for this task"
            yield Keep(_output(settings, task, number, taken.get(file, Opened(problem=missing))))


def open_file(shelf: Shelf, images: ImageStore) -> Opened:
    """Whether it is a picture: all of it is decoded."""
    del images
    try:
        data = read_shelf(shelf)
        picture = decode(data)
    except (BadImage, OSError, RuntimeError, ValueError) as error:
        return Opened(problem=_words(error))
    return Opened(width=picture.width, height=picture.height, ending=picture.format)


def take_file(shelf: Shelf, images: ImageStore) -> Opened:
    """Put it into the store as it is; that it is a picture was seen before."""
    try:
        data = read_shelf(shelf)
        width, height, _ = measure(data)
    except (BadImage, OSError, RuntimeError, ValueError) as error:
        return Opened(problem=_words(error))
    return Opened(sha256=images.put(data), width=width, height=height)


def _files_a_task(settings: FolderSettings) -> int:
    return 1 if settings.grid else settings.samples


def _open(desk: Desk[FolderSettings], places: Sequence[Place]) -> dict[Place, Opened]:
    shelves = [Shelf(desk.settings.folder, place) for place in places]
    return dict(zip(places, desk.map(shelves, open_file, Opened), strict=True))


def _of_sample(
    desk: Desk[FolderSettings],
    task: SuiteTask,
    number: int,
    found: Mapping[tuple[str, int], Sequence[Place]],
    opened: Mapping[Place, Opened],
) -> Iterator[FileMatch]:
    places = sorted(found.get((task.id, number), ()))
    good = [place for place in places if not opened[place].problem]
    for place in places:
        state, reason = _state(desk.settings, place, good, opened)
        yield _row(desk.settings, task, number, shown_path(place), state, reason)
    if not places:
        yield _row(desk.settings, task, number, "", "missing", f"no file for this task (line {task.line})")


def _state(
    settings: FolderSettings, place: Place, good: Sequence[Place], opened: Mapping[Place, Opened]
) -> tuple[FileMatchState, str]:
    """The first by name is taken where several are for one sample, and the others say so."""
    one = opened[place]
    if one.problem:
        return "unreadable", one.problem
    if place != good[0]:
        same = _content(settings, place) == _content(settings, good[0])
        what = "the same picture as" if same else "another picture than"
        return "duplicate", f"{what} {shown_path(good[0])}, which was taken"
    if settings.grid and (one.width < 2 or one.height < 2):
        return "unreadable", f"{one.width} x {one.height} is no grid of four"
    return "matched", _oddity(settings, place, one)


def _content(settings: FolderSettings, place: Place) -> str:
    """Read once more: files that are there twice are few."""
    try:
        return content_hash(read_shelf(Shelf(settings.folder, place)))
    except (OSError, ValueError):
        return ""


def _oddity(settings: FolderSettings, place: Place, one: Opened) -> str:
    """What a reader should know of a file that is taken all the same."""
    ending = _MIXED.get(ending_of(place), ending_of(place))
    expected, is_one = settings.ending, _MIXED.get(one.ending, one.ending)
    if ending != is_one:
        return f"named .{ending}, and is a {one.ending}"
    if expected and ending != expected:
        return f"named .{ending} where .{expected} is published: the public script does not find it"
    return ""


def _row(
    settings: FolderSettings, task: SuiteTask, number: int, file: str, state: FileMatchState, reason: str
) -> FileMatch:
    return FileMatch(
        model=settings.model,
        item=task.id,
        number=number,
        file=file,
        state=state,
        reason=reason,
        source_posts=task.source_posts,
    )


def _output(settings: FolderSettings, task: SuiteTask, number: int, file: Opened) -> Output:
    there = not file.problem
    halves = 2 if settings.grid else 1
    return Output(
        id=f"{task.id}/{settings.model}/{number}",
        item=task.id,
        model=settings.model,
        number=number,
        split="image_to_image" if task.input_images else "text_to_image",
        state="answered" if there else "failed",
        reason=file.problem,
        image=file.sha256 if there else None,
        width=file.width // halves if there else None,
        height=file.height // halves if there else None,
        parameters=quarter_parameters(number % QUARTERS) if there and settings.grid else "",
        source_posts=task.source_posts,
    )


def _words(error: Exception) -> str:
    if isinstance(error, BadImage):
        return f"not a picture: {error.reason}"
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _tell(desk: Desk[FolderSettings], rows: Sequence[FileMatch], note: str) -> None:
    counts = Counter(row.state for row in rows)
    odd = Counter(row.reason for row in rows if row.state == "matched" and row.reason)
    words = ", ".join(f"{count:,} {state}" for state, count in counts.most_common()) or "no file"
    desk.note(f"{desk.settings.model}: {words}" + (f"; {note}" if note else ""))
    for reason, count in odd.most_common(3):
        desk.note(f"{desk.settings.model}: {count:,} taken though {reason}")
