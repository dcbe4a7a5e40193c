"""A pipeline of diffusers as an image model: pictures from words, or edits, with the seed in the generator.

Neither diffusers nor torch is imported before the first picture is asked for.
"""

import inspect
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from echoloop.generate.serving import Drawing
from echoloop.images import decode, encode_png
from echoloop.records import Answered, Mistake, Refused

_SIZE = re.compile(r"(\d+)x(\d+)")


class DiffusersModel:
    """One pipeline in this process, used by one thread at a time."""

    def __init__(self, pipeline: Any, torch: Any, *, takes: int) -> None:
        self._pipeline = pipeline
        self._torch = torch
        self._takes = takes
        self._knows_images = "image" in inspect.signature(pipeline.__call__).parameters
        self._lock = threading.Lock()

    def draw(
        self, prompt: str, images: Sequence[bytes], *, seed: int | None, parameters: Mapping[str, Any]
    ) -> Drawing:
        """Parameters go to the pipeline by name; one that it does not know fails, so that none is lost in silence."""
        most = self._takes if self._knows_images else 0
        if len(images) > most:
            return Refused(
                f"the pipeline takes {most or 'no'} picture{'s' * (most != 1)}, there are {len(images)}"
            )
        told = {"prompt": prompt, **_sized(parameters)}
        if images:
            pictures = [Image.fromarray(decode(data).pixels) for data in images]
            told["image"] = pictures[0] if self._takes == 1 else pictures
        if seed is not None:
            told["generator"] = self._torch.Generator("cpu").manual_seed(seed)
        with self._lock:
            result = self._pipeline(**told)
        if any(getattr(result, "nsfw_content_detected", None) or ()):
            return Refused("the pipeline's safety checker held the picture back")
        return Answered(encode_png(np.asarray(result.images[0].convert("RGB"), dtype=np.uint8)))


def open_diffusers(
    weights: str,
    revision: str = "",
    pipeline: str = "DiffusionPipeline",
    device: str = "",
    dtype: str = "bfloat16",
    offload: str = "no",
    takes: str = "1",
) -> DiffusersModel:
    """What `python = "echoloop.generate.diffusers_model:open_diffusers"` builds.

    `weights` is a repository or a folder, `revision` its commit, `pipeline` a class of diffusers (`DiffusionPipeline` takes
    the one that the weights name, such as FluxKontextPipeline), `takes` how many pictures go in at once, and `offload`
    ("no", "model" or "sequential") what moves between the card and memory while it draws.
    """
    diffusers, torch = _libraries()
    kind = getattr(diffusers, pipeline, None)
    if kind is None:
        raise Mistake(
            f"diffusers has no pipeline {pipeline!r}",
            remedy="Name one of its classes as `pipeline`, or leave it out.",
        )
    opened = kind.from_pretrained(weights, revision=revision or None, torch_dtype=_dtype(torch, dtype))
    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    match offload:
        case "no":
            opened = opened.to(place)
        case "model":
            opened.enable_model_cpu_offload(device=place)
        case "sequential":
            opened.enable_sequential_cpu_offload(device=place)
        case _:
            raise Mistake(f"offload is {offload!r}", remedy='It is "no", "model" or "sequential".')
    opened.set_progress_bar_config(disable=True)
    return DiffusersModel(opened, torch, takes=int(takes))


def _libraries() -> tuple[Any, Any]:
    try:
        import diffusers  # pyright: ignore[reportMissingImports]
        import torch  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise Mistake(
            f"a diffusers pipeline is asked for, and {error.name} is not installed",
            remedy='Run: pip install "echoloop[diffusers]"',
        ) from error
    return diffusers, torch


def _dtype(torch: Any, name: str) -> Any:
    found = getattr(torch, name, None)
    if not isinstance(found, torch.dtype):
        raise Mistake(
            f"torch has no number type {name!r}", remedy='Use "bfloat16", "float16" or "float32" as dtype.'
        )
    return found


def _sized(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """`size = "1024x768"` as the width and height that pipelines know."""
    told = dict(parameters)
    size = _SIZE.fullmatch(str(told.get("size", "")))
    if size is not None:
        del told["size"]
        told |= {"width": int(size[1]), "height": int(size[2])}
    return told
