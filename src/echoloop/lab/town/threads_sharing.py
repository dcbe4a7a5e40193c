"""Threads in which somebody shares a picture made from words, and others join in."""

from collections.abc import Sequence

from echoloop.lab.town.conversation import SaidPost
from echoloop.lab.town.quoting import halves
from echoloop.lab.town.reactions import chat, hear_regret, own_regret, react
from echoloop.lab.town.storyteller import Shown, Storyteller
from echoloop.lab.town.tasks import Task, changed_task, draw_task

SURE = (4, 5)


def tell_plain(t: Storyteller) -> None:
    """One post with prompt and picture."""
    start_plain(t)
    if t.chance(0.2):
        _rival_reply(t)


def tell_prompt_in_reply(t: Storyteller) -> None:
    """The picture is in the first post; its author writes the prompt further down, now and then in two halves."""
    task, author = draw_task(t.rng, t.language), t.talk.newcomer()
    shown = _variants(t, task)
    text = t.join(t.words(t.book.opener), t.words(t.book.prompt_below))
    root = t.post(text, author=author, shown=shown, score=SURE)
    above = root
    if t.chance(0.3):
        above = t.post(t.words(t.book.prompt_request), author=t.talk.newcomer(), under=root)
    first, second = halves(task.prompt) if t.chance(0.12) else (task.prompt, "")
    if second:
        reply = t.post(
            t.join(t.announce(first), t.words(t.book.prompt_continues)), author=author, under=above
        )
        rest = t.post(second, author=author, under=reply)
        at = t.sample((root, reply, rest), task.prompt, outputs=shown, modified=True)
    else:
        text = task.prompt if t.chance(0.25) else t.announce(task.prompt)
        reply = t.post(text, author=author, under=above)
        at = t.sample((root, reply), task.prompt, outputs=shown)
    react(t, at, shown, root)
    if t.chance(0.25):
        reuse(t, at, task, reply)


def tell_branching(t: Storyteller) -> None:
    """Others use the prompt, change it a little, or bring tasks of their own."""
    at, task, root = start_plain(t)
    for _ in range(1 + int(t.rng.integers(2))):
        reuse(t, at, task, root)
    if t.chance(0.7):
        new = draw_task(t.rng, t.language)
        _own_task(t, new, t.announce(new.prompt, t.book.new_task), root)
    if t.chance(0.7):
        changed = changed_task(task, t.rng, t.language)
        _own_task(t, changed, t.announce(changed.prompt, t.book.small_change), root)
    if t.chance(0.3):
        _rival_reply(t)


def start_plain(t: Storyteller, *, tail: str = "") -> tuple[int, Task, SaidPost]:
    """A first post with prompt and picture, and what people say of it."""
    task = draw_task(t.rng, t.language)
    shown = _variants(t, task)
    parts = [t.words(t.book.opener), t.announce(task.prompt)]
    if t.chance(0.2):
        parts.reverse()
    regret = own_regret(t, shown, 0.15)
    text = t.join(*parts, regret.words, tail)
    root = t.post(text, author=t.talk.newcomer(), shown=shown, score=SURE)
    at = t.sample((root,), task.prompt, outputs=shown)
    hear_regret(t, at, root, regret)
    react(t, at, shown, root)
    return at, task, root


def reuse(t: Storyteller, at: int, task: Task, under: SaidPost) -> None:
    """Somebody tries the same prompt: their picture belongs to the same sample."""
    shown = (t.show(task.output, "output"),)
    text = t.words(t.book.reuse)
    if t.chance(0.15):
        text = f"{text} {under.address.wrapped(t.rng)}".strip()
    regret = own_regret(t, shown, 0.4)
    reply = t.post(t.join(text, regret.words), author=t.talk.newcomer(), under=under, shown=shown)
    t.extend(at, reply, shown)
    hear_regret(t, at, reply, regret)
    if shown[0].defect or t.chance(0.3):
        react(t, at, shown, reply)


def _own_task(t: Storyteller, task: Task, text: str, under: SaidPost) -> None:
    shown = (t.show(task.output, "output"),)
    found = t.plan.product in text
    reply = t.post(text, author=t.talk.newcomer(), under=under, shown=shown, score=SURE if found else None)
    at = t.sample((reply,), task.prompt, outputs=shown)
    if shown[0].defect or t.chance(0.4):
        react(t, at, shown, reply)


def _rival_reply(t: Storyteller) -> None:
    """A picture by another product under ours is not ours."""
    shown = (t.show(draw_task(t.rng, t.language).output, "junk"),)
    reply = t.post(t.words(t.book.rival_reply), author=t.talk.newcomer(), under=t.talk.root, shown=shown)
    t.sample((reply,), "", quality="Trash", outputs=shown)
    chat(t, reply, 0.1)


def _variants(t: Storyteller, task: Task) -> Sequence[Shown]:
    """Some people post two or three pictures of one prompt."""
    count = int(t.rng.choice((1, 1, 1, 1, 2, 3)))
    return tuple(t.show(task.output, "output") for _ in range(count))
