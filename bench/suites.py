"""Suites: reading each published file, and a folder of 1,065 grids of four split and scored, against decoding alone.

    python bench/suites.py [--grids N] [--side PIXELS]

A published file is made here at its published size and must load within a second. The folder is read as
`echoloop suite run --outputs FOLDER --grid` reads it, from names to the table, with answers that are there already;
beside it stands the time it takes to decode the same grids in the same number of threads and do nothing else.
"""

import argparse
import io
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

import numpy as np
from PIL import Image

from echoloop.engine import Progress, Session
from echoloop.images import decode
from echoloop.records import Output, SuiteAnswer, SuiteTask
from echoloop.records.arrow import from_table, to_table
from echoloop.suites import (
    FolderSettings,
    Suite,
    folder_content,
    folder_stages,
    load_tasks,
    open_suite,
    result_stages,
)
from echoloop.suites.tables import answers_table, outputs_table, tasks_table
from echoloop.workspace import writing

_SLOWEST_LOAD = 1.0
_FLOOR = 0.8
_TAGS = ("color_attr", "spatial_count_attr", "color_spatial_attr", "color_count_attr", "multi_object_count_attr", "size_spatial_attr", "counting")  # fmt: skip
_TYPES = (
    "COLOR",
    "SHAPE",
    "SIZE",
    "MATERIAL",
    "COMBINATION",
    "TIME",
    "ENVIRONMENT",
    "Multi-Object",
    "Multi-Object",
)


def main() -> int:
    """Print both ratios; 1 where one misses its floor."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--grids", type=int, default=1065)
    parser.add_argument("--side", type=int, default=1024)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        loads = [_load(name, write, Path(place)) for name, write in _FILES.items()]
        grids = [_grids(Path(place), kind, wish.grids, wish.side) for kind in ("jpeg", "png")]
    return int(not all([*loads, *grids]))


def _load(name: str, rows: Callable[[], list[dict[str, object]]], place: Path) -> bool:
    path = place / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()))
    begun = time.perf_counter()
    loaded = load_tasks(open_suite(name), path)
    took = time.perf_counter() - begun
    print(f"{name}: {len(loaded.tasks)} tasks in {took:.3f} s (at most {_SLOWEST_LOAD:g} s)")
    return took <= _SLOWEST_LOAD and not loaded.faults


def _geneval_pp() -> list[dict[str, object]]:
    return [
        {"tag": tag, "include": [{"class": "cup", "count": number}], "prompt": f"{number} cups, {tag}"}
        for tag in _TAGS
        for number in range(1, 41)
    ]


def _imagine_bench() -> list[dict[str, object]]:
    kinds = [kind for kind in _TYPES for _ in range(30)]
    return [
        {"id": number, "instruction": f"a chair {number}", "note": "a chair", "type": kind}
        for number, kind in enumerate(kinds, start=1)
    ]


_FILES = {"geneval_pp": _geneval_pp, "imagine_bench": _imagine_bench}


def _grids(place: Path, kind: str, count: int, side: int) -> bool:
    folder = place / kind
    folder.mkdir()
    _write_grids(folder, kind, count, side)
    alone = _decode_all(folder)
    whole = _score_all(place / f"work-{kind}", folder, count)
    ratio = alone / whole
    print(
        f"{count} x 4 {kind} grids of {side} x {side}: from folder to table {whole:.1f} s, decoding alone {alone:.1f} s: "
        f"{ratio:.2f}x decode speed (at least {_FLOOR:g}x)"
    )
    return ratio >= _FLOOR


def _write_grids(folder: Path, kind: str, count: int, side: int) -> None:
    """Pictures with the grain of photographs; a few are made and each file is told apart by a pixel."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8)
    smooth = np.asarray(
        Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC), dtype=np.int16
    )
    pixels = (smooth + random.normal(0, 4, smooth.shape)).clip(0, 255).astype(np.uint8)
    for number in range(1, count + 1):
        pixels[:16, :16] = (number % 251, number // 251, 7)
        out = io.BytesIO()
        options = {"quality": 90} if kind == "jpeg" else {"compress_level": 1}
        Image.fromarray(pixels).save(out, kind.upper(), **options)
        (folder / f"{number}.{'jpg' if kind == 'jpeg' else kind}").write_bytes(out.getvalue())


def _decode_all(folder: Path) -> float:
    files = sorted(folder.iterdir())
    begun = time.perf_counter()
    with ThreadPoolExecutor(cpu_count()) as pool:
        for _ in pool.map(lambda path: decode(path.read_bytes()), files):
            pass
    return time.perf_counter() - begun


def _score_all(place: Path, folder: Path, count: int) -> float:
    suite = _four_pictures(open_suite("geneval_pp"))
    sys.modules[__name__].BENCH = suite  # pyright: ignore[reportAttributeAccessIssue]
    tasks = [
        SuiteTask(
            id=str(line),
            suite="geneval_pp",
            line=line,
            prompt=f"p{line}",
            group=_TAGS[line % 7],
            metadata='{"include": []}',
        )
        for line in range(1, count + 1)
    ]
    reference = f"{__name__}:BENCH"
    with writing(place) as workspace:
        workspace.tables.write(tasks_table("geneval_pp"), to_table(tasks, SuiteTask), SuiteTask)
        with Session(workspace, [], progress=Progress("quiet"), stop=threading.Event()) as session:
            begun = time.perf_counter()
            settings = FolderSettings(
                suite=reference,
                model="m",
                folder=str(folder),
                content=folder_content(folder),
                grid="2x2",
                samples=4,
            )
            session.run(folder_stages(suite, settings))
            took = time.perf_counter() - begun
            _write_answers(workspace.tables, suite)
            begun = time.perf_counter()
            answers = [answers_table("geneval_pp", "m", "eyes")]
            session.run(result_stages(suite, reference, [outputs_table("geneval_pp", "m")], answers))
            return took + time.perf_counter() - begun


def _four_pictures(suite: Suite) -> Suite:
    from dataclasses import replace

    return replace(suite, samples=4)


def _write_answers(tables, suite: Suite) -> None:
    outputs = from_table(tables.read(outputs_table(suite.name, "m")), Output)
    answers = [
        SuiteAnswer(
            output=one.id,
            task=one.item,
            model="m",
            number=one.number,
            judge="eyes",
            text='{"correct": 1}',
            value="true",
            state="answered",
        )
        for one in outputs
    ]
    tables.write(answers_table(suite.name, "m", "eyes"), to_table(answers, SuiteAnswer), SuiteAnswer)


if __name__ == "__main__":
    sys.exit(main())
