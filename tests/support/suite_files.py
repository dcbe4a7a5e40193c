"""Small files in the forms in which benchmarks are published, and answers as suites hear them."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from echoloop.records import SuitePreset, SuiteTask
from echoloop.suites.intake import Intake
from echoloop.suites.suite import Heard, Measure, Scored, Suite


def picture(colour: str = "red", size: tuple[int, int] = (32, 24)) -> bytes:
    """A PNG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def write_lines(path: Path, rows: Sequence[Any], *, bom: bool = False) -> Path:
    """JSONL; a row that is a string stands as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8-sig" if bom else "utf-8")
    return path


def write_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Rows as a hub writes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return path


def hub_picture(data: bytes) -> dict[str, Any]:
    """A picture's cell on the hub."""
    return {"bytes": data, "path": None}


def loaded(suite: Suite, path: Path) -> tuple[list[SuiteTask], list[str]]:
    """The tasks of a file, and what was said of it as "line name: what" without the counts of what is missing."""
    intake = Intake()
    tasks = list(suite.load(path, intake))
    told = [f"{fault.line} {fault.name}: {fault.what}" for fault in intake.faults]
    return tasks, [
        line for line in told if "were published" not in line and "no task of the kind" not in line
    ]


def counts_told(suite: Suite, path: Path) -> list[str]:
    """What was said of the file as a whole."""
    intake = Intake()
    list(suite.load(path, intake))
    return [fault.what for fault in intake.faults if not fault.line]


def hear(suite: Suite, task: SuiteTask, said: Mapping[str, str | Heard]) -> dict[str, Heard]:
    """What comes of answers by part, each read as its look reads it."""
    heard: dict[str, Heard] = {}
    for look in suite.looks(task):
        text = said[look.part]
        if isinstance(text, Heard):
            heard[look.part] = text
            continue
        try:
            heard[look.part] = Heard(value=look.read(text), state="answered", text=text)
        except ValueError as error:
            heard[look.part] = Heard(state="unparsed", reason=f"judge unparsed: {error}", text=text)
    return heard


def scored(
    suite: Suite, task: SuiteTask, said: Mapping[str, str | Heard], preset: SuitePreset = "default"
) -> Scored:
    """A picture's score of such answers."""
    return suite.score(task, hear(suite, task, said), preset)


FAILED = Heard(state="failed", reason="judge failed: 500")
REFUSED = Heard(state="refused", reason="judge refused: no")
NO_PICTURE = Heard(state="failed", reason="no picture: none was made", picture=False)


def value_of(measure: Measure, scores: Mapping[str, float | None]) -> float | None:
    """A measure of tasks' scores: weighted means of groups' means, as a suite says it."""
    total = weight = 0.0
    for group in measure.groups:
        own = [value for task in group.tasks if (value := scores.get(task)) is not None]
        if not own:
            if measure.skips_empty:
                continue
            return None
        total += group.weight * sum(own) / len(own)
        weight += group.weight
    return total / weight if weight else None


def measure_named(
    suite: Suite, tasks: Sequence[SuiteTask], name: str, preset: SuitePreset = "default"
) -> Measure:
    """One measure."""
    return next(measure for measure in suite.measures(tasks, preset) if measure.name == name)
