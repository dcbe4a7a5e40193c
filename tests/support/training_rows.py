"""Small data sets in every layout, made where a test needs them."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from echoloop.images import decode, encode_png
from echoloop.train.data import Bad, Dataset, Picture, Row


def png(value: int, width: int = 32, height: int = 32) -> bytes:
    """A picture whose value can be recognised after reading."""
    return encode_png(np.full((height, width, 3), value % 256, np.uint8))


def write_tar(path: Path, members: dict[str, bytes], mode: str = "w") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:  # pyright: ignore[reportCallIssue, reportArgumentType]
        for name, data in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@dataclass
class Listed:
    """A data set in memory: rows whose picture's value is their number; some are bad."""

    name: str
    rows: int
    bad: frozenset[int] = frozenset()
    size: Callable[[int], int] = lambda index: 32
    faults: tuple[Bad, ...] = ()

    @property
    def chunks(self) -> tuple[int, ...]:
        return (self.rows,)

    def row(self, index: int, rng: np.random.Generator) -> Row | Bad:
        name = f"{self.name}:{index}"
        if index in self.bad:
            return Bad(name=name, dataset=self.name, reason="malformed_row", detail="made so")
        picture = Picture(name, partial(png, index, self.size(index)))
        return Row(name=name, dataset=self.name, instruction="a red cube", output=picture)


def seen_value(picture: Picture | None) -> int:
    """The value `png` was given."""
    assert picture is not None
    return int(decode(picture.read()).pixels[0, 0, 0])


def drawn(dataset: Dataset, index: int) -> Row:
    made = dataset.row(index, np.random.default_rng(0))
    assert isinstance(made, Row), made
    return made


def refused(dataset: Dataset, index: int) -> Bad:
    made = dataset.row(index, np.random.default_rng(0))
    assert isinstance(made, Bad), made
    return made


def write_release(root: Path, rows: list[tuple[str, list[int], int]]) -> None:
    """Our own layout: (instruction, values of the references, value of the output) each."""
    pictures: dict[str, bytes] = {}

    def named(value: int) -> dict[str, str]:
        data = png(value)
        pictures[f"{value}.png"] = data
        return {"file": f"{value}.png", "sha256": hashlib.sha256(data).hexdigest()}

    stated = [
        {
            "id": f"r{place}",
            "track": "fantasy",
            "cell": "c",
            "instruction": text,
            "input_images": [named(value) for value in inputs],
            "output_image": named(output),
            "evidence": "",
        }
        for place, (text, inputs, output) in enumerate(rows)
    ]
    write_lines(root / "rows.jsonl", stated)
    write_tar(root / "pictures-00000.tar", pictures)
    seal_release(root, len(stated), len(pictures))


def seal_release(root: Path, rows: int, pictures: int) -> None:
    """Write the card that fits what lies there."""
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.iterdir())
        if path.name != "card.json"
    }
    card = {
        "format": "echoloop-training-1",
        "rows": rows,
        "pictures": pictures,
        "tracks": {"fantasy": rows},
        "files": found,
    }
    (root / "card.json").write_text(json.dumps(card))
