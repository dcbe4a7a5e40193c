"""What can be asked of a model, and what comes back: the types at the door."""

from hashlib import sha256
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import msgspec

from echoloop.records.answers import Answer
from echoloop.records.text import admit_text

T = TypeVar("T")


class TextPart(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="text"):
    """Text of a message. Lone surrogates are replaced here: no request can carry them."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.isascii():
            msgspec.structs.force_setattr(self, "text", admit_text(self.text).text)


class ImagePart(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag="image"):
    """An image by the SHA-256 of the bytes that are sent; the bytes live in the image store."""

    sha256: str
    media_type: str


Part: TypeAlias = TextPart | ImagePart
ProtocolName: TypeAlias = Literal["openai", "chat_images", "gemini", "flux"]
USUAL: ProtocolName = "openai"
Role: TypeAlias = Literal["system", "user", "assistant"]


class Message(msgspec.Struct, frozen=True):
    role: Role
    parts: tuple[Part, ...]


class ChatRequest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="chat"
):
    """A conversation to be continued, optionally in the shape of a JSON schema.

    `schema_order` is filled in: a canonical form sorts the fields of an object, but a model writes a schema's fields in
    the order in which they stand, so two orders are two requests.
    """

    provider: str
    model: str
    messages: tuple[Message, ...]
    parameters: dict[str, Any] = {}
    schema_name: str | None = None
    schema: dict[str, Any] | None = None
    schema_order: str = ""
    attempt: int = 0
    protocol: ProtocolName = USUAL

    def __post_init__(self) -> None:
        _leave_out_the_usual(self)
        if self.protocol == "flux":
            raise ValueError("the protocol flux draws pictures: it has no chat")
        if self.schema is not None and not self.schema_order:
            msgspec.structs.force_setattr(self, "schema_order", order_of(self.schema))


class DrawRequest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="draw"
):
    """A picture to be drawn from a prompt; an edit when `images` are given."""

    provider: str
    model: str
    prompt: str
    images: tuple[ImagePart, ...] = ()
    mask: ImagePart | None = None
    parameters: dict[str, Any] = {}
    attempt: int = 0
    protocol: ProtocolName = USUAL

    def __post_init__(self) -> None:
        _leave_out_the_usual(self)
        if self.mask is not None and not self.images:
            raise ValueError("a mask says what to change in a picture: it needs an input image")
        if self.mask is not None and self.protocol != "openai":
            raise ValueError(
                f"the protocol {self.protocol} takes no mask; leave it out, or ask an endpoint of images/edits"
            )
        if not self.prompt.isascii():
            msgspec.structs.force_setattr(self, "prompt", admit_text(self.prompt).text)


class ModerationRequest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="moderation"
):
    """Text and images whose safety is asked for."""

    provider: str
    model: str
    text: str = ""
    images: tuple[ImagePart, ...] = ()
    attempt: int = 0
    protocol: ProtocolName = USUAL

    def __post_init__(self) -> None:
        _leave_out_the_usual(self)
        if self.protocol in ("gemini", "flux"):
            raise ValueError(f"the protocol {self.protocol} has no moderation; ask a guard by chat instead")
        if not self.text.isascii():
            msgspec.structs.force_setattr(self, "text", admit_text(self.text).text)


Request: TypeAlias = ChatRequest | DrawRequest | ModerationRequest


class Purpose(msgspec.Struct, frozen=True):
    """Why a request is made. It goes into the receipt and never into the key."""

    stage: str
    prompt: str = ""
    source_posts: tuple[str, ...] = ()


class ChatText(msgspec.Struct, frozen=True, gc=False):
    text: str


class DrawnImages(msgspec.Struct, frozen=True):
    """The SHA-256 of each image as it came; reading them is the business of `images`."""

    images: tuple[str, ...]


class ModerationResult(msgspec.Struct, frozen=True):
    """`categories` holds the provider's scores where it gives them, else its yes or no."""

    flagged: bool
    categories: dict[str, float | bool]


Payload: TypeAlias = ChatText | DrawnImages | ModerationResult


class Reply(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An answer with its price. Its receipt, or its failure, is filed under `key`; `cost` is None when unknown.

    `cost` is what the answer cost whenever it was bought; `calls` counts what was bought now, so a replay has 0.
    `latency` is how many seconds the calls that bought it took, also on replay; None where none was timed: nothing came,
    or it came in a batch.
    """

    answer: Answer[T]
    key: str
    cost: float | None
    replayed: bool
    calls: int
    latency: float | None = None


def _leave_out_the_usual(request: Request) -> None:
    """A default is left out of a key when it is the very object of the default: an equal text read from a file is not."""
    if request.protocol is not USUAL and request.protocol == USUAL:
        msgspec.structs.force_setattr(request, "protocol", USUAL)


def order_of(schema: dict[str, Any]) -> str:
    """A short digest of a schema with its fields in the order in which they stand."""
    return sha256(msgspec.json.encode(schema)).hexdigest()[:16]


def sent_images(request: Request) -> tuple[ImagePart, ...]:
    """Every image that a request sends, in order."""
    if isinstance(request, ChatRequest):
        return tuple(
            part for message in request.messages for part in message.parts if isinstance(part, ImagePart)
        )
    if isinstance(request, DrawRequest) and request.mask is not None:
        return (*request.images, request.mask)
    return request.images


def sent_texts(request: Request) -> tuple[str, ...]:
    """Every text that a request sends, in order."""
    if isinstance(request, ChatRequest):
        return tuple(
            part.text for message in request.messages for part in message.parts if isinstance(part, TextPart)
        )
    return (request.prompt,) if isinstance(request, DrawRequest) else (request.text,)
