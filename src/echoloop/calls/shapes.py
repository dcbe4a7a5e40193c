"""The shape that an answer is asked for in, and how far its text may be helped into it."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from echoloop.calls.requests import ChatRequest, ChatText, Message, Request, TextPart, order_of
from echoloop.calls.responses import Reading
from echoloop.records.answers import Answer, Answered, Unparsed

if TYPE_CHECKING:
    from pydantic import BaseModel

_LONGEST_REPAIR = 65_536
_LONGEST_QUOTE = 8_000
_MOST_PROBLEMS = 5


class AsIs(msgspec.Struct, frozen=True):
    """The payload itself is the answer."""


class Parsed(msgspec.Struct, frozen=True):
    """A text read by the caller's own rule, which raises ValueError when it does not fit. Nothing is asked again.

    A text that a limit cut off is never read: no rule can tell whether what it looks for was still to come.
    """

    parse: Callable[[str], Any]


class Structured(msgspec.Struct, frozen=True):
    """JSON in the shape of a pydantic model: repaired where that invents nothing, else asked for once more."""

    answer_type: "type[BaseModel]"
    schema_name: str
    schema: dict[str, Any]
    schema_order: str

    def dress(self, request: ChatRequest) -> ChatRequest:
        """The request with this schema, unless it brings its own."""
        if request.schema is not None:
            return request
        return msgspec.structs.replace(
            request, schema_name=self.schema_name, schema=self.schema, schema_order=self.schema_order
        )


Shape: TypeAlias = AsIs | Parsed | Structured


def structured(answer_type: "type[BaseModel]") -> Structured:
    """Build a shape once and use it for every row: writing out a schema costs more than a replayed answer."""
    schema = answer_type.model_json_schema()
    return Structured(answer_type, answer_type.__name__, schema, order_of(schema))


def fit(shape: Shape, reading: Reading) -> Answer[Any]:
    """The answer in its shape, or Unparsed with the text and what was wrong with it."""
    answer = reading.answer
    if not isinstance(answer, Answered) or isinstance(shape, AsIs):
        return answer
    if not isinstance(answer.value, ChatText):
        return Unparsed("", f"expected text, got {type(answer.value).__name__}")
    text = answer.value.text
    if reading.truncated and isinstance(shape, Parsed):
        return Unparsed(text, "truncated")
    try:
        if isinstance(shape, Parsed):
            return Answered(shape.parse(text))
        return Answered(_validated(shape.answer_type, text, repair=not reading.truncated))
    except (ValueError, RecursionError) as error:
        return Unparsed(text, f"truncated: {_words(error)}" if reading.truncated else _words(error))


def ask_again(request: ChatRequest, misfit: Unparsed) -> ChatRequest:
    """The one second request: the model sees its own words and what did not fit."""
    said = misfit.text[:_LONGEST_QUOTE] or "(nothing)"
    demand = (
        f"Your answer does not have the required shape: {misfit.reason}\n"
        "Answer again with one JSON object of the required shape, and nothing before or after it."
    )
    extra = (Message("assistant", (TextPart(said),)), Message("user", (TextPart(demand),)))
    return msgspec.structs.replace(request, messages=(*request.messages, *extra))


def wants_another(shape: Shape, request: Request, reading: Reading) -> bool:
    """A second request helps where a shape was missed; not where a limit cut the text off, which it would do again."""
    return isinstance(shape, Structured) and isinstance(request, ChatRequest) and not reading.truncated


def _validated(answer_type: "type[BaseModel]", text: str, *, repair: bool) -> "BaseModel":
    try:
        return answer_type.model_validate_json(text)
    except ValueError as first:
        mended = _mended(text) if repair else None
        if mended is None:
            raise
        try:
            return answer_type.model_validate_json(mended)
        except ValueError:
            raise first from None


def _mended(text: str) -> str | None:
    """The one JSON object in a text, with its small faults repaired; None where a repair would have to invent an end."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start or end - start > _LONGEST_REPAIR:
        return None
    piece = text[start : end + 1]
    if piece.count("{") != piece.count("}") or piece.count("[") != piece.count("]"):
        return None
    from json_repair import repair_json

    value: Any = repair_json(piece, return_objects=True)
    return json.dumps(value) if isinstance(value, dict) else None


def _words(error: Exception) -> str:
    """Stable words, without addresses, versions or the input: they are part of the second request's key."""
    errors: Callable[..., list[dict[str, Any]]] | None = getattr(error, "errors", None)
    if errors is None:
        return " ".join(str(error).split())[:300] or type(error).__name__
    problems: list[str] = []
    for problem in errors(include_url=False, include_input=False, include_context=False)[:_MOST_PROBLEMS]:
        where = ".".join(str(step) for step in problem["loc"])
        problems.append(f"{where}: {problem['msg']}" if where else str(problem["msg"]))
    return "; ".join(problems)
