"""Pictures of a row as they lie in the source: copied byte for byte, once they are known to decode."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from echoloop.images import BadImage, MediaType, decode, measure
from echoloop.train.data.rows import Bad, Dataset, Picture, Row, Unusable

_ENDINGS: dict[MediaType, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
}


@dataclass(frozen=True)
class Copied:
    """A picture's bytes, and the ending its bytes (never its name) call for."""

    data: bytes
    ending: str


@dataclass(frozen=True)
class WholeRow:
    """A row all of whose pictures decode."""

    number: int
    row: Row
    inputs: tuple[Copied, ...]
    output: Copied


def whole_rows(dataset: Dataset, seed: int) -> Iterator[WholeRow | Bad]:
    """Every row in its own order. A row that offers several instructions gives the one the seed draws."""
    for number in range(sum(dataset.chunks)):
        row = dataset.row(number, np.random.default_rng((seed, number)))
        yield row if isinstance(row, Bad) else _whole(number, row)


def _whole(number: int, row: Row) -> WholeRow | Bad:
    try:
        if not row.instruction.strip():
            raise Unusable("empty_instruction", "the instruction is empty")
        if row.output is None:
            raise Unusable("no_output", "a row without a picture to draw has no place in this layout")
        inputs = tuple(_copied(picture) for picture in row.inputs)
        return WholeRow(number, row, inputs, _copied(row.output))
    except Unusable as fault:
        return Bad(name=row.name, dataset=row.dataset, reason=fault.reason, detail=fault.detail)


def _copied(picture: Picture) -> Copied:
    data = picture.read()
    try:
        decode(data)
        return Copied(data, _ENDINGS[measure(data)[2]])
    except BadImage as fault:
        raise Unusable("picture_unreadable", f"{picture.where}: {fault}") from fault
