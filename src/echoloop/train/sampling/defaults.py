"""How a checkpoint wants to be sampled: sizes and guidance, from `sampling.json` beside its weights where there is one."""

from pathlib import Path

import msgspec

from echoloop.records import Mistake
from echoloop.train.data.transforms import LATENTS, PATCHES, Sizes
from echoloop.train.sampling.guidance import MULTI_REFERENCE, Guidance

FILE_NAME = "sampling.json"


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """Without a file: what the published model is sampled with. `thoughts`: most tokens of a thought or an answer."""

    width: int = 1024
    height: int = 1024
    latents: Sizes = LATENTS
    patches: Sizes = PATCHES
    text_to_image: Guidance = Guidance(image_scale=1.0)
    editing: Guidance = Guidance(image_scale=2.0, interval=(0.0, 1.0), renorm="text_channel")
    multi_reference: Guidance = MULTI_REFERENCE
    thoughts: int = 1_000


def read_defaults(folder: Path) -> Defaults:
    """The checkpoint's own, or the published model's."""
    path = folder / FILE_NAME
    if not path.is_file():
        return Defaults()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Defaults)
    except msgspec.MsgspecError as fault:
        raise Mistake(str(fault), where=path, remedy="Correct the file, or remove it.") from fault


def write_defaults(folder: Path, defaults: Defaults) -> None:
    """Beside the weights, so that whoever loads them samples them as they were meant to be."""
    (folder / FILE_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(defaults)))
