"""Which annotator answers what: by the name of the answer's shape, or, where no shape is asked for, by the model."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import msgspec

from echoloop.lab.annotators.applicability import ApplicabilityQuestion, judge_applicability
from echoloop.lab.annotators.conversation import SeenConversation
from echoloop.lab.annotators.extraction import extract
from echoloop.lab.annotators.filtering import FilterQuestion, filter_sample
from echoloop.lab.annotators.guarding import hazards_in, verdict
from echoloop.lab.annotators.gullible import GULLIBLE, obey, orders_outside
from echoloop.lab.annotators.judging import (
    FAIR,
    LENIENT,
    SECOND_OUTPUT,
    STRICT,
    GradeQuestion,
    Judge,
    compare,
    grade,
)
from echoloop.lab.annotators.labelling import (
    FeedbackQuestion,
    TaxonomyQuestion,
    label_feedback,
    sort_keywords,
)
from echoloop.lab.annotators.looking import LookQuestion, count_objects, grade_text, look_at_framing
from echoloop.lab.annotators.minors import look_for_minors
from echoloop.lab.annotators.naming import NamingQuestion, name_task
from echoloop.lab.annotators.pictures import PicturesQuestion, sort_pictures
from echoloop.lab.annotators.relevance import RelevanceQuestion, score_relevance
from echoloop.lab.annotators.rewriting import RewriteQuestion, rewrite
from echoloop.lab.annotators.screenshots import ScreenshotQuestion, read_screenshot
from echoloop.lab.annotators.sight import Eyes, Sight

READERS = ("lab-reader", "lab-viewer", "lab-boxes")
GUARD = "lab-guard"
JUDGES: Mapping[str, Judge] = MappingProxyType(
    {"lab-judge-strict": STRICT, "lab-judge-fair": FAIR, "lab-judge-lenient": LENIENT}
)
ANNOTATORS = (*READERS, GUARD, *JUDGES, GULLIBLE)

T = TypeVar("T")
_Answer = Callable[[object, Sequence[Sight]], object]


class CannotAnswer(ValueError):
    """The request is not one that these annotators know how to answer."""


class _GuardQuestion(msgspec.Struct, frozen=True, kw_only=True):
    prompt: str = ""


class Annotators:
    """All of them, with one pair of eyes: a picture is looked at once."""

    def __init__(self) -> None:
        self._eyes = Eyes()

    def answer(
        self,
        model: str,
        shape: str | None,
        data: object,
        pictures: Sequence[bytes],
        request: bytes,
        *,
        labels: Sequence[str] = (),
    ) -> str:
        """The text of an answer. `data` is what the fenced block holds, `labels` the lines between the pictures, `request`
        the bytes that were sent."""
        if model == GULLIBLE:
            honest = GUARD if shape is None else READERS[0]
            return obey(orders_outside(request), self.answer(honest, shape, data, pictures, request))
        sights = [self._eyes.look(picture) for picture in pictures]
        if model in JUDGES:
            question = _read(data, GradeQuestion)
            if SECOND_OUTPUT in labels and len(sights) > 1:
                return compare(JUDGES[model], question, sights[:-2], (sights[-2], sights[-1]), request)
            output = sights[-1] if sights else None
            return grade(JUDGES[model], question, sights[:-1], output, request)
        if model == GUARD:
            return verdict(hazards_in(_read(data, _GuardQuestion).prompt, sights))
        if shape is None:
            raise CannotAnswer(f"{model} answers in the shape of a json_schema, and the request has none")
        return msgspec.json.encode(_reader(shape)(data, sights)).decode()

    def hazards(self, text: str, pictures: Sequence[bytes]) -> list[str]:
        """Codes of the hazards in a text and its pictures."""
        return hazards_in(text, [self._eyes.look(picture) for picture in pictures])


def _reader(shape: str) -> _Answer:
    match shape:
        case "RelevanceAnswer":
            return lambda data, sights: score_relevance(_read(data, RelevanceQuestion))
        case "ExtractionAnswer":
            return lambda data, sights: extract(_read(data, SeenConversation))
        case "PicturesAnswer":
            return lambda data, sights: sort_pictures(_read(data, PicturesQuestion), sights)
        case "ScreenshotAnswer":
            return lambda data, sights: read_screenshot(
                _read(data, ScreenshotQuestion), sights[0] if sights else None
            )
        case "MinorsAnswer":
            return lambda data, sights: look_for_minors(sights)
        case "FilterAnswer":
            return lambda data, sights: filter_sample(_read(data, FilterQuestion), sights)
        case "FeedbackAnswer":
            return lambda data, sights: label_feedback(_read(data, FeedbackQuestion))
        case "TaxonomyAnswer":
            return lambda data, sights: sort_keywords(_read(data, TaxonomyQuestion))
        case "TaskNameAnswer":
            return lambda data, sights: name_task(_read(data, NamingQuestion))
        case "RewriteAnswer":
            return lambda data, sights: rewrite(_read(data, RewriteQuestion), sights)
        case "ApplicabilityAnswer":
            return lambda data, sights: judge_applicability(_read(data, ApplicabilityQuestion))
        case "TextRenderingAnswer":
            return lambda data, sights: grade_text(_read(data, LookQuestion), sights)
        case "ObjectCountAnswer":
            return lambda data, sights: count_objects(_read(data, LookQuestion), sights)
        case "FramingAnswer":
            return lambda data, sights: look_at_framing(_read(data, LookQuestion), sights)
        case _:
            raise CannotAnswer(
                f"no annotator knows the shape {shape!r}; known are RelevanceAnswer, ExtractionAnswer, PicturesAnswer, "
                "ScreenshotAnswer, MinorsAnswer, FilterAnswer, FeedbackAnswer, TaxonomyAnswer, TaskNameAnswer, RewriteAnswer, "
                "ApplicabilityAnswer, TextRenderingAnswer, ObjectCountAnswer and FramingAnswer"
            )


def _read(data: object, question: type[T]) -> T:
    try:
        return msgspec.convert(data, question)
    except msgspec.ValidationError as error:
        raise CannotAnswer(f"the data block does not fit {question.__name__.lstrip('_')}: {error}") from None
