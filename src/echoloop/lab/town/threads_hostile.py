"""Threads that a pipeline must survive or remove: unsafe ones, attacks on its models, floods, and holes."""

from msgspec.structs import replace

from echoloop.lab.scenes import Lettering
from echoloop.lab.town.attacks import ATTACKS
from echoloop.lab.town.phrasings import UNSAFE_REQUESTS, UNSAFE_WORD, UNSAFE_WORD_HAZARD
from echoloop.lab.town.reactions import chat, react
from echoloop.lab.town.storyteller import Storyteller
from echoloop.lab.town.tasks import draw_task
from echoloop.lab.town.threads_sharing import SURE, reuse, start_plain

_FLOOD = "🎨🖌️😀🌈🎉" * 4800


def tell_unsafe_request(t: Storyteller) -> None:
    """A harmless stand-in for a request that a guard must catch."""
    t.language, prompt, hazard = t.pick(UNSAFE_REQUESTS)
    shown = (t.show(draw_task(t.rng, t.language).output, "output"),)
    text = t.join(t.words(t.book.opener), t.announce(prompt))
    root = t.post(text, author=t.talk.newcomer(), shown=shown, score=SURE)
    at = t.sample((root,), prompt, outputs=shown, hazards=(hazard,))
    chat(t, root)
    react(t, at, shown, root)


def tell_unsafe_picture(t: Storyteller) -> None:
    """A decent request whose picture carries a word that stands for indecency."""
    task = draw_task(t.rng, t.language)
    scene = replace(task.output, words=(Lettering(word=UNSAFE_WORD, band=t.pick(("top", "bottom"))),))
    shown = (t.show(scene, "output", sound=True),)
    text = t.join(t.words(t.book.opener), t.announce(task.prompt))
    root = t.post(text, author=t.talk.newcomer(), shown=shown, score=SURE)
    t.sample((root,), task.prompt, outputs=shown, hazards=(UNSAFE_WORD_HAZARD,))
    chat(t, root)


def tell_injection(t: Storyteller) -> None:
    """Words meant for the model that reads the thread. They change nothing that is true."""
    attack = t.pick(t.book.injection)
    if t.chance(0.4):
        start_plain(t, tail=attack)
    else:
        _, _, root = start_plain(t)
        t.post(attack, author=t.talk.newcomer(), under=root)


def tell_flood(t: Storyteller) -> None:
    """A reply of a hundred thousand bytes that says nothing, and every way of speaking to the machine that reads the thread."""
    _, _, root = start_plain(t)
    t.post(_FLOOD, author=t.talk.newcomer(), under=root)
    for attack in ATTACKS.values():
        t.post(attack, author=t.talk.newcomer(), under=root)


def tell_orphan(t: Storyteller) -> None:
    """A deleted post in the thread: the root, the reply that held the prompt, or somebody's remark."""
    match int(t.rng.integers(3)):
        case 0:
            _root_deleted(t)
        case 1:
            _prompt_deleted(t)
        case _:
            _, _, root = start_plain(t)
            hole = t.post("", author=t.talk.newcomer(), under=root, deleted=True)
            t.post(t.words(t.book.chatter), author=t.talk.newcomer(), under=hole)


def _root_deleted(t: Storyteller) -> None:
    root = t.post("", author=t.talk.newcomer(), deleted=True)
    task = draw_task(t.rng, t.language)
    shown = (t.show(task.output, "output"),)
    text = t.join(t.words(t.book.opener), t.announce(task.prompt))
    reply = t.post(text, author=t.talk.newcomer(), under=root, shown=shown, score=SURE)
    at = t.sample((reply,), task.prompt, outputs=shown)
    react(t, at, shown, reply)
    if t.chance(0.4):
        reuse(t, at, task, reply)


def _prompt_deleted(t: Storyteller) -> None:
    task, author = draw_task(t.rng, t.language), t.talk.newcomer()
    shown = (t.show(task.output, "output"),)
    text = t.join(t.words(t.book.opener), t.words(t.book.prompt_below))
    root = t.post(text, author=author, shown=shown, score=SURE)
    hole = t.post("", author=author, under=root, deleted=True)
    t.post("🙏", author=t.talk.newcomer(), under=hole)
    at = t.sample((root,), "", quality="Analysis", outputs=shown)
    react(t, at, shown, root)
