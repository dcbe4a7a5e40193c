"""The queue as a file that people fill in: one row a sample, with empty fields for what they decide."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from echoloop.records import ImageRef, Mistake, ReviewCase
from echoloop.workspace import place_file

TO_FILL_IN = ("sample", "action", "new_prompt", "note", "reviewer", "at")
TO_READ = (
    "needed",
    "why",
    "decision",
    "split",
    "prompt",
    "prompt_before",
    "prompt_diff",
    "said_before",
    "language",
    "input_pictures",
    "output_pictures",
    "posts",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SEPARATOR = "\n"


def export_queue(cases: Iterable[ReviewCase], path: Path, picture: Callable[[str], Path]) -> int:
    """Write the cases as JSONL or CSV, those that need a person first. Returns how many."""
    if path.exists():
        raise Mistake(
            "there is a file of that name already",
            where=path,
            remedy="Read it in with --import first, name another, or delete it: decisions in it would be lost.",
        )
    ordered = sorted(cases, key=lambda case: (not case.needed, case.split or "", case.sample))
    rows = [_row(case, picture) for case in ordered]
    match path.suffix.lower():
        case ".jsonl":
            data = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        case ".csv":
            data = _csv(rows)
        case _:
            raise wrong_kind(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    place_file(path, data)
    return len(rows)


def wrong_kind(path: Path) -> Mistake:
    """What is said of a file that is neither."""
    return Mistake(
        f"{path.name!r} is neither JSONL nor CSV", remedy="Name a file that ends in .jsonl or .csv."
    )


def _row(case: ReviewCase, picture: Callable[[str], Path]) -> dict[str, Any]:
    return {
        **dict.fromkeys(TO_FILL_IN, ""),
        "sample": case.sample,
        "needed": case.needed,
        "why": case.why,
        "decision": case.decision,
        "split": case.split or "",
        "prompt": case.prompt,
        "prompt_before": case.prompt_before,
        "prompt_diff": case.prompt_diff,
        "said_before": case.note,
        "language": case.language or "",
        "input_pictures": _paths(case.input_images, picture),
        "output_pictures": _paths(case.output_images, picture),
        "posts": case.post_urls,
    }


def _paths(images: Iterable[ImageRef], picture: Callable[[str], Path]) -> list[str]:
    return [str(picture(image.sha256)) for image in images if image.sha256 is not None]


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Strangers' words must not become formulas in a spreadsheet: what begins like one gets an apostrophe before it."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow((*TO_FILL_IN, *TO_READ))
    for row in rows:
        table.writerow([_cell(row[name]) for name in (*TO_FILL_IN, *TO_READ)])
    return text.getvalue().encode("utf-8-sig", "replace")


def _cell(value: Any) -> str:
    text = _SEPARATOR.join(value) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
