"""What others reply to a picture: praise, complaints that are true, work-arounds, questions, and small talk."""

from collections.abc import Sequence

import msgspec

from echoloop.lab.town.conversation import SaidPost
from echoloop.lab.town.storyteller import Shown, Storyteller
from echoloop.lab.town.truth import Defect

_COMPLAINED = 0.85
_FURTHER_COMPLAINTS = 0.9
_PRAISES = {True: 0.4, False: 2.1}
_NEUTRALS = 0.25


def react(t: Storyteller, at: int, shown: Sequence[Shown], under: SaidPost) -> None:
    """Replies to a post with pictures. Nobody complains of what is not there."""
    defects: dict[Defect, None] = {each.defect: None for each in shown if each.defect is not None}
    for defect in defects:
        if t.chance(_COMPLAINED):
            for _ in range(1 + t.some(_FURTHER_COMPLAINTS)):
                complain(t, at, defect, under)
    for _ in range(t.some(_PRAISES[bool(defects)])):
        praise(t, at, under)
    for _ in range(t.some(_NEUTRALS)):
        neutral = t.post(t.words(t.book.neutral), author=t.talk.newcomer(), under=under)
        t.hear(at, neutral, neutral.text, "neither")
    if defects and t.chance(0.25):
        _solve(t, at, under)
    if t.plan.faulty and t.chance(0.08):
        _explore(t, at, under)
    chat(t, under)


class Regret(msgspec.Struct, frozen=True):
    """What authors say of a fault in their own picture; no words where there is nothing to say."""

    words: str = ""
    defect: Defect | None = None


def own_regret(t: Storyteller, shown: Sequence[Shown], probability: float) -> Regret:
    """The words for an author's own post, before it is written."""
    defect = shown[0].defect
    if defect is None or not t.chance(probability):
        return Regret()
    return Regret(t.words(t.book.complaint[defect]), defect)


def hear_regret(t: Storyteller, at: int, post: SaidPost, regret: Regret) -> None:
    """The same words as feedback, once the post exists."""
    if regret.defect is not None:
        t.hear(at, post, regret.words, "failure", regret.defect)


def chat(t: Storyteller, under: SaidPost, probability: float = 0.35) -> None:
    """Replies that say nothing of the picture."""
    if t.chance(probability):
        t.post(t.words(t.book.chatter), author=t.talk.newcomer(), under=under)
    if t.chance(0.04):
        t.post(t.words(t.book.spam_reply), author=t.talk.newcomer(), under=under)


def complain(t: Storyteller, at: int, defect: Defect, under: SaidPost) -> None:
    """Somebody names a fault."""
    complaint = t.post(t.words(t.book.complaint[defect]), author=t.talk.newcomer(), under=under)
    t.hear(at, complaint, complaint.text, "failure", defect)


def praise(t: Storyteller, at: int, under: SaidPost) -> None:
    """Somebody likes it."""
    liking = t.post(t.words(t.book.praise), author=t.talk.newcomer(), under=under)
    t.hear(at, liking, liking.text, "success")
    if t.chance(0.08):
        t.post("🙏", author=under.author, under=liking)


def _solve(t: Storyteller, at: int, under: SaidPost) -> None:
    solution = t.post(t.words(t.book.solution), author=t.talk.newcomer(), under=under)
    t.hear(at, solution, solution.text, "neither", kind="solution")


def _explore(t: Storyteller, at: int, under: SaidPost) -> None:
    question = t.post(t.words(t.book.exploration), author=t.talk.newcomer(), under=under)
    t.hear(at, question, question.text, "neither", kind="exploration")
