"""Threads in which somebody posts a prompt with a blank and others answer with pictures of their own word."""

from echoloop.lab.town.blanks import blank_task
from echoloop.lab.town.reactions import chat, react
from echoloop.lab.town.storyteller import Storyteller
from echoloop.lab.town.threads_sharing import SURE

_MOST_COMPLETIONS = 5


def tell_fill_in_the_blank(t: Storyteller) -> None:
    """Every completion is a sample of its own, whose prompt nobody has written."""
    blank = blank_task(t.rng, t.language, 2 + int(t.rng.integers(_MOST_COMPLETIONS)))
    first, *others = blank.completions
    shown = (t.show(first.output, "output", sound=True),)
    text = t.join(t.words(t.book.blank_call), t.announce(blank.template))
    root = t.post(text, author=t.talk.newcomer(), shown=shown, score=SURE)
    at = t.sample((root,), first.prompt, outputs=shown, filled=True)
    react(t, at, shown, root)
    for completion in others:
        made = (t.show(completion.output, "output", sound=True),)
        remark = t.words(t.book.completion, word=completion.words)
        reply = t.post(remark, author=t.talk.newcomer(), under=root, shown=made)
        at = t.sample((reply, root), completion.prompt, outputs=made, filled=True)
        if t.chance(0.3):
            react(t, at, made, reply)
    chat(t, root)
