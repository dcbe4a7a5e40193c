"""Prompts with a blank, and what people put into it."""

import msgspec
import numpy as np

from echoloop.lab.scenes import (
    Language,
    Scene,
    SceneRequest,
    Slot,
    blank_template,
    complete,
    fill,
    realise,
    sample_word,
    understand,
)
from echoloop.lab.scenes.vocabulary import COLOURS, NOUNS
from echoloop.lab.town.tasks import as_read, draw_task

_SLOTS: tuple[Slot, ...] = ("COLOUR", "OBJECT", "WORD")
_MOST_TRIES = 200


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """One person's picture, and the words that stand in the place of the blank."""

    words: str
    prompt: str
    output: Scene


class BlankTask(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt with a blank and its completions, all different; the first is its author's own."""

    template: str
    completions: tuple[Completion, ...]


def blank_task(rng: np.random.Generator, language: Language, count: int) -> BlankTask:
    """A blank that each of its completions' pictures tells, so that what was meant can be known."""
    while True:
        slot = _SLOTS[int(rng.integers(len(_SLOTS)))]
        prompt = draw_task(rng, language, word=float(slot == "WORD")).prompt
        template = blank_template(prompt, slot, rng)
        if template is None:
            continue
        completions: dict[str, Completion] = {}
        for _ in range(_MOST_TRIES):
            made = _completion(template, _value(slot, rng), rng)
            if made is not None:
                completions.setdefault(made.prompt, made)
            if len(completions) == count:
                return BlankTask(template=template, completions=tuple(completions.values()))


def _value(slot: Slot, rng: np.random.Generator) -> str:
    if slot == "WORD":
        return sample_word(rng)
    values = COLOURS if slot == "COLOUR" else NOUNS
    return values[int(rng.integers(len(values)))]


def _completion(template: str, value: str, rng: np.random.Generator) -> Completion | None:
    """None where a faultless reader of the picture could not say what was meant."""
    prompt = fill(template, value)
    request = understand(prompt)
    if not isinstance(request, SceneRequest):
        return None
    output = realise(request, rng)
    if complete(template, as_read(output)) != prompt:
        return None
    return Completion(words=_difference(template, prompt), prompt=prompt, output=output)


def _difference(template: str, prompt: str) -> str:
    """The words of the prompt that are not in the template."""
    gap = " " if " " in template else ""
    before, after = (text.split(gap) if gap else list(text) for text in (template, prompt))
    start = next(at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    pairs = zip(reversed(before), reversed(after), strict=False)
    tail = next(at for at, (old, new) in enumerate(pairs) if old != new)
    return gap.join(after[start : len(after) - tail]).strip(" .,;\"'“”「」«»")
