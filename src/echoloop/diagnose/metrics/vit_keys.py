"""The keys of a vision transformer's last block: what a picture's parts are to each other."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from echoloop.images import Pixels
from echoloop.records import Mistake

Resize: TypeAlias = Literal["square", "shorter"]
Keys: TypeAlias = NDArray[np.float32]

_SIDE, _LONGEST = 224, 896
_MEAN = np.array((0.485, 0.456, 0.406), np.float32)
_SPREAD = np.array((0.229, 0.224, 0.225), np.float32)
_KEY_LAYERS = ("attention.k_proj", "attention.key")
_STAYS_WITHIN = 1e-3


def view_size(pixels: Pixels, resize: Resize) -> tuple[int, int]:
    """Width and height of what the transformer sees: a square of 224, or the shorter side at 224."""
    if resize == "square":
        return _SIDE, _SIDE
    height, width = pixels.shape[:2]
    scale = _SIDE / min(height, width)
    return min(round(width * scale), _LONGEST), min(round(height * scale), _LONGEST)


def view(pixels: Pixels, resize: Resize) -> NDArray[np.float32]:
    """A picture as the transformer sees it, with ImageNet's normalisation."""
    small = Image.fromarray(pixels).resize(view_size(pixels, resize), Image.Resampling.BILINEAR)
    scaled = np.asarray(small, np.float32) / np.float32(255)
    return ((scaled - _MEAN) / _SPREAD).transpose(2, 0, 1)


class VitKeys:
    """An opened transformer. On a GPU it works in half precision if, on the first pictures, that changes no similarity by
    more than 1e-3."""

    def __init__(self, folder: Path, resize: Resize) -> None:
        self._torch, transformers = _libraries()
        transformers.utils.logging.disable_progress_bar()
        try:
            model = transformers.ViTModel.from_pretrained(
                folder, add_pooling_layer=False, local_files_only=True
            )
        except (OSError, ValueError) as error:
            raise Mistake(
                f"the vision transformer cannot be opened: {str(error)[:160]}",
                where=folder,
                remedy="Give a folder with config.json and model.safetensors of a ViT of transformers.",
            ) from error
        self._device = "cuda" if self._torch.cuda.is_available() else "cpu"
        self._model = model.to(self._device).eval()
        self._half: bool | None = None if self._device == "cuda" else False
        self._resize: Resize = resize
        self._seen: list[Any] = []
        _key_layer(self._model).register_forward_hook(self._see)

    def __call__(self, pictures: Sequence[Pixels]) -> list[Keys]:
        """Keys of all tokens, of length 1, for each picture; pictures of one size go through together."""
        views = [view(pixels, self._resize) for pixels in pictures]
        groups: dict[tuple[int, ...], list[int]] = {}
        for number, one in enumerate(views):
            groups.setdefault(one.shape, []).append(number)
        keys: dict[int, Keys] = {}
        for numbers in groups.values():
            batch = self._torch.from_numpy(np.stack([views[number] for number in numbers])).to(self._device)
            keys.update(zip(numbers, self._keys(batch), strict=True))
        return [keys[number] for number in range(len(pictures))]

    def _keys(self, batch: Any) -> NDArray[np.float32]:
        if self._half is None:
            whole, half = self._run(batch, half=False), self._run(batch, half=True)
            self._half = bool(np.abs(_similarities(whole) - _similarities(half)).max() <= _STAYS_WITHIN)
            return whole
        return self._run(batch, half=self._half)

    def _run(self, batch: Any, *, half: bool) -> NDArray[np.float32]:
        self._seen.clear()
        with self._torch.inference_mode(), self._torch.autocast("cuda", enabled=half):
            self._model(pixel_values=batch, interpolate_pos_encoding=True)
        (keys,) = self._seen
        return self._torch.nn.functional.normalize(keys.float(), dim=-1).cpu().numpy()

    def _see(self, _layer: Any, _given: Any, keys: Any) -> None:
        self._seen.append(keys)


def _similarities(keys: NDArray[np.float32]) -> NDArray[np.float32]:
    return keys @ keys.transpose(0, 2, 1)


def _key_layer(model: Any) -> Any:
    """The projection to keys of the last block."""
    found = [layer for name, layer in model.named_modules() if name.endswith(_KEY_LAYERS)]
    if not found:
        raise Mistake(
            "this version of transformers names the keys of a vision transformer otherwise",
            remedy="Install the versions in constraints.txt.",
        )
    return found[-1]


def _libraries() -> tuple[Any, Any]:
    try:
        return importlib.import_module("torch"), importlib.import_module("transformers")
    except ImportError as error:
        raise Mistake(
            f"{error.name} is not installed", remedy="Run `pip install 'echoloop[metrics]'`."
        ) from error
