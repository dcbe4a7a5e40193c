"""How a stage asks a model about a row: how to render it, and how to read what comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import msgspec
from pydantic import BaseModel

from echoloop.calls import (
    ChatRequest,
    DrawRequest,
    Endpoint,
    ImagePart,
    Message,
    ModerationRequest,
    Part,
    Prompt,
    Request,
    TextPart,
    fenced,
)
from echoloop.images import Rendition, measure
from echoloop.records import Answer
from echoloop.workspace import ImageStore

R = TypeVar("R")
A = TypeVar("A")

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True)
class Rendering:
    """What a `render` function may use: the endpoint it writes to and the pictures it may show."""

    endpoint: Endpoint
    images: ImageStore
    prompt: Prompt | None = None

    def picture(self, sha256: str, rule: Rendition) -> ImagePart:
        """A stored picture as it will be sent."""
        sent = self.images.rendition(sha256, rule)
        return ImagePart(sha256=sent, media_type=f"image/{rule.format}")

    def original(self, sha256: str) -> ImagePart:
        """A stored picture exactly as it is."""
        _, _, media_type = measure(self.images.read(sha256))
        return ImagePart(sha256=sha256, media_type=media_type)

    def about(
        self,
        data: object,
        pictures: Sequence[tuple[str, ImagePart]] = (),
        *,
        attempt: int = 0,
        **parameters: Json,
    ) -> ChatRequest:
        """The one form in which acts ask: the prompt instructs, everything from outside is fenced data after it.

        Each picture follows a line of our own that says which one it is.
        """
        if self.prompt is None:
            raise TypeError("a question that chats needs a prompt")
        parts: list[Part] = [TextPart(fenced(data))]
        for label, picture in pictures:
            parts += [TextPart(label), picture]
        return ChatRequest(
            provider=self.endpoint.provider,
            model=self.endpoint.pinned_model,
            messages=(
                Message("system", (TextPart(self.prompt.text),)),
                Message("user", tuple(parts)),
            ),
            parameters=self.endpoint.sent(parameters),
            attempt=attempt,
            protocol=self.endpoint.protocol,
        )

    def drawing(
        self,
        prompt: str,
        images: Sequence[ImagePart],
        *,
        mask: ImagePart | None = None,
        attempt: int = 0,
        **parameters: Json,
    ) -> DrawRequest:
        """An image request for this endpoint: an edit when there are images, of what a mask leaves open when there is one."""
        return DrawRequest(
            provider=self.endpoint.provider,
            model=self.endpoint.pinned_model,
            prompt=prompt,
            images=tuple(images),
            mask=mask,
            parameters=self.endpoint.sent(parameters),
            attempt=attempt,
            protocol=self.endpoint.protocol,
        )

    def moderation(self, text: str, images: Sequence[ImagePart]) -> ModerationRequest:
        """A moderation request for this endpoint."""
        return ModerationRequest(
            provider=self.endpoint.provider,
            model=self.endpoint.pinned_model,
            text=text,
            images=tuple(images),
            protocol=self.endpoint.protocol,
        )


@dataclass(frozen=True)
class Question(Generic[R, A]):
    """One question, asked of many rows.

    `endpoint` is a name, or a function that chooses one for a row. `render` and `reads` must be importable functions or
    classes: they travel to the workers. `reads` is a pydantic model (a JSON answer of that shape), a function from text
    that raises ValueError (any other shape), or None (pictures, moderation: taken as they come). `answers` is the type of
    the value when it is neither a scalar nor a pydantic model.
    """

    stage: str
    endpoint: str | Callable[[R], str]
    render: Callable[[R, Rendering], Request]
    reads: type[BaseModel] | Callable[[str], A] | None
    prompt: Prompt | None = None
    answers: type[Any] | None = None
    sources: Callable[[R], tuple[str, ...]] | None = None
    batch_rows: int = 2048

    def endpoint_for(self, row: R) -> str:
        """The endpoint that answers for this row."""
        return self.endpoint if isinstance(self.endpoint, str) else self.endpoint(row)

    def sources_of(self, row: R) -> tuple[str, ...]:
        """The posts this row was made from, so that a receipt can be forgotten with them."""
        if self.sources is not None:
            return self.sources(row)
        return getattr(row, "source_posts", ())


@dataclass(frozen=True)
class Asked(Generic[R, A]):
    """A row and what was answered about it. `cost` is None when its price is unknown.

    `written` is False where the question could not even be put, because a picture of it is damaged or gone: such a row is
    `Failed` with its reason, and asking again would change nothing. `latency` is how many seconds the calls that bought the
    answer took, whenever that was; None where none was timed.
    """

    row: R
    answer: Answer[A]
    receipt: str
    cost: float | None
    written: bool = True
    latency: float | None = None


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it travels back from a worker."""

    state: Literal["answered", "refused", "unparsed", "failed"]
    value: Any = None
    text: str = ""
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    written: bool = True
    latency: float | None = None


def call_fields(asked: Asked[Any, Any]) -> dict[str, Any]:
    """The columns that every row made from a call carries."""
    answer = asked.answer
    return {"state": answer.state, "reason": answer.reason, "receipt": asked.receipt, "cost": asked.cost}


__all__ = ["Asked", "Carried", "Part", "Question", "Rendering", "call_fields"]
