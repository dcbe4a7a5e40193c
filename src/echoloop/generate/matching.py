"""Items x a folder of pictures -> which file is for which item, and everything that fits nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa

from echoloop.engine import Desk
from echoloop.generate.benchmark import benchmark_items
from echoloop.generate.folders import Found, UnreadableFile, listing, read_file
from echoloop.generate.naming import PICTURE_ENDINGS, ItemNames, Named, ending_of, sample_numbers
from echoloop.generate.settings import FolderModel, GenerateSettings
from echoloop.images import BadImage, content_hash, decode
from echoloop.records import Drop, FileMatch, FileMatchState, Item, Keep
from echoloop.workspace import ImageStore


class FilePlace(msgspec.Struct, frozen=True):
    """A file inside a folder."""

    folder: str
    place: tuple[str, ...]


class Fit(NamedTuple):
    """A file and the number that its name says."""

    file: Found
    number: int | None


class Opened(msgspec.Struct, frozen=True):
    """What opening a file found: a picture where there is no `problem`."""

    problem: str = ""
    content: str = ""


def folders(settings: GenerateSettings) -> list[FolderModel]:
    """The models whose pictures are there already."""
    return [model for model in settings.models if isinstance(model, FolderModel)]


def match_files(desk: Desk[GenerateSettings], items: pa.Table) -> Iterator[Keep[FileMatch] | Drop]:
    """For every folder: each item and sample beside its file, then each file that is for none."""
    benchmark = benchmark_items(items)
    for model in folders(desk.settings):
        rows = _match(desk, benchmark, model)
        desk.note(_told(model, rows))
        yield from map(Keep, rows)


def open_file(file: FilePlace, images: ImageStore) -> Opened:
    """Whether it is a picture, seen in its bytes: all of it is decoded."""
    try:
        data = read_file(Path(file.folder), file.place)
        decode(data)
    except UnreadableFile as error:
        return Opened(problem=str(error))
    except BadImage as error:
        return Opened(problem=f"not a picture: {error.reason}")
    return Opened(content=content_hash(data))


def _match(desk: Desk[GenerateSettings], items: Sequence[Item], model: FolderModel) -> list[FileMatch]:
    names = ItemNames(item.id for item in items)
    fits: dict[str, list[Fit]] = defaultdict(list)
    extra: list[FileMatch] = []
    for file in listing(Path(model.folder)):
        named = _read(names, file)
        if isinstance(named, Named):
            fits[named.item].append(Fit(file, named.number))
        elif named:
            extra.append(FileMatch(model=model.name, file=file.path, state="extra", reason=named))
    rows: list[FileMatch] = []
    wanted = {item.id: _by_sample(fits.get(item.id, [])) for item in items}
    opened = _open(desk, model, wanted)
    for item in items:
        rows += _of_item(model, item, wanted[item.id], opened, desk.settings.samples)
    return [*rows, *extra]


def _read(names: ItemNames, file: Found) -> Named | str:
    """What a file's name says; an empty text for a folder, whose files speak for themselves; else why it is for no item."""
    named = names.read(file.place)
    ending = ending_of(file.place[-1])
    if file.is_folder:
        if len(file.place) == 2:
            return "a folder in a folder is not looked into"
        return named if isinstance(named, Named) and ending in PICTURE_ENDINGS else ""
    if file.place[-1].startswith("."):
        return "a hidden file"
    if ending and ending not in PICTURE_ENDINGS and isinstance(named, Named):
        return f"a file ending in .{ending} is not taken for a picture"
    return named


def _by_sample(fits: Sequence[Fit]) -> dict[int, list[Found]]:
    """The files of an item, by the sample that their numbers stand for."""
    samples = sample_numbers(fit.number for fit in fits)
    found: dict[int, list[Found]] = defaultdict(list)
    for fit in fits:
        found[samples[fit.number]].append(fit.file)
    return found


def _open(
    desk: Desk[GenerateSettings], model: FolderModel, wanted: Mapping[str, Mapping[int, Sequence[Found]]]
) -> dict[Found, Opened]:
    """Open what somebody asked for; the rest of a folder may hold anything."""
    files = [
        file
        for samples in wanted.values()
        for number, found in samples.items()
        if number < desk.settings.samples
        for file in found
    ]
    places = [FilePlace(model.folder, tuple(file.place)) for file in files]
    return dict(zip(files, desk.map(places, open_file, Opened), strict=True))


def _of_item(
    model: FolderModel,
    item: Item,
    found: Mapping[int, Sequence[Found]],
    opened: Mapping[Found, Opened],
    samples: int,
) -> Iterator[FileMatch]:
    for number in range(samples):
        files = found.get(number, ())
        good = [file for file in files if not opened[file].problem]
        for file in files:
            state, reason = _state(file, good, opened)
            yield _row(model, item, number, file, state, reason)
        if not files:
            yield _row(model, item, number, None, "missing", "no file for this item")
    for number in sorted(number for number in found if number >= samples):
        for file in found[number]:
            yield _row(model, item, number, file, "extra", f"{samples} a prompt are asked for")


def _state(file: Found, good: Sequence[Found], opened: Mapping[Found, Opened]) -> tuple[FileMatchState, str]:
    """The first by name is taken where several are for one sample, and the others say so."""
    if opened[file].problem:
        return "unreadable", opened[file].problem
    if file == good[0]:
        return "matched", ""
    same = opened[file].content == opened[good[0]].content
    return (
        "duplicate",
        f"{'the same picture as' if same else 'another picture than'} {good[0].path}, which was taken",
    )


def _row(
    model: FolderModel, item: Item, number: int, file: Found | None, state: FileMatchState, reason: str
) -> FileMatch:
    return FileMatch(
        model=model.name,
        item=item.id,
        number=number,
        file=file.path if file else "",
        state=state,
        reason=reason,
        source_posts=item.source_posts,
    )


def _told(model: FolderModel, rows: Sequence[FileMatch]) -> str:
    counts = Counter(row.state for row in rows)
    words = [f"{count:,} {state}" for state, count in sorted(counts.items(), key=lambda one: -one[1])]
    return f"{model.name}: files in {model.folder}: {', '.join(words) or 'none'}"
