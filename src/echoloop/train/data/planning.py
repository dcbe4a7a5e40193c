"""A row of a data set becomes the splits that the model meets, or a reason why it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from echoloop.images import BadImage, Pixels, decode
from echoloop.images import Limits as ImageLimits
from echoloop.records import Mistake
from echoloop.train.bagel.config import BagelConfig
from echoloop.train.data.dropout import Dropout, drop
from echoloop.train.data.rows import Bad, Picture, Row, Unusable
from echoloop.train.data.samples import ImageSplit, Sample, Seen, Split, TextSplit, Tiling, sample_length
from echoloop.train.data.tokens import Tokens
from echoloop.train.data.transforms import LATENTS, PATCHES, UNDERSTANDING, Sizes, resized


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one sample may have. Characters are counted before anything is encoded."""

    tokens: int = 16_384
    references: int = 8
    characters: int = 200_000


@dataclass(frozen=True, kw_only=True)
class Planning:
    """How rows become samples. `references` bounds conditions seen as latents, where they should be smaller than targets."""

    tokens: Tokens
    latents: Sizes = LATENTS
    patches: Sizes = PATCHES
    understanding: Sizes = UNDERSTANDING
    references: Sizes | None = None
    dropout: Dropout = field(default_factory=Dropout)
    limits: Limits = field(default_factory=Limits)
    image_limits: ImageLimits = field(default_factory=ImageLimits)

    @property
    def tiling(self) -> Tiling:
        return Tiling(patch=self.patches.stride, latent=self.latents.stride)


def check_planning(planning: Planning, config: BagelConfig) -> None:
    """`Mistake` where the sizes do not fit the model: before the first step, not in the middle of a night."""
    tables = (
        ("latents", planning.latents, config.pixels_per_latent_token, config.max_latent_size),
        ("references", planning.references or planning.latents, config.pixels_per_latent_token, config.max_latent_size),
        ("patches", planning.patches, config.vit.patch_size, config.vit_max_num_patch_per_side),
        ("understanding", planning.understanding, config.vit.patch_size, config.vit_max_num_patch_per_side),
    )  # fmt: skip
    for name, sizes, stride, side in tables:
        if sizes.stride != stride:
            raise Mistake(
                f"sizes for {name} have a stride of {sizes.stride} pixels, the model's tokens cover {stride}",
                where=f"planning.{name}.stride",
                remedy=f"Set it to {stride}.",
            )
        if sizes.most_tokens_per_side > side:
            raise Mistake(
                f"sizes for {name} allow {sizes.longest} pixels, {sizes.most_tokens_per_side} tokens a side; "
                f"the model's position table has {side}",
                where=f"planning.{name}.longest",
                remedy=f"Set it to {side * stride} or less.",
            )


def plan(row: Row, planning: Planning, rng: np.random.Generator) -> Sample | Bad:
    """The row's sample, its conditions dropped as `rng` says, or why there is none. Never raises for a row."""
    try:
        splits = _splits(row, planning)
        length = sample_length(splits, planning.tiling)
        if length > planning.limits.tokens:
            raise Unusable(
                "too_many_tokens",
                f"{length:,} tokens, the limit is {planning.limits.tokens:,}; "
                "shorten the text or lower the sizes of pictures",
            )
    except Unusable as fault:
        return Bad(name=row.name, dataset=row.dataset, reason=fault.reason, detail=fault.detail)
    if row.kind != "understanding":
        splits = drop(splits, planning.dropout, rng)
    return Sample(splits=tuple(splits), name=row.name, dataset=row.dataset)


def _splits(row: Row, planning: Planning) -> Sequence[Split]:
    if len(row.inputs) > planning.limits.references:
        raise Unusable(
            "too_many_references",
            f"{len(row.inputs)} references, the limit is {planning.limits.references}",
        )
    instruction = _text(row.instruction, "instruction", planning)
    if row.output is None:
        return _understanding(row, instruction, planning)
    splits: list[Split] = []
    for place, picture in enumerate(row.inputs, start=1):
        pixels = _pixels(picture, f"reference {place} of {len(row.inputs)}", planning)
        splits.append(_image(pixels, "clean", planning.references or planning.latents))
        splits.append(_image(pixels, "patches", planning.patches))
    splits.append(instruction)
    if row.thought:
        splits.append(_text(row.thought, "thought", planning, learned=True))
    splits.append(_image(_pixels(row.output, "the output", planning), "target", planning.latents))
    return splits


def _understanding(row: Row, question: TextSplit, planning: Planning) -> Sequence[Split]:
    splits: list[Split] = []
    for place, picture in enumerate(row.inputs, start=1):
        pixels = _pixels(picture, f"picture {place} of {len(row.inputs)}", planning)
        splits.append(_image(pixels, "patches", planning.understanding, len(row.inputs)))
    return [*splits, question, _text(row.answer, "answer", planning, learned=True)]


def _text(text: str, what: str, planning: Planning, *, learned: bool = False) -> TextSplit:
    if not text.strip():
        raise Unusable("empty_instruction", f"the {what} is empty")
    if "\0" in text:
        raise Unusable("null_bytes", f"the {what} holds a null byte at character {text.index(chr(0))}")
    if len(text) > planning.limits.characters:
        raise Unusable(
            "text_too_long",
            f"the {what} has {len(text):,} characters, the limit is {planning.limits.characters:,}",
        )
    special = planning.tokens.special
    ids = [special.bos, *planning.tokens.encode(text.strip()), special.eos]
    return TextSplit(ids=np.array(ids, dtype=np.int64), learned=learned)


def _pixels(picture: Picture, what: str, planning: Planning) -> Pixels:
    try:
        return decode(picture.read(), planning.image_limits).pixels
    except BadImage as fault:
        raise Unusable("picture_unreadable", f"{what} ({picture.where}): {fault}") from fault
    except Unusable as fault:
        raise Unusable(fault.reason, f"{what}: {fault.detail}") from fault
    except OSError as fault:
        raise Unusable(
            "picture_unreadable", f"{what} ({picture.where}): {fault.strerror or fault}"
        ) from fault


def _image(pixels: Pixels, seen: Seen, sizes: Sizes, pictures: int = 1) -> ImageSplit:
    return ImageSplit(pixels=resized(pixels, sizes, pictures), seen=seen)
