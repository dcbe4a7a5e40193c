"""Models of transformers, opened when somebody looks and not before: the extra `metrics`, and weights that lie on this machine."""

import importlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from echoloop.images import Pixels
from echoloop.records import Mistake

CLIP = "openai/clip-vit-large-patch14"
CLIP_REVISION = "32bd64288804d66eefd0ccbe215aa642df71cc41"

_CLIP_SIDE = 224
_CLIP_MEAN, _CLIP_SPREAD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


class Libraries(NamedTuple):
    """The two libraries, and where models shall run."""

    torch: Any
    transformers: Any
    device: str


def open_libraries() -> Libraries:
    """torch and transformers, or what to install."""
    try:
        torch: Any = importlib.import_module("torch")
        transformers: Any = importlib.import_module("transformers")
    except ImportError as error:
        raise Mistake(
            f"not measured: {error.name} is not installed", remedy="Run `pip install 'echoloop[metrics]'`."
        ) from error
    return Libraries(torch, transformers, "cuda" if torch.cuda.is_available() else "cpu")


def open_weights(of: Any, name: str, revision: str | None, **options: Any) -> Any:
    """`of`.from_pretrained with weights of this machine: a run never fetches gigabytes unasked. `name` may be a folder."""
    try:
        return of.from_pretrained(name, revision=revision, local_files_only=True, **options)
    except (OSError, ValueError) as error:
        at = f" --revision {revision}" if revision else ""
        raise Mistake(
            f"not measured: the weights of {name} are not on this machine",
            remedy=f"Run `hf download {name}{at}`.",
        ) from error


def commit_of(model: Any) -> str:
    """The commit that a model's weights are of, where they say so."""
    return getattr(model.config, "_commit_hash", None) or "unknown"


def clip_view(pixels: Pixels, side: int = _CLIP_SIDE) -> NDArray[np.float32]:
    """A picture as CLIP sees it: the short side resized, the middle cut out."""
    height, width = pixels.shape[:2]
    scale = side / min(height, width)
    across, down = max(round(width * scale), side), max(round(height * scale), side)
    view = Image.fromarray(pixels).resize((across, down), Image.Resampling.BICUBIC)
    left, top = (across - side) // 2, (down - side) // 2
    middle = np.asarray(view.crop((left, top, left + side, top + side)), np.float32) / np.float32(255)
    return ((middle - np.array(_CLIP_MEAN, np.float32)) / np.array(_CLIP_SPREAD, np.float32)).transpose(
        2, 0, 1
    )


def pooled(features: Any) -> Any:
    """The features themselves: transformers 5 returns them as the pooler's output, earlier ones as they are."""
    return getattr(features, "pooler_output", features)


def unit(torch: Any, features: Any) -> Any:
    """Features of length 1."""
    return torch.nn.functional.normalize(features.float(), dim=-1)
