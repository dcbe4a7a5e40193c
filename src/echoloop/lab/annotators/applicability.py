"""Whether a metric means anything on a task."""

import msgspec

from echoloop.lab.annotators.wording import cues, evened
from echoloop.lab.scenes import Add, AddWord, EditRequest, Remove, RewriteWord, understand

_LEAVE_COLOURS = (Add, AddWord, Remove, RewriteWord)
_CHANGE_COLOURS = cues(
    r"~re-?colou?r", r"~colou?r", r"~background", r"~backdrop", r"~style~", r"~night~", r"~sunset~",
    r"~season~", r"~winter~", r"~summer~", r"~black and white~", r"~combine~", r"~merge~", r"~darker~",
    r"~brighter~", r"~turn (?:it|this) into", r"~as an? ", r"~in the style", r"~lighting~", r"~color",
    r"~fondo~", r"estilo", r"~noche~", r"~combina", r"~pinta", r"颜色", r"背景", r"风格", r"夜", r"合成",
    r"变成", r"色", r"風", r"夜", r"合成",
)  # fmt: skip


class ApplicabilityQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about a metric."""

    metric: str
    prompt: str
    description: str = ""
    input_pictures: int = 0


class Applicability(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    applies: bool
    rationale: str = ""


def judge_applicability(question: ApplicabilityQuestion) -> Applicability:
    """Colour shift asks for an input picture whose colours the task leaves alone; no other metric is known here."""
    if question.metric != "color_shift":
        return Applicability(applies=False, rationale="The reader does not know this metric.")
    if question.input_pictures < 1:
        return Applicability(applies=False, rationale="There is no input picture to compare with.")
    request = understand(question.prompt)
    if isinstance(request, EditRequest):
        if isinstance(request.edit, _LEAVE_COLOURS):
            return Applicability(applies=True, rationale="The edit leaves the colours of the picture alone.")
        return Applicability(applies=False, rationale="The edit changes colours itself.")
    if request is not None:
        return Applicability(applies=False, rationale="The task describes a picture of its own.")
    if question.input_pictures > 1 or _CHANGE_COLOURS.search(evened(question.prompt)):
        return Applicability(applies=False, rationale="The task seems to change colours itself.")
    return Applicability(applies=True, rationale="Nothing in the task asks for other colours.")
