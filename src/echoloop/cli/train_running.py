"""`echoloop train run`: a recipe, its changes, and the data it reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from echoloop.cli.messages import say, then
from echoloop.records import Mistake
from echoloop.train.bagel import BagelConfig
from echoloop.train.checkpoints import load_autoencoder, load_config
from echoloop.train.data import (
    LATENTS,
    PATCHES,
    UNDERSTANDING,
    Bad,
    Dataset,
    Planning,
    Share,
    Sizes,
    open_dataset,
)
from echoloop.train.data import open_tokens as open_words
from echoloop.train.running import DataFeed, Settings, Start, echo4o, echo4o_lora, tiny, train
from echoloop.train.sampling import read_defaults


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the command line says instead of the recipe."""

    recipe: str
    steps: int | None = None
    rate: float | None = None
    accumulate: int | None = None
    pack: int | None = None
    precision: str | None = None
    generation_only: bool = False
    compile: bool = False
    seed: int = 0


def run_training(data: Sequence[str], model: Path, out: Path, fill: Path | None, wishes: Wishes) -> None:
    """Train, and say where the result lies."""
    if not data:
        raise Mistake("there is nothing to learn from", remedy="Name a data set: a folder or a file.")
    settings = settings_of(wishes)
    config = load_config(model)
    feed = DataFeed(
        shares=[_share(text) for text in data],
        planning=_planning(model, config),
        config=config,
        settings=settings,
        bad=tell_left_out,
    )
    start = Start(config=config, weights=model, fill=fill, tokens=model)
    outcome = train(start, settings, load_autoencoder(model, config), feed, out, say)
    if outcome.published is not None:
        then(f'`echoloop train sample {outcome.published} "..."`')


def settings_of(wishes: Wishes) -> Settings:
    """The recipe with what was said instead."""
    recipes = {"echo4o": echo4o, "echo4o-lora": echo4o_lora, "tiny": tiny}
    settings = replace(recipes[wishes.recipe](), seed=wishes.seed, compile=wishes.compile)
    if wishes.steps is not None:
        settings = replace(settings, steps=wishes.steps)
    if wishes.rate is not None:
        settings = replace(settings, optimiser=replace(settings.optimiser, rate=wishes.rate))
    if wishes.accumulate is not None:
        settings = replace(settings, accumulate=wishes.accumulate)
    if wishes.precision is not None:
        settings = replace(settings, precision=wishes.precision)
    if wishes.generation_only:
        settings = replace(settings, tuning="generation")
    if wishes.pack is not None:
        most = wishes.pack * settings.data.most // settings.data.expected
        sample = min(settings.data.sample, wishes.pack)
        settings = replace(
            settings, data=replace(settings.data, expected=wishes.pack, most=most, sample=sample)
        )
    return settings


def _share(text: str) -> Share:
    """PATH or PATH=WEIGHT."""
    path, _, weight = text.rpartition("=")
    if not path:
        return Share(opened(Path(text)))
    try:
        return Share(opened(Path(path)), float(weight))
    except ValueError:
        raise Mistake(f"the weight of {path} is {weight!r}", remedy="Write PATH=2, or PATH alone.") from None


def _planning(model: Path, config: BagelConfig) -> Planning:
    """The published sizes, or those the checkpoint was made for."""
    defaults = read_defaults(model)
    if config.pixels_per_latent_token == LATENTS.stride and config.vit.patch_size == PATCHES.stride:
        return Planning(tokens=open_words(model), understanding=_within(UNDERSTANDING, config))
    return Planning(
        tokens=open_words(model),
        latents=defaults.latents,
        patches=defaults.patches,
        understanding=defaults.patches,
    )


def _within(sizes: Sizes, config: BagelConfig) -> Sizes:
    return replace(sizes, longest=min(sizes.longest, config.vit_max_num_patch_per_side * sizes.stride))


def opened(path: Path) -> Dataset:
    """The data set at a path; what is damaged in it is said at once."""
    dataset = open_dataset(path)
    for fault in dataset.faults:
        tell_left_out(fault)
    return dataset


def tell_left_out(bad: Bad) -> None:
    """One line for a row that cannot be learned from."""
    say(f"left out {bad.name}: {bad.detail}")
