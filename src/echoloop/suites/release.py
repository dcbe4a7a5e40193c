"""A release made by `curate` as a suite: its benchmark rows, graded from 1 to 10 with the rubric of grading."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.grading import read_grade, score_as_released
from echoloop.records import ImageRef, Mistake, SuitePreset, SuiteTask, admit_text
from echoloop.suites.intake import Intake, text_of
from echoloop.suites.suite import Heard, Json, Look, Measure, Rubric, Scored, Suite, plain_mean

SPLITS = ("text_to_image", "image_to_image")
_COLUMNS = ("id", "prompt", "input_images", "language", "task", "source_posts")
_RUBRIC = Rubric("echoloop.grading", "rubric")


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """The rows of the benchmark splits of a release's folder, private variant. A row's line counts over its split."""
    folder = path / "data" if (path / "data").is_dir() else path
    files = {split: sorted((folder / split).glob("*.parquet")) for split in SPLITS}
    if not any(files.values()):
        raise Mistake(
            "there are no rows of a release",
            where=path,
            remedy="Name the folder of a release with --items, such as workspace/releases/0.1.0.",
        )
    seen: set[str] = set()
    line = 0
    for split, shards in files.items():
        for shard in shards:
            for row in _rows(shard):
                line += 1
                task = _task(row, split, line, intake)
                if task is None or task.id in seen:
                    if task is not None:
                        intake.wrong(line, "the id was there already", task.id)
                    continue
                seen.add(task.id)
                yield task


def looks(task: SuiteTask) -> tuple[Look, ...]:
    """The same question that `judge` asks, so that a picture which was graded there is not paid again."""
    return (Look(rubric=_RUBRIC, data={"prompt": task.prompt}, references=True, read=_read),)


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """The grade."""
    del task
    one = heard[""]
    if preset == "released_code":
        grade = score_as_released(one.text)
        return Scored(
            value=grade, reason="" if grade is not None else one.reason or "no [[score]] in the answer"
        )
    if not isinstance(one.value, int | float):
        return Scored(value=None, reason=one.reason or one.state)
    return Scored(value=float(one.value))


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """The mean grade, and that of each split."""
    del preset
    splits = [(split, [task for task in tasks if task.group == split]) for split in SPLITS]
    return [plain_mean("mean grade", tasks), *(plain_mean(split, own) for split, own in splits if own)]


RELEASE = Suite(
    name="release",
    title="A release of your own",
    about=(
        "The benchmark rows of a release written by `echoloop release`, each picture graded from 1 to 10 with the rubric of `echoloop judge`: the "
        "same question, so what was graded there is not paid again. For win rates use `echoloop judge`."
    ),
    file="releases/VERSION",
    scale=(1.0, 10.0),
    load=load,
    rubrics=(_RUBRIC,),
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "reading": "The first double bracket with a whole number from 1 to 10 counts, wherever it stands; we take the last."
    },
)


def _read(text: str) -> Json:
    return read_grade(text).score


def _rows(shard: Path) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(shard) as file:
            there = [name for name in _COLUMNS if name in file.schema_arrow.names]
            for batch in file.iter_batches(batch_size=64, columns=there):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise Mistake(
            f"a file of the release cannot be read: {str(error).splitlines()[0]}",
            where=shard,
            remedy="`echoloop release verify` says what is wrong with a release.",
        ) from error


def _task(row: Mapping[str, Any], split: str, line: int, intake: Intake) -> SuiteTask | None:
    name, prompt = text_of(row.get("id")), row.get("prompt")
    if not name or not isinstance(prompt, str) or not prompt.strip():
        intake.wrong(line, "no prompt: this is the public variant" if name else "no id", name)
        return None
    pictures = tuple(_picture(one, intake) for one in row.get("input_images") or ())
    return SuiteTask(
        id=name,
        suite="release",
        line=line,
        prompt=admit_text(prompt).text,
        group=split,
        language=row.get("language"),
        input_images=pictures,
        metadata=json.dumps({"task": row.get("task") or ""}),
        source_posts=tuple(row.get("source_posts") or ()),
    )


def _picture(one: Any, intake: Intake) -> ImageRef:
    data = one.get("bytes") if isinstance(one, dict) else None
    if not isinstance(data, bytes) or not data:
        return ImageRef(sha256=None, absence="the release does not hold its bytes")
    return intake.put(data, str(one.get("path") or ""))
