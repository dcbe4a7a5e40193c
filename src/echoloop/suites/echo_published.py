"""ECHO as published: 710 edits and 848 prompts in the hub's layout. Its pictures are ids of a platform and have to be fetched."""

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from echoloop.records import ImageRef, Mistake, SuiteTask
from echoloop.suites.intake import Intake, UniqueIds, expect_count, text_of
from echoloop.suites.parquet_rows import parquet_rows, picture_in
from echoloop.suites.rehydrating import Wanted, stored_picture
from echoloop.suites.release import RELEASE, looks, measures, score
from echoloop.suites.suite import Suite

SPLITS = {"image_to_image": 710, "text_to_image": 848}
PICTURES = "pictures"
_ALSO = (
    "input_images",
    "post_id",
    "prompt_modified",
    "prompt_fill_blank",
    "quality",
    "is_screenshot",
    "input_bboxs",
    "has_nsfw",
)


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """A folder with image_to_image/ and text_to_image/ as on the hub, or one Parquet file of such a folder.

    Pictures are bytes in the rows (the hub's copy with made-up pictures), or media ids whose files `rehydrate` put into the
    folder `pictures` beside them. Of a screenshot the boxes are cut out when it is fetched. A row is its id's first.
    """
    ids = UniqueIds(intake)
    lost: Counter[str] = Counter()
    for split, file in split_files(path).items():
        count = 0
        for line, row in parquet_rows(file, ("id", "prompt"), _ALSO):
            name, prompt = text_of(row.get("id")), text_of(row.get("prompt"))
            if not name or not prompt:
                intake.wrong(line, f"{split}: no {'prompt' if name else 'id'}", name)
                continue
            if not ids.is_new(line, name):
                continue
            count += 1
            images = _inputs(row, split, path, intake)
            reasons = {image.absence for image in images if image.sha256 is None}
            lost.update({f"{split}: {reason}": 1 for reason in sorted(reasons)[:1]})
            yield _task(row, name, prompt, split, line, images)
        expect_count(intake, count, SPLITS[split], f"rows of {split}")
    for reason, count in lost.most_common():
        intake.wrong(0, f"{count:,} rows of {reason}")


def split_files(path: Path) -> dict[str, Path]:
    """Which splits are here, and where: a folder of shards or a file."""
    if path.is_dir():
        found = {split: path / split for split in SPLITS if (path / split).is_dir()}
        found = found or ({path.name: path} if path.name in SPLITS else {})
    else:
        found = {split: path for split in SPLITS if split in (path.parent.name, path.stem)}
    if not found:
        raise Mistake(
            "this is neither split of the published ECHO",
            where=path,
            remedy="Name the folder that holds image_to_image and text_to_image, or a Parquet file inside one of them.",
        )
    return found


def wanted_pictures(path: Path) -> Iterator[Wanted]:
    """The input pictures that `rehydrate` has to fetch into the folder `pictures` beside the splits."""
    file = split_files(path).get("image_to_image")
    if file is not None:
        for _, row in parquet_rows(file, ("id", "prompt"), _ALSO):
            cells = as_list(row.get("input_images"))
            yield from (_wanted(row, cell) for cell in cells if isinstance(cell, str) and cell)


def as_list(cell: Any) -> list[Any]:
    """A list, or a text that is written like one."""
    if isinstance(cell, str):
        for read in (json.loads, ast.literal_eval):
            try:
                value = read(cell)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            return list(value) if isinstance(value, list | tuple) else [cell]
        return [cell] if cell.strip() else []
    return list(cell) if isinstance(cell, list) else []


ECHO_PUBLISHED = Suite(
    name="echo_published",
    title="ECHO as published",
    about=(
        "710 edits and 848 prompts that people posted about GPT-4o Image Gen (arXiv 2510.15021). Each picture is graded from 1 to 10 with the rubric of "
        "`echoloop judge`. The hub holds prompts and the platform's ids of pictures; those that can still be fetched are checked by CLIP (.90), and what is "
        "missing is stated. echo-bench/echo2025-mit holds the same prompts with made-up input pictures. For win rates use `echoloop judge`."
    ),
    hub="echo-bench/echo2025",
    file="image_to_image/test-00000-of-00001.parquet",
    scale=(1.0, 10.0),
    load=load,
    rubrics=RELEASE.rubrics,
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "reading": "The first double bracket with a whole number from 1 to 10 counts, wherever it stands; we take the last.",
        "screenshots": "Each box of a screenshot is cut out of every input picture of its row; a box that is wrong is left out without a word.",
    },
)


def _wanted(row: Mapping[str, Any], media: str) -> Wanted:
    """A picture with the boxes that are cut out of it where it is a screenshot."""
    boxes = [_box(one) for one in as_list(row.get("input_bboxs"))] if row.get("is_screenshot") else []
    return Wanted(media=media, boxes=tuple(box for box in boxes if box is not None))


def _box(cell: Any) -> tuple[int, int, int, int] | None:
    if not isinstance(cell, list | tuple) or len(cell) != 4:
        return None
    if any(isinstance(side, bool) or not isinstance(side, int | float) for side in cell):
        return None
    left, top, right, bottom = (round(side) for side in cell)
    return left, top, right, bottom


def _inputs(row: Mapping[str, Any], split: str, path: Path, intake: Intake) -> tuple[ImageRef, ...]:
    if split == "text_to_image":
        return ()
    folder = picture_folder(path)
    cells = as_list(row.get("input_images"))
    if not cells:
        return (ImageRef(sha256=None, absence="no input picture in its row"),)
    found: list[ImageRef] = []
    for cell in cells:
        if not isinstance(cell, str):
            found.append(picture_in(cell, intake, folder, text_of(row.get("id"))))
            continue
        files = stored_picture(folder, _wanted(row, cell))
        if isinstance(files, str):
            found.append(ImageRef(sha256=None, url=cell, absence=files))
        found += [] if isinstance(files, str) else [intake.put_file(file, folder) for file in files]
    return tuple(found)


def picture_folder(path: Path) -> Path:
    """Where fetched pictures lie: `pictures` in the folder that holds the splits."""
    root = path if path.is_dir() and path.name not in SPLITS else path.parent
    return (root if root.name not in SPLITS else root.parent) / PICTURES


def _task(
    row: Mapping[str, Any], name: str, prompt: str, split: str, line: int, images: Sequence[ImageRef]
) -> SuiteTask:
    kept = {key: row[key] for key in ("prompt_modified", "prompt_fill_blank", "is_screenshot") if key in row}
    post = text_of(row.get("post_id"))
    return SuiteTask(
        id=name,
        suite="echo_published",
        line=line,
        prompt=prompt,
        group=split,
        input_images=tuple(images),
        metadata=msgspec.json.encode({**kept, "post": post}).decode(),
        source_posts=(post,) if post.startswith("https://") else (),
    )
