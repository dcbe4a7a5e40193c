"""OmniGen2's training rows: JSON Lines {task_type, instruction, input_images, output_image}, pictures as files."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from echoloop.records import Mistake
from echoloop.train.data.json_lines import JsonLines
from echoloop.train.data.rows import Bad, Row, Unusable
from echoloop.train.data.stretches import inside, whole_file


class _Stated(msgspec.Struct):
    instruction: str
    output_image: str
    input_images: list[str] | None = None
    task_type: str | None = None


class OmniGen2:
    """One file of rows. Paths are relative to `root` (the file's folder), and lead nowhere outside it."""

    def __init__(self, path: Path, *, name: str = "omnigen2", root: Path | None = None) -> None:
        self.name = name
        self.faults: Sequence[Bad] = ()
        self._rows = JsonLines(path, _Stated)
        self._root = root or path.parent
        if not len(self._rows):
            raise Mistake("the file has no rows", where=path, remedy="Fetch it again.")

    @property
    def chunks(self) -> Sequence[int]:
        return (len(self._rows),)

    def row(self, index: int, rng: np.random.Generator) -> Row | Bad:
        del rng
        name = f"{self._rows.path.name}:{self._rows.line_number(index)}"
        try:
            return self._row(name, self._rows.row(index))
        except Unusable as fault:
            return Bad(name=name, dataset=self.name, reason=fault.reason, detail=fault.detail)

    def _row(self, name: str, stated: _Stated) -> Row:
        if not stated.output_image:
            raise Unusable("no_output", "output_image is empty")
        told = [*(stated.input_images or []), stated.output_image]
        pictures = [whole_file(inside(self._root, path)).picture() for path in told]
        return Row(
            name=name,
            dataset=self.name,
            instruction=stated.instruction,
            inputs=tuple(pictures[:-1]),
            output=pictures[-1],
        )
