"""Threads in which a picture goes in and another comes out."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from echoloop.lab.town.reactions import react
from echoloop.lab.town.storyteller import Shown, Storyteller
from echoloop.lab.town.tasks import Task, combine_task, edit_task
from echoloop.lab.town.threads_sharing import SURE

_Telling: TypeAlias = Literal["input first", "output first", "alt", "alt reversed", "silent"]
_TELLINGS: tuple[tuple[_Telling, float], ...] = (
    ("input first", 5),
    ("output first", 2),
    ("alt", 2),
    ("alt reversed", 1),
    ("silent", 1),
)


def tell_edit(t: Storyteller) -> None:
    """Which picture is which is said in words, in the pictures' descriptions, or by their order alone."""
    task, author, telling = edit_task(t.rng, t.language), t.talk.newcomer(), t.weighted(_TELLINGS)
    labelled = telling in ("alt", "alt reversed")
    given = _given(t, task, alt=t.words(t.book.alt_before) if labelled else "")
    made = t.show(task.output, "output", edited=True, alt=t.words(t.book.alt_after) if labelled else "")
    in_order = (*given, made) if telling in ("input first", "alt", "silent") else (made, *given)
    which = _which(t, telling)
    if t.chance(0.3):
        text = t.join(t.words(t.book.edit_opener), which, t.words(t.book.prompt_below))
        root = t.post(text, author=author, shown=in_order, score=SURE)
        reply = t.post(t.announce(task.prompt), author=author, under=root)
        posts = (root, reply)
    else:
        text = t.join(t.words(t.book.edit_opener), which, t.announce(task.prompt))
        root = t.post(text, author=author, shown=in_order, score=SURE)
        posts = (root,)
    at = t.sample(posts, task.prompt, inputs=given, outputs=(made,))
    react(t, at, (made,), root)


def tell_multi_reference(t: Storyteller) -> None:
    """Two pictures go in."""
    task = combine_task(t.rng, t.language)
    given = _given(t, task)
    made = t.show(task.output, "output", edited=True)
    text = t.join(t.words(t.book.edit_opener), t.words(t.book.two_references), t.announce(task.prompt))
    root = t.post(text, author=t.talk.newcomer(), shown=(*given, made), score=SURE)
    at = t.sample((root,), task.prompt, inputs=given, outputs=(made,))
    react(t, at, (made,), root)


def _given(t: Storyteller, task: Task, alt: str = "") -> Sequence[Shown]:
    return tuple(t.show(scene, "input", alt=alt) for scene in task.inputs)


def _which(t: Storyteller, telling: _Telling) -> str:
    if telling == "input first":
        return t.words(t.book.input_first)
    if telling == "output first":
        return t.words(t.book.output_first)
    return ""
