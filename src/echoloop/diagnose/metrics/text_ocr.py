"""A second look at text, by a character recogniser whose models come with its package: do two readers agree?"""

import importlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from echoloop.diagnose.metric import (
    Absent,
    Encode,
    Encoded,
    Encoder,
    Encoding,
    Features,
    Metric,
    MetricField,
    Values,
)
from echoloop.diagnose.metrics.character_errors import character_error_rate, quoted_texts
from echoloop.images import Pixels


def _open(_folder: Path | None) -> Encode:
    recogniser: Any = importlib.import_module("rapidocr")
    return partial(_encode, recogniser.RapidOCR(params={"Global.log_level": "error"}))


def _encode(recogniser: Any, pictures: Sequence[Pixels]) -> list[Features]:
    return [{"text": np.array(read_letters(recogniser, pixels))} for pixels in pictures]


def read_letters(recogniser: Any, pixels: Pixels) -> str:
    """All text found, line by line. It is fed BGR, as it was trained."""
    found = recogniser(np.ascontiguousarray(pixels[..., ::-1]))
    return "\n".join(found.txts or ())


def _compare(pair: Encoding) -> Values:
    wanted = quoted_texts(pair.prompt)
    if len(wanted) != 1:
        return {"character_errors": Absent(reason="the prompt quotes no single text", state="not_applicable")}
    return {"character_errors": character_error_rate(wanted[0], str(pair.output["text"]))}


TEXT_OCR = Metric(
    name="text_ocr",
    fields=(
        MetricField(
            name="character_errors",
            meaning="share of the quoted letters that a character recogniser does not find",
            better="low",
        ),
    ),
    answers=("bad spelling", "garbled text", "missing text"),
    needs=frozenset({"output", "prompt"}),
    inputs="none",
    encoded=Encoded(
        encoder=Encoder(name="letters", open=_open, batch=8, requires=("rapidocr", "onnxruntime")),
        compare=_compare,
    ),
)
