"""How far the layout of a result moved from that of its inputs: DINO's keys, each token against each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

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
)
from echoloop.diagnose.metrics.sources import Source, pixels_of
from echoloop.diagnose.metrics.vit_keys import Keys, Resize, VitKeys, view_size
from echoloop.diagnose.weights import Weights, find_weights, missing_words, verified_digest
from echoloop.images import Pixels
from echoloop.records import Mistake

Reduction: TypeAlias = Literal["max", "mean", "min"]
Preset: TypeAlias = Literal["echo", "splice"]

_FILES = ("config.json", "model.safetensors")
DINO_VITS16 = Weights(
    name="dino_vits16", hub="facebook/dino-vits16", revision="refs/pr/1", files=_FILES, licence="Apache-2.0"
)
"""Its main branch holds a pickle alone; the proposal to add safetensors was never merged, and is what is fetched."""
DINO_VITB8 = Weights(
    name="dino_vitb8",
    hub="facebook/dino-vitb8",
    revision="6bd5b7757e4224b035fe579f31fb816985e18e35",
    files=_FILES,
    licence="Apache-2.0",
)


@dataclass(frozen=True, kw_only=True)
class StructurePreset:
    """Which model, how pictures are resized, and how several inputs become one number."""

    weights: Weights
    resize: Resize
    reduction: Reduction


def preset_of(name: Preset) -> StructurePreset:
    """`echo` is what ECHO's public code does, `splice` what the method's own authors do."""
    match name:
        case "echo":
            return StructurePreset(weights=DINO_VITS16, resize="square", reduction="max")
        case "splice":
            return StructurePreset(weights=DINO_VITB8, resize="shorter", reduction="max")


def structure_distance(
    a: Source | Sequence[Source],
    b: Source,
    *,
    model: Path | str | None = None,
    resize: Resize | None = None,
    reduction: Reduction | None = None,
    preset: Preset = "echo",
) -> float:
    """Between one input or several (`a`) and an output (`b`): 8-bit RGB arrays, or paths.

    `model` is a folder of a ViT; without it the preset's is taken from the cache. The distance is the mean squared
    difference of the two matrices of cosine similarity between all tokens, CLS included.
    """
    chosen = preset_of(preset)
    folder = Path(model) if model is not None else find_weights(chosen.weights, {})
    if folder is None:
        raise Mistake(missing_words(chosen.weights))
    if model is None:
        verified_digest(chosen.weights, folder)
    inputs = [a] if isinstance(a, (np.ndarray, Path, str)) else list(a)
    if not inputs:
        raise ValueError("structure_distance needs an input picture, and got none")
    pictures = [pixels_of(one) for one in (*inputs, b)]
    how = resize or chosen.resize
    if len({view_size(one, how) for one in pictures}) > 1:
        raise ValueError(
            'the pictures have other proportions, so their parts do not match; use resize="square"'
        )
    keys = VitKeys(folder, how)(pictures)
    found = [self_similarity_distance(one, keys[-1]) for one in keys[:-1]]
    return _reduced(found, reduction or chosen.reduction)


def self_similarity_distance(before: Keys, after: Keys) -> float:
    """Mean squared difference of two matrices of cosine similarities; keys have length 1."""
    return float(np.mean((_similarity(before) - _similarity(after)) ** 2))


def _similarity(keys: Keys) -> NDArray[np.float32]:
    whole = keys.astype(np.float32)
    return whole @ whole.T


def _reduced(distances: Sequence[float], reduction: Reduction) -> float:
    match reduction:
        case "max":
            return max(distances)
        case "min":
            return min(distances)
        case "mean":
            return float(np.mean(distances))


def _open(folder: Path | None, *, resize: Resize) -> Encode:
    assert folder is not None
    return partial(_encode, VitKeys(folder, resize), resize=resize)


def _encode(keys: VitKeys, pictures: Sequence[Pixels], *, resize: Resize) -> list[Features]:
    return [
        {"keys": found.astype(np.float16), "size": np.array(view_size(pixels, resize))}
        for pixels, found in zip(pictures, keys(pictures), strict=True)
    ]


def _compare(pair: Encoding, *, reduction: Reduction) -> Values:
    keys = pair.output["keys"]
    inputs = [one["keys"] for one in pair.inputs]
    if any(one["size"].tolist() != pair.output["size"].tolist() for one in pair.inputs):
        return {"structure_distance": Absent(reason="the pictures have other proportions")}
    return {
        "structure_distance": _reduced([self_similarity_distance(one, keys) for one in inputs], reduction)
    }


def structure_metric(preset: Preset = "echo", name: str = "structure_distance") -> Metric:
    """The metric under a preset."""
    chosen = preset_of(preset)
    return Metric(
        name=name,
        fields=(
            MetricField(
                name="structure_distance",
                meaning="how far the layout moved from the input, 0 (not at all) to 4",
                better="low",
            ),
        ),
        answers=("layout moved", "composition changed", "position changed"),
        needs=frozenset({"inputs", "output"}),
        inputs="all",
        encoded=Encoded(
            encoder=Encoder(
                name=chosen.weights.name,
                open=partial(_open, resize=chosen.resize),
                parameters=(("resize", chosen.resize),),
                weights=chosen.weights,
                batch=16,
                requires=("torch", "transformers"),
            ),
            compare=partial(_compare, reduction=chosen.reduction),
        ),
    )


STRUCTURE_DISTANCE = structure_metric()
STRUCTURE_SPLICE = structure_metric("splice", "structure_splice")
