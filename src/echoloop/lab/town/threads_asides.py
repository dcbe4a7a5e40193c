"""Threads that talk of the product without giving a whole task, and threads that are about something else."""

from echoloop.lab.town.quoting import opening_part
from echoloop.lab.town.reactions import chat, complain, praise, react
from echoloop.lab.town.storyteller import Storyteller
from echoloop.lab.town.tasks import draw_task
from echoloop.lab.town.threads_sharing import SURE

_NOT_PICTURES = (2, 3)
_UNLIKELY = (1, 3)
_COINCIDENCE = (1, 2)


def tell_commentary(t: Storyteller) -> None:
    """An opinion about the product's pictures, with which others agree. There is no prompt."""
    complains = t.plan.faulty and t.chance(0.4)
    text = t.words(t.book.commentary_failure if complains else t.book.commentary_success)
    root = t.post(text, author=t.talk.newcomer(), score=SURE)
    at = t.sample((root,), "", quality="Analysis")
    if complains:
        t.hear(at, root, text, "failure", "yellow tint")
    else:
        t.hear(at, root, text, "success")
    for _ in range(t.some(1.2)):
        if complains:
            complain(t, at, "yellow tint", root)
        else:
            praise(t, at, root)
    chat(t, root, 0.5)


def tell_partial_prompt(t: Storyteller) -> None:
    """A picture, and as much of the prompt as its author remembers."""
    task = draw_task(t.rng, t.language, word=0)
    fragment = opening_part(task.prompt, 0.55)
    shown = (t.show(task.output, "output"),)
    text = t.words(t.book.partial, fragment=fragment)
    root = t.post(text, author=t.talk.newcomer(), shown=shown, score=SURE)
    at = t.sample((root,), fragment, quality="Analysis", outputs=shown)
    react(t, at, shown, root)


def tell_news(t: Storyteller) -> None:
    """The product, but not its pictures."""
    root = t.post(t.words(t.book.news), author=t.talk.newcomer(), score=_NOT_PICTURES)
    chat(t, root, 0.6)


def tell_rival(t: Storyteller) -> None:
    """A whole task for another product, which says so at once."""
    task = draw_task(t.rng, t.language)
    shown = (t.show(task.output, "junk"),)
    t.post(t.announce(task.prompt, t.book.rival), author=t.talk.newcomer(), shown=shown, score=_UNLIKELY)


def tell_rival_confessed(t: Storyteller) -> None:
    """A task that seems to be ours until its author takes it back."""
    task, author = draw_task(t.rng, t.language), t.talk.newcomer()
    shown = (t.show(task.output, "junk"),)
    text = t.join(t.words(t.book.opener), t.announce(task.prompt))
    root = t.post(text, author=author, shown=shown, score=SURE)
    reply = t.post(t.words(t.book.rival_confession), author=author, under=root)
    t.sample((root, reply), task.prompt, quality="Trash", outputs=shown)
    chat(t, root)


def tell_coincidence(t: Storyteller) -> None:
    """The words of a search term, by chance."""
    root = t.post(t.words(t.book.coincidence), author=t.talk.newcomer(), score=_COINCIDENCE)
    chat(t, root, 0.4)


def tell_spam(t: Storyteller) -> None:
    """An advertisement that borrows the product's tag, with a picture."""
    shown = (t.show(draw_task(t.rng, t.language).output, "junk"),)
    t.post(t.words(t.book.spam), author=t.talk.newcomer(), shown=shown, score=_UNLIKELY)
