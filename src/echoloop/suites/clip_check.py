"""Is a fetched picture the one that was published? The cosine of CLIP's image features, as ECHO checks its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from echoloop.images import Pixels
from echoloop.records import Mistake
from echoloop.suites.torch_models import (
    CLIP,
    CLIP_REVISION,
    Libraries,
    clip_view,
    open_libraries,
    open_weights,
    pooled,
    unit,
)

LEAST_LIKE = 0.90
"""Below this a fetched picture is taken for another one."""

Features = NDArray[np.float32]


class Likeness(Protocol):
    """How like a fetched picture is to what was published under its name; None where there is nothing to compare it with."""

    def __call__(self, media: str, pixels: Pixels) -> float | None: ...


class ClipEyes:
    """CLIP's image features, of length 1."""

    def __init__(self, libraries: Libraries, model: Any) -> None:
        self._torch = libraries.torch
        self._device = libraries.device
        self._model = model.to(libraries.device).eval()

    def features(self, pixels: Pixels) -> Features:
        """What CLIP sees in a picture."""
        view = self._torch.from_numpy(clip_view(pixels, self._model.config.vision_config.image_size))[None]
        with self._torch.inference_mode():
            seen = pooled(self._model.get_image_features(pixel_values=view.to(self._device)))
            return unit(self._torch, seen)[0].cpu().numpy()


def open_clip() -> ClipEyes:
    """CLIP, or what to install or fetch."""
    libraries = open_libraries()
    return ClipEyes(libraries, open_weights(libraries.transformers.CLIPModel, CLIP, CLIP_REVISION))


def likeness_to(known: Mapping[str, Features], eyes: ClipEyes) -> Likeness:
    """Compare with features that somebody computed of the published pictures, by media id."""

    def likeness(media: str, pixels: Pixels) -> float | None:
        reference = known.get(media)
        if reference is None:
            return None
        seen = eyes.features(pixels)
        if seen.shape != reference.shape:
            raise Mistake(
                f"the features of {media!r} have {reference.size} numbers where {CLIP} has {seen.size}",
                remedy=f"Compute them with {CLIP} at {CLIP_REVISION[:12]}.",
            )
        return float(seen @ reference / max(float(np.linalg.norm(reference)), 1e-12))

    return likeness


def known_features(path: Path) -> dict[str, Features]:
    """Features by media id from an .npz file: one array of numbers under each id."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: np.asarray(stored[name], np.float32).ravel() for name in stored.files}
    except (OSError, ValueError) as error:
        raise Mistake(
            f"the features cannot be read: {str(error)[:120]}",
            where=path,
            remedy="It is an .npz file with one array under each media id.",
        ) from error
