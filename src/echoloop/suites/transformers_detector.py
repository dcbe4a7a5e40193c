"""A real detector for GenEval: Mask2Former finds objects with their masks, CLIP names the colours of crops."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from echoloop.images import Pixels
from echoloop.records import Mistake
from echoloop.suites.detecting import COLOURS, Corners, Eyes
from echoloop.suites.torch_models import (
    CLIP,
    CLIP_REVISION,
    Libraries,
    clip_view,
    commit_of,
    open_libraries,
    open_weights,
    pooled,
    unit,
)

DETECTOR = "facebook/mask2former-swin-small-coco-instance"
NAMES = (
    *("person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light"),
    *("fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow"),
    *(
        "elephant",
        "bear",
        "zebra",
        "giraffe",
        "backpack",
        "umbrella",
        "handbag",
        "tie",
        "suitcase",
        "frisbee",
    ),
    *(
        "skis",
        "snowboard",
        "sports ball",
        "kite",
        "baseball bat",
        "baseball glove",
        "skateboard",
        "surfboard",
    ),
    *("tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple"),
    *("sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch"),
    *("potted plant", "bed", "dining table", "toilet", "tv", "laptop", "computer mouse", "tv remote"),
    *("computer keyboard", "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book"),
    *("clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush"),
)
"""COCO's 80 classes in COCO's order, as GenEval's prompts call them: a model's own labels are spelt in several ways."""

_SHORTEST, _LONGEST = 800, 1333
_DIVISOR = 32
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_MOST = 100
_LEAST = 0.05
_SAYINGS = (
    "a photo of a {colour} {name}",
    "a photo of a {colour}-colored {name}",
    "a photo of a {colour} object",
)
_CROPS_AT_ONCE = 16

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class FoundObject:
    """An object with its mask, and the box around that."""

    name: str
    confidence: float
    box: Corners
    mask: Mask | None


@dataclass(frozen=True)
class RealEyes:
    """What `--detector echoloop.suites.transformers_detector:open_detector` opens."""

    detector: "MaskDetector"
    colours: "ClipColours"
    about: str


def open_detector() -> Eyes:
    """Both models, or what to install or fetch."""
    libraries = open_libraries()
    named = libraries.transformers
    detector = open_weights(named.Mask2FormerForUniversalSegmentation, DETECTOR, None)
    clip = open_weights(named.CLIPModel, CLIP, CLIP_REVISION)
    tokenizer = open_weights(named.AutoTokenizer, CLIP, CLIP_REVISION)
    about = f"{DETECTOR}@{commit_of(detector)}, {CLIP}@{CLIP_REVISION}"
    return RealEyes(MaskDetector(libraries, detector), ClipColours(libraries, clip, tokenizer), about)


class MaskDetector:
    """Instances as Mask2Former's own evaluation reads them: the surest hundred of query x class, each class score times mask score."""

    def __init__(self, libraries: Libraries, model: Any) -> None:
        if model.config.num_labels != len(NAMES):
            raise Mistake(
                f"the detector has {model.config.num_labels} classes where COCO has {len(NAMES)}",
                remedy=f"Use the instance model {DETECTOR}.",
            )
        self._torch = libraries.torch
        self._device = libraries.device
        self._model = model.to(libraries.device).eval()
        self._lock = threading.Lock()

    @property
    def names(self) -> Sequence[str]:
        """All that it can find."""
        return NAMES

    def find(self, pixels: Pixels) -> Sequence[FoundObject]:
        """Everything above a low threshold; the suite's own thresholds are its rules'."""
        torch = self._torch
        seen, valid = prepared(pixels)
        with self._lock, torch.inference_mode():
            outputs = self._model(
                pixel_values=torch.from_numpy(seen)[None].to(self._device),
                pixel_mask=torch.from_numpy(valid)[None].to(self._device),
            )
            return self._read(outputs, valid, pixels.shape[0], pixels.shape[1])

    def _read(self, outputs: Any, valid: NDArray[np.int64], height: int, width: int) -> list[FoundObject]:
        torch = self._torch
        classes = torch.softmax(outputs.class_queries_logits[0], dim=-1)[:, :-1]
        scores, places = classes.flatten().topk(min(_MOST, classes.numel()))
        sure = scores > _LEAST
        scores, places = scores[sure], places[sure]
        found: list[FoundObject] = []
        down, across = valid.shape
        right, bottom = int(valid[0].sum()), int(valid[:, 0].sum())
        for score, place in zip(scores.tolist(), places.tolist(), strict=True):
            query, label = divmod(place, classes.shape[1])
            logits = outputs.masks_queries_logits[0, query][None, None]
            logits = _resized(torch, logits, down, across)[..., :bottom, :right]
            logits = _resized(torch, logits, height, width)[0, 0]
            mask = logits > 0
            if not bool(mask.any()):
                continue
            certainty = float(logits.sigmoid()[mask].mean())
            if score * certainty > _LEAST:
                inside: Mask = mask.cpu().numpy()
                found.append(FoundObject(NAMES[label], score * certainty, box_around(inside), inside))
        return found


