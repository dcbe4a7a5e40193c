"""The last look before people: does what is shown fit the words, and is anything missing?"""

from collections.abc import Sequence

import msgspec

from echoloop.lab.annotators.remarks import gives_orders, is_advert
from echoloop.lab.annotators.sight import Sight
from echoloop.lab.scenes import EditRequest, Request, check, facts, is_template, understand

_LEAST_HELD = 0.2


class FilterQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block: the pictures that go in are shown before those that came out."""

    prompt: str = ""
    input_pictures: int = 0


class FilterVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    verdict: str
    wrong: list[str] = []
    reason: str = ""


def filter_sample(question: FilterQuestion, sights: Sequence[Sight]) -> FilterVerdict:
    """Good or bad results are all the same here: only what could not come of the words is doubted."""
    if is_advert(question.prompt):
        return FilterVerdict(verdict="discard", reason="It advertises; there is nothing to draw.")
    inputs, outputs = sights[: question.input_pictures], sights[question.input_pictures :]
    request = understand(question.prompt)
    doubts = {
        "prompt": is_template(question.prompt) or gives_orders(question.prompt),
        "input picture": _inputs_doubtful(request, inputs),
        "output picture": _outputs_doubtful(request, inputs, outputs),
    }
    wrong = [part for part, doubtful in doubts.items() if doubtful]
    if wrong:
        return FilterVerdict(verdict="review", wrong=wrong, reason="It does not fit the rest.")
    return FilterVerdict(verdict="benchmark")


def _inputs_doubtful(request: Request | None, inputs: Sequence[Sight]) -> bool:
    if any(sight.screen is not None for sight in inputs):
        return True
    return isinstance(request, EditRequest) and len(inputs) < request.inputs


def _outputs_doubtful(request: Request | None, inputs: Sequence[Sight], outputs: Sequence[Sight]) -> bool:
    """No picture at all, a page, or pictures of which none shows even a little of what was asked for."""
    seen = [sight.reading for sight in outputs if sight.reading is not None]
    if any(sight.screen is not None for sight in outputs) or not seen:
        return True
    before = [sight.reading for sight in inputs if sight.reading is not None]
    if request is None or (isinstance(request, EditRequest) and len(before) < request.inputs):
        return False
    claims = facts(request, before)
    return bool(claims) and max(sum(check(claims, one)) / len(claims) for one in seen) < _LEAST_HELD
