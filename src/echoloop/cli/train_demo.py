"""`echoloop train demo`: the miniature learns from files that the lab wrote, and the lab's reader judges what it draws."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from echoloop.cli.messages import say
from echoloop.images import Pixels, encode_png
from echoloop.lab.training import SIDE, Lesson, fully_right, reference_lessons, text_lessons, write_lessons
from echoloop.records import Mistake, Problem
from echoloop.statistics import share_interval
from echoloop.train.checkpoints import load_autoencoder, load_config
from echoloop.train.data import Share, open_dataset
from echoloop.train.miniature import seconds_a_step, tiny_planning, write_tiny
from echoloop.train.running import DataFeed, Settings, Start, tiny, train
from echoloop.train.sampling import DrawRequest, Sampler, load
from echoloop.workspace import place_file

TEXT_FLOOR = 0.80
REFERENCES_FLOOR = 3.0
TEXTS, REFERENCES, HELD_OUT = 15_000, 5_000, 200
_TOGETHER = 50


@dataclass(frozen=True)
class Marks:
    """Of the wishes that were held out, which were drawn fully right. `swapped`: pictures from two references beside the wish
    of the next row: what a model reaches that draws well and looks at the wrong pictures."""

    text: tuple[bool, ...]
    references: tuple[bool, ...]
    swapped: tuple[bool, ...]


def run_miniature(out: Path, minutes: float, seed: int) -> None:
    """Train, draw, judge, and say what was found. Raises Problem below the floors."""
    began = time.monotonic()
    prepare(out, seed)
    say(f"wrote {TEXTS + REFERENCES:,} rows in Echo-4o-Image's layout in {time.monotonic() - began:.0f} s")
    steps = steps_within(out, minutes * 60, seed)
    say(f"training {steps:,} steps, about {minutes:g} minutes")
    model = trained(out, steps, seed)
    marks = judged(model, seed, out / "pictures")
    for line in told(marks):
        say(line)
    say(f"{(time.monotonic() - began) / 60:.1f} minutes in all; pictures are in {out / 'pictures'}")
    hold(marks)


def prepare(out: Path, seed: int, *, shuffled: bool = False) -> None:
    """Rows to learn from, and a checkpoint to begin with."""
    if out.exists():
        raise Mistake(
            "the folder is already there", where=out, remedy="Name another with --out, or remove it."
        )
    lessons = [*text_lessons(TEXTS, seed), *reference_lessons(REFERENCES, seed)]
    write_lessons(out / "data", lessons, shuffled=seed if shuffled else None)
    write_tiny(out / "start", [lesson.instruction for lesson in lessons], seed)


def steps_within(out: Path, seconds: float, seed: int) -> int:
    """How many steps this machine makes in that time, by a trial of a few."""
    trial = out / "trial"
    _train(out, replace(tiny(), steps=8, seed=seed), trial, lambda _: None)
    took = seconds_a_step(trial)
    shutil.rmtree(trial)
    return max(1, int(seconds / took))


def trained(out: Path, steps: int, seed: int) -> Path:
    """The trained model's folder."""
    published = _train(out, replace(tiny(), steps=steps, seed=seed), out / "run", say)
    if published is None:
        raise Problem("training was stopped before its end", where=out / "run", remedy="Run the demo again.")
    return published.rename(out / "model")


def judged(model: Path, seed: int, pictures: Path | None = None) -> Marks:
    """Draw every wish that was held out, and read what was drawn."""
    sampler = Sampler(load(model, "cpu"))
    texts = list(text_lessons(HELD_OUT, seed, held_out=True))
    pairs = list(reference_lessons(HELD_OUT, seed, held_out=True))
    drawn, combined = _drawn(sampler, texts), _drawn(sampler, pairs)
    if pictures is not None:
        _keep(pictures, "text", texts, drawn)
        _keep(pictures, "references", pairs, combined)
    return Marks(
        text=_right(texts, drawn),
        references=_right(pairs, combined),
        swapped=_right([*pairs[1:], pairs[0]], combined),
    )


def told(marks: Marks) -> list[str]:
    """The table of the demo."""
    rows = (
        ("text -> scene, fully right", marks.text, f"floor {TEXT_FLOOR:.0%}"),
        ("two references -> scene, fully right", marks.references, f"floor {REFERENCES_FLOOR:g}x chance"),
        ("chance: the same beside another row's wish", marks.swapped, ""),
    )
    return [f"  {name:<44} {_share(right)}  {floor}" for name, right, floor in rows]


def hold(marks: Marks) -> None:
    """Raises Problem below the floors. A chance of nought is taken as one in all: a floor of nothing would hold nothing."""
    text = sum(marks.text) / len(marks.text)
    chance = max(sum(marks.swapped), 1)
    if text < TEXT_FLOOR or sum(marks.references) < REFERENCES_FLOOR * chance:
        raise Problem(
            "the miniature did not learn what it should have",
            remedy="Give it more --minutes on a slow or busy machine; otherwise something is wrong in training.",
        )


def _train(out: Path, settings: Settings, run: Path, tell: Callable[[str], None]) -> Path | None:
    start = out / "start"
    config = load_config(start)
    feed = DataFeed(
        shares=[Share(open_dataset(out / "data"))],
        planning=tiny_planning(start),
        config=config,
        settings=settings,
    )
    codec = load_autoencoder(start, config)
    return train(Start(config=config, weights=start), settings, codec, feed, run, tell).published


def _drawn(sampler: Sampler, lessons: Sequence[Lesson]) -> list[Pixels]:
    requests = [
        DrawRequest(
            prompt=lesson.instruction,
            references=lesson.reference_pictures,
            seed=number,
            width=SIDE,
            height=SIDE,
        )
        for number, lesson in enumerate(lessons)
    ]
    return [
        drawn.pixels
        for at in range(0, len(requests), _TOGETHER)
        for drawn in sampler.draw(requests[at : at + _TOGETHER])
    ]


def _right(lessons: Sequence[Lesson], pictures: Sequence[Pixels]) -> tuple[bool, ...]:
    return tuple(fully_right(lesson, pixels) for lesson, pixels in zip(lessons, pictures, strict=True))


def _keep(folder: Path, kind: str, lessons: Sequence[Lesson], pictures: Sequence[Pixels]) -> None:
    """One sheet: what was wished for above what was drawn, and the wishes as text."""
    rows = [np.hstack([lesson.picture for lesson in lessons[:10]]), np.hstack(pictures[:10])]
    place_file(folder / f"{kind}.png", encode_png(np.vstack(rows)))
    wishes = "".join(f"{lesson.instruction}\n" for lesson in lessons[:10])
    place_file(folder / f"{kind}.txt", wishes.encode())


def _share(right: Sequence[bool]) -> str:
    share, low, high = share_interval(sum(right), len(right))
    return f"{share:6.1%}  ({low:.1%} to {high:.1%}, n = {len(right)})"
