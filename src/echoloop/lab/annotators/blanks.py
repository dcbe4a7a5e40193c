"""How a blank was filled: as the picture shows, or, where it leaves a doubt, as the post beside it says."""

from echoloop.lab.annotators.wording import evened
from echoloop.lab.scenes import SceneReading, complete, fill
from echoloop.lab.scenes.vocabulary import COLOURS, NOUNS


def completed(template: str, reading: SceneReading, said: str) -> str | None:
    """The whole prompt; None where neither picture nor words leave no doubt."""
    shown = complete(template, reading)
    if shown is not None:
        return shown
    values = [*(seen.word for seen in reading.words), *_kinds(reading)]
    options = {_filled(template, value) for value in values} - {None}
    named = [option for option in options if option is not None and _names(option, template, said)]
    return named[0] if len(named) == 1 else None


def _kinds(reading: SceneReading) -> list[str]:
    """Colours and nouns that are somewhere in the picture, in the order of the vocabulary."""
    seen = {thing.colour for thing in reading.things} | {thing.noun for thing in reading.things}
    return [value for value in (*COLOURS, *NOUNS) if value in seen]


def _filled(template: str, value: str) -> str | None:
    try:
        return fill(template, value)
    except ValueError:
        return None


def _names(prompt: str, template: str, said: str) -> bool:
    """The post says what the prompt has and the template has not."""
    start = 0
    while start < min(len(prompt), len(template)) and prompt[start] == template[start]:
        start += 1
    end = 0
    while end < min(len(prompt), len(template)) - start and prompt[-1 - end] == template[-1 - end]:
        end += 1
    words = evened(prompt[start : len(prompt) - end]).strip(" .,\"'")
    return len(words) > 1 and words in evened(said)
