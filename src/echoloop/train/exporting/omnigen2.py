"""Rows for OmniGen2: `rows.jsonl` with a folder of pictures, paths relative to it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from echoloop.train.data.rows import Bad, Dataset
from echoloop.train.exporting.folder import whole_folder
from echoloop.train.exporting.pictures import Copied, WholeRow, whole_rows
from echoloop.train.exporting.report import Exported

ROWS = "rows.jsonl"
_TASKS = {"text_to_image": "t2i", "thinking": "t2i", "editing": "edit", "multi_reference": "multi_reference"}
_PER_FOLDER = 10_000


def export_omnigen2(
    dataset: Dataset, target: Path, *, seed: int = 0, bad: Callable[[Bad], None] = lambda _: None
) -> Exported:
    """Write every row that is whole; `bad` is told of the others. The same data set gives the same bytes."""
    rows = pictures = 0
    left_out = Counter[str]()
    with whole_folder(target) as draft, (draft / ROWS).open("wb") as lines:
        for made in whole_rows(dataset, seed):
            if isinstance(made, Bad):
                left_out[made.reason] += 1
                bad(made)
                continue
            lines.write(msgspec.json.encode(_written(made, draft)) + b"\n")
            rows += 1
            pictures += len(made.inputs) + 1
    return Exported(rows=rows, pictures=pictures, left_out=dict(left_out))


def _written(made: WholeRow, draft: Path) -> dict[str, object]:
    stated: dict[str, object] = {
        "task_type": _TASKS[made.row.kind],
        "instruction": made.row.instruction,
    }
    if made.inputs:
        stated["input_images"] = [
            _placed(picture, draft, made.number, f"in{place}") for place, picture in enumerate(made.inputs)
        ]
    stated["output_image"] = _placed(made.output, draft, made.number, "out")
    return stated


def _placed(picture: Copied, draft: Path, number: int, part: str) -> str:
    name = f"images/{number // _PER_FOLDER:05}/{number:08}-{part}.{picture.ending}"
    path = draft / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture.data)
    return name
