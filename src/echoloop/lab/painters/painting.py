"""An image model of the lab: reads the prompt and the input pixels, paints, and errs as its faults say."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from echoloop.images import Pixels
from echoloop.lab.painters.faults import PainterFaults
from echoloop.lab.painters.framing import too_close
from echoloop.lab.painters.shading import shade
from echoloop.lab.painters.slipping import Slip, with_slips
from echoloop.lab.scenes import (
    Fact,
    Scene,
    SceneReading,
    SceneRequest,
    apply_edit,
    draw,
    facts,
    read,
    realise,
    sample_scene,
    scene_of,
    understand,
)

_SHORT_SIDE = 192
_LONG_SIDE = 3 * _SHORT_SIDE


class Painter(msgspec.Struct, frozen=True, kw_only=True):
    """A name, an invented developer, faults, and the seed that tells twins apart."""

    name: str
    developer: str
    faults: PainterFaults = PainterFaults()
    seed: int = 0


@dataclass(frozen=True)
class Painted:
    """A picture, and (for the lab's own books, never for a judge) how it errs."""

    pixels: Pixels
    slips: tuple[Slip, ...] = ()
    understood: bool = True


@dataclass(frozen=True)
class RefusedToPaint:
    """The painter declines this prompt, every time it is asked."""

    message: str


@dataclass(frozen=True)
class CrashedPainting:
    """The call failed; asked again (another `call`), it may succeed."""

    status: int
    message: str


@dataclass(frozen=True)
class SpoiltPainting:
    """What was delivered is no picture, every time this prompt is asked."""

    data: bytes


def paint(
    painter: Painter, prompt: str, inputs: Sequence[Pixels], seed_material: bytes | str = b"", call: int = 0
) -> Painted | RefusedToPaint | CrashedPainting | SpoiltPainting:
    """What the painter returns for a request: the same for the same arguments, whatever was painted before.

    `seed_material` tells deliberate repeats apart; `call` counts attempts at one request and moves only failures.
    """
    material = _bytes(seed_material) if isinstance(seed_material, str) else seed_material
    request = [_bytes(prompt), material, *(_picture_key(pixels) for pixels in inputs)]
    if _dice(painter, b"call", str(call).encode(), *request).random() < painter.faults.failure_rate:
        return CrashedPainting(500, "the painter's brush broke; try again")
    if _dice(painter, b"refuse", _bytes(prompt)).random() < painter.faults.refusal_rate:
        return RefusedToPaint("This request is against the studio's content rules, so no picture was made.")
    if _dice(painter, b"spoil", _bytes(prompt)).random() < painter.faults.spoilt_rate:
        return SpoiltPainting(b"the canvas tore " + hashlib.sha256(b"".join(request)).digest())
    return _painted(painter, prompt, inputs, _dice(painter, b"paint", *request))


def _painted(painter: Painter, prompt: str, inputs: Sequence[Pixels], rng: np.random.Generator) -> Painted:
    readings = [read(pixels) for pixels in inputs]
    planned = _plan(prompt, readings, rng)
    if planned is None:
        return Painted(_finished(painter, sample_scene(rng), rng), understood=False)
    scene, claims = planned
    before = scene_of(readings[0]) if readings else None
    scene, slips = with_slips(scene, before, claims, painter.faults, rng)
    return Painted(_finished(painter, scene, rng), slips)


def _plan(
    prompt: str, readings: Sequence[SceneReading], rng: np.random.Generator
) -> tuple[Scene, tuple[Fact, ...]] | None:
    """The faultless scene and its claims; None where the prompt makes no sense to a painter."""
    request = understand(prompt)
    if isinstance(request, SceneRequest):
        return realise(request, rng), facts(request)
    if request is None or len(readings) < request.inputs:
        return None
    scene = apply_edit(request.edit, readings)
    width, height = _canvas(scene.width, scene.height)
    return msgspec.structs.replace(scene, width=width, height=height), facts(request, readings)


def _canvas(width: int, height: int) -> tuple[int, int]:
    scale = _SHORT_SIDE / min(width, height)
    return min(round(width * scale), _LONG_SIDE), min(round(height * scale), _LONG_SIDE)


def _finished(painter: Painter, scene: Scene, rng: np.random.Generator) -> Pixels:
    reach = painter.faults.jitter
    right, down = (int(step) for step in rng.integers(-reach, reach + 1, 2))
    wide = msgspec.structs.replace(scene, width=round(scene.width * (1 + painter.faults.stretch)))
    return shade(
        too_close(draw(wide, (right, down)), painter.faults.crop), painter.faults.tint, painter.faults.darken
    )


def _picture_key(pixels: Pixels) -> bytes:
    return hashlib.sha256(f"{pixels.shape}".encode() + pixels.tobytes()).digest()


def _dice(painter: Painter, *parts: bytes) -> np.random.Generator:
    hashed = hashlib.sha256(f"painter {painter.seed}".encode())
    for part in parts:
        hashed.update(hashlib.sha256(part).digest())
    return np.random.default_rng(int.from_bytes(hashed.digest()[:16], "big"))


def _bytes(text: str) -> bytes:
    """Any text, half emoji included."""
    return text.encode("utf-8", "surrogatepass")