class ClipColours:
    """Zero-shot colours: for each kind of object, three sayings of each colour, and the one nearest to the crop."""

    def __init__(self, libraries: Libraries, model: Any, tokenizer: Any) -> None:
        self._torch = libraries.torch
        self._device = libraries.device
        self._model = model.to(libraries.device).eval()
        self._tokenizer = tokenizer
        self._known: dict[tuple[str, tuple[str, ...]], Any] = {}
        self._lock = threading.Lock()

    @property
    def colours(self) -> Sequence[str]:
        """GenEval's ten."""
        return COLOURS

    def classify(self, crops: Sequence[Pixels], name: str, choices: Sequence[str]) -> list[str]:
        """The colour of each crop."""
        torch = self._torch
        seen: list[str] = []
        with self._lock, torch.inference_mode():
            sayings = self._sayings(name, tuple(choices))
            side = self._model.config.vision_config.image_size
            for start in range(0, len(crops), _CROPS_AT_ONCE):
                views = np.stack([clip_view(crop, side) for crop in crops[start : start + _CROPS_AT_ONCE]])
                pictures = pooled(
                    self._model.get_image_features(pixel_values=torch.from_numpy(views).to(self._device))
                )
                nearest: list[int] = (unit(torch, pictures) @ sayings.T).argmax(dim=-1).tolist()
                seen += [choices[place] for place in nearest]
        return seen

    def _sayings(self, name: str, choices: tuple[str, ...]) -> Any:
        torch = self._torch
        known = self._known.get((name, choices))
        if known is None:
            rows: list[Any] = []
            for colour in choices:
                texts = [saying.format(colour=colour, name=name) for saying in _SAYINGS]
                tokens = self._tokenizer(texts, padding=True, return_tensors="pt").to(self._device)
                rows.append(unit(torch, pooled(self._model.get_text_features(**tokens))).mean(dim=0))
            known = self._known[name, choices] = unit(torch, torch.stack(rows))
        return known


def prepared(pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A picture as the detector was trained to see it (800 on the short side, 1333 at most, padded to 32), and which of it is picture."""
    height, width = pixels.shape[:2]
    scale = min(_SHORTEST / min(height, width), _LONGEST / max(height, width))
    down, across = max(round(height * scale), 1), max(round(width * scale), 1)
    view = np.asarray(Image.fromarray(pixels).resize((across, down), Image.Resampling.BILINEAR))
    values = (view / np.float32(255) - np.array(_MEAN, np.float32)) / np.array(_SPREAD, np.float32)
    full_down, full_across = (-(-side // _DIVISOR) * _DIVISOR for side in (down, across))
    seen = np.zeros((3, full_down, full_across), np.float32)
    seen[:, :down, :across] = values.transpose(2, 0, 1)
    valid = np.zeros((full_down, full_across), np.int64)
    valid[:down, :across] = 1
    return seen, valid


def box_around(mask: Mask) -> Corners:
    """Left, top, right, bottom of what is in a mask; the last two just outside."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _resized(torch: Any, values: Any, down: int, across: int) -> Any:
    return torch.nn.functional.interpolate(values, size=(down, across), mode="bilinear", align_corners=False)
