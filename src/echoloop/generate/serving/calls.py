"""The images protocol of OpenAI from the server's side: what a body asks for, and how an answer is said."""

from base64 import b64encode
from email.message import Message
from typing import Any, TypeAlias

import msgspec

Reply: TypeAlias = tuple[int, dict[str, str], bytes]


class BadCall(ValueError):
    """A body that asks for no picture."""


class DrawCall(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that is asked for. `images` are the input pictures in order, `parameters` all that was sent beside them."""

    prompt: str
    images: tuple[bytes, ...] = ()
    mask: bytes | None = None
    seed: int | None = None
    parameters: dict[str, Any] = {}


def read_call(path: str, content_type: str, body: bytes) -> DrawCall:
    """Read a generation or an edit. Raises BadCall."""
    match path:
        case "/images/generations":
            return _generation(body)
        case "/images/edits":
            return _edit(content_type, body)
        case _:
            raise BadCall(f"there is nothing at {path}: this model only draws")


def picture_reply(data: bytes) -> Reply:
    """Here it is."""
    return _reply(200, {"created": 0, "data": [{"b64_json": b64encode(data).decode()}]})


def refusal_reply(reason: str) -> Reply:
    """The model declines."""
    return _error(400, "content_policy_violation", reason or "the model declined")


def failure_reply(reason: str) -> Reply:
    """This picture could not be drawn; another may."""
    return _error(422, "failed", reason or "no reason was given")


def broken_reply(reason: str) -> Reply:
    """No picture can be drawn: the status of a closed account, after which nobody knocks again in this run."""
    return _error(402, "broken", reason)


def _generation(body: bytes) -> DrawCall:
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadCall(f"the body is not a JSON object: {error}") from None
    return _call(fields, (), None)


def _edit(content_type: str, body: bytes) -> DrawCall:
    fields: dict[str, Any] = {}
    images: list[bytes] = []
    mask: bytes | None = None
    for name, value in _parts(content_type, body):
        if name in ("image", "image[]"):
            images.append(value)
        elif name == "mask":
            mask = value
        else:
            fields[name] = (
                _plain(value) if name not in ("prompt", "model") else value.decode("utf-8", "replace")
            )
    return _call(fields, tuple(images), mask)


def _call(fields: dict[str, Any], images: tuple[bytes, ...], mask: bytes | None) -> DrawCall:
    prompt, seed = fields.get("prompt"), fields.get("seed")
    if not isinstance(prompt, str):
        raise BadCall("the request has no prompt")
    rest = {name: value for name, value in fields.items() if name not in ("prompt", "model", "seed")}
    return DrawCall(
        prompt=prompt,
        images=images,
        mask=mask,
        seed=seed if isinstance(seed, int) else None,
        parameters=rest,
    )


def _parts(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    boundary = _parameter("Content-Type", content_type, "boundary")
    if not boundary:
        raise BadCall("the form has no boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("utf-8", "replace"))
    return [_part(piece) for piece in pieces[1:] if not piece.startswith(b"--")]


def _part(piece: bytes) -> tuple[str, bytes]:
    head, _, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    about = next((line for line in lines if line.lower().startswith("content-disposition:")), "")
    return _parameter("Content-Disposition", about.partition(":")[2].strip(), "name"), value


def _parameter(header: str, value: str, name: str) -> str:
    message = Message()
    message[header] = value.replace("\r", " ").replace("\n", " ")
    found = message.get_param(name, "", header)
    return found if isinstance(found, str) else ""


def _plain(value: bytes) -> Any:
    """A form knows only text: numbers and truths are read back as what they were."""
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return value.decode("utf-8", "replace")


def _error(status: int, code: str, message: str) -> Reply:
    return _reply(status, {"error": {"code": code, "message": message}})


def _reply(status: int, body: dict[str, Any]) -> Reply:
    return status, {}, msgspec.json.encode(body)
