"""Whether the person in a result is still the one in the input: the best cosine over all pairs of faces."""

import importlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    nothing,
)
from echoloop.diagnose.metrics.sources import Source, pixels_of
from echoloop.diagnose.weights import Weights, find_weights, missing_words, verified_digest
from echoloop.images import Pixels
from echoloop.records import Mistake

Embeddings = NDArray[np.float32]

AURAFACE = Weights(
    name="auraface",
    hub="fal/AuraFace-v1",
    revision="af6d057c9b0ec4071d4c49c80e3539258798b609",
    files=("scrfd_10g_bnkps.onnx", "glintr100.onnx"),
    licence="recogniser Apache-2.0; detector InsightFace's own, for non-commercial research",
    sha256={
        "scrfd_10g_bnkps.onnx": "5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
        "glintr100.onnx": "a7933ea5330113b01c9b60351d8f4c33003f145d8470ac5f0e52ee2effe25c60",
    },
)
"""Its detector is byte for byte InsightFace's `det_10g.onnx`, whatever the repository's own licence says."""
_DETECTED_AT = (640, 640)
_NO_INPUT_FACE, _NO_OUTPUT_FACE = "no face found in the input", "no face found in the output"


@dataclass(frozen=True, kw_only=True)
class FaceSimilarity:
    """`similarity` is the mean over outputs that could be measured, `face_lost` the share of outputs without any face among
    those whose input has one; None where there was nothing to average. `similarities` has one entry an output."""

    similarity: float | None
    face_lost: float | None
    measured: int
    without_input_face: int
    similarities: tuple[float | None, ...]


def face_similarity(
    inputs: Sequence[Source | Sequence[Source]], outputs: Sequence[Source], *, pack: Path | str | None = None
) -> FaceSimilarity:
    """Compare each output with the input, or the inputs, at the same place: 8-bit RGB arrays, or paths.

    `pack` is a folder in insightface's layout (a detector and a recogniser as ONNX); without it AuraFace is taken from the
    cache.
    """
    if not inputs or len(inputs) != len(outputs):
        raise ValueError(
            f"face_similarity needs inputs for each output, and got {len(inputs)} for {len(outputs)} outputs"
        )
    folder = Path(pack) if pack is not None else find_weights(AURAFACE, {})
    if folder is None:
        raise Mistake(missing_words(AURAFACE))
    if pack is None:
        verified_digest(AURAFACE, folder)
    faces = Faces(folder)
    values = [
        _compare(_encoding(faces, before, after)) for before, after in zip(inputs, outputs, strict=True)
    ]
    found = tuple(_number(one["similarity"]) for one in values)
    lost = [one for one in (_number(one["face_lost"]) for one in values) if one is not None]
    kept = [one for one in found if one is not None]
    return FaceSimilarity(
        similarity=float(np.mean(kept)) if kept else None,
        face_lost=float(np.mean(lost)) if lost else None,
        measured=len(kept),
        without_input_face=len(values) - len(lost),
        similarities=found,
    )


def _encoding(faces: "Faces", before: Source | Sequence[Source], after: Source) -> Encoding:
    sources = [before] if isinstance(before, (np.ndarray, Path, str)) else list(before)
    return Encoding(
        inputs=tuple({"faces": faces(pixels_of(one))} for one in sources),
        output={"faces": faces(pixels_of(after))},
    )


def _number(value: float | Absent) -> float | None:
    return None if isinstance(value, Absent) else value


class Faces:
    """An opened pack. It is fed BGR, as it was trained: fed RGB it loses faces and turns embeddings over."""

    def __init__(self, folder: Path) -> None:
        try:
            analysis: Any = importlib.import_module("insightface.app")
        except ImportError as error:
            raise Mistake(
                f"{error.name} is not installed", remedy="Run `pip install 'echoloop[metrics]'`."
            ) from error
        if not any(folder.glob("*.onnx")):
            raise Mistake(
                "there is no face model here",
                where=folder,
                remedy="Give the folder that holds the pack's .onnx files.",
            )
        self._app = analysis.FaceAnalysis(name=str(folder), allowed_modules=["detection", "recognition"])
        if "recognition" not in self._app.models:
            raise Mistake(
                "the pack has no recogniser",
                where=folder,
                remedy="Give a pack with one, such as AuraFace-v1.",
            )
        self._app.prepare(ctx_id=0, det_size=_DETECTED_AT)

    def __call__(self, pixels: Pixels) -> Embeddings:
        """One row of length 1 for each face, in order of certainty."""
        height, width = pixels.shape[:2]
        if max(height, width) > _DETECTED_AT[0] * min(height, width):
            return np.zeros((0, 0), np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            found = self._app.get(np.ascontiguousarray(pixels[..., ::-1]))
        rows = [np.asarray(face.embedding, np.float32) for face in found]
        if not rows:
            return np.zeros((0, 0), np.float32)
        stacked = np.stack(rows)
        return stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-12)


def _open(folder: Path | None) -> Encode:
    assert folder is not None
    return partial(_encode, Faces(folder))


def _encode(faces: Faces, pictures: Sequence[Pixels]) -> list[Features]:
    return [{"faces": faces(pixels)} for pixels in pictures]


def _compare(pair: Encoding) -> Values:
    wanted = [one["faces"] for one in pair.inputs if len(one["faces"])]
    if not wanted:
        return nothing(("similarity", "face_lost"), _NO_INPUT_FACE)
    found = pair.output["faces"]
    if not len(found):
        return {"similarity": Absent(reason=_NO_OUTPUT_FACE), "face_lost": 1.0}
    best = max(float((one @ found.T).max()) for one in wanted)
    return {"similarity": best, "face_lost": 0.0}


FACE_SIMILARITY = Metric(
    name="face_similarity",
    fields=(
        MetricField(
            name="similarity",
            meaning="cosine of the most alike faces of input and output, −1 to 1",
            better="high",
        ),
        MetricField(
            name="face_lost",
            meaning="share of results in which no face is found any more",
            better="low",
            statistic="share",
        ),
    ),
    answers=("face changed", "identity lost", "different person"),
    needs=frozenset({"inputs", "output"}),
    inputs="all",
    encoded=Encoded(
        encoder=Encoder(
            name="faces",
            open=_open,
            parameters=(("detected_at", "640"),),
            weights=AURAFACE,
            batch=8,
            requires=("insightface", "onnxruntime"),
        ),
        compare=_compare,
    ),
)
