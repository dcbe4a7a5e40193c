"""Whether a metric means anything on a task."""

import re

import msgspec

from echoloop.lab.annotators.looking import wanted_words
from echoloop.lab.annotators.wording import cues, evened
from echoloop.lab.scenes import (
    Add,
    AddWord,
    Combine,
    EditRequest,
    KeepFace,
    Remove,
    RewriteWord,
    SceneRequest,
    understand,
)

_LEAVE_COLOURS = (Add, AddWord, Remove, RewriteWord)
_CHANGE_COLOURS = cues(
    r"~re-?colou?r", r"~colou?r", r"~background", r"~backdrop", r"~style~", r"~night~", r"~sunset~",
    r"~season~", r"~winter~", r"~summer~", r"~black and white~", r"~combine~", r"~merge~", r"~darker~",
    r"~brighter~", r"~turn (?:it|this) into", r"~as an? ", r"~in the style", r"~lighting~", r"~color",
    r"~fondo~", r"estilo", r"~noche~", r"~combina", r"~pinta", r"颜色", r"背景", r"风格", r"夜", r"合成",
    r"变成", r"色", r"風", r"夜", r"合成",
)  # fmt: skip
_SHAPE = re.compile(r"(?<!\d)\d{1,2}:\d{1,2}(?!\d)|\d{3,4} ?[x×] ?\d{3,4}")


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
    """Whether a metric that is known here means something for the task."""
    match question.metric:
        case "color_shift":
            return _colours(question)
        case "structure_distance" | "structure_splice":
            return _layout(question)
        case "face_similarity":
            return _face(question)
        case "text_rendering" | "text_ocr":
            return _text(question)
        case "object_count":
            return _count(question)
        case "aspect_ratio":
            return _shape(question)
        case "framing":
            return _framing(question)
        case _:
            return _no("The reader does not know this metric.")


def _colours(question: ApplicabilityQuestion) -> Applicability:
    """Asks for an input picture whose colours the task leaves alone."""
    if question.input_pictures < 1:
        return _no("There is no input picture to compare with.")
    request = understand(question.prompt)
    if isinstance(request, EditRequest):
        if isinstance(request.edit, _LEAVE_COLOURS):
            return _yes("The edit leaves the colours of the picture alone.")
        return _no("The edit changes colours itself.")
    if request is not None:
        return _no("The task describes a picture of its own.")
    if question.input_pictures > 1 or _CHANGE_COLOURS.search(evened(question.prompt)):
        return _no("The task seems to change colours itself.")
    return _yes("Nothing in the task asks for other colours.")


def _layout(question: ApplicabilityQuestion) -> Applicability:
    request = understand(question.prompt)
    if isinstance(request, EditRequest) and not isinstance(request.edit, Combine):
        return _yes("The edit is local: everything else stays where it is.")
    return _no("The task does not say that a layout must be kept.")


def _face(question: ApplicabilityQuestion) -> Applicability:
    request = understand(question.prompt)
    if isinstance(request, EditRequest) and isinstance(request.edit, KeepFace):
        return _yes("The task asks to keep the person.")
    return _no("No identity is asked for.")


def _text(question: ApplicabilityQuestion) -> Applicability:
    if wanted_words(question.prompt):
        return _yes("The task asks for text in the picture.")
    return _no("No text is asked for.")


def _count(question: ApplicabilityQuestion) -> Applicability:
    request = understand(question.prompt)
    if isinstance(request, SceneRequest) and request.things:
        return _yes("The task names numbers of things.")
    return _no("No number is named.")


def _shape(question: ApplicabilityQuestion) -> Applicability:
    if isinstance(understand(question.prompt), EditRequest) or _SHAPE.search(question.prompt):
        return _yes("The frame of the picture is given.")
    return _no("Nobody said of what shape the picture should be.")


def _framing(question: ApplicabilityQuestion) -> Applicability:
    request = understand(question.prompt)
    if isinstance(request, SceneRequest) and (request.things or request.faces):
        return _yes("What is asked for should be seen whole.")
    return _no("It is left open what should be seen whole.")


def _yes(rationale: str) -> Applicability:
    return Applicability(applies=True, rationale=rationale)


def _no(rationale: str) -> Applicability:
    return Applicability(applies=False, rationale=rationale)
