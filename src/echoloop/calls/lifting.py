"""Images in a response: decoded strictly, put into the store as they came, and referred to by hash from then on."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import msgspec

from echoloop.calls.requests import DrawRequest, Request
from echoloop.calls.responses import IMAGE_MARK


class BadPicture(ValueError):
    """A response's image cannot be taken over: it is empty, not base64, or only an address."""


def lift_images(request: Request, response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    """Return the response with hashes in the place of bytes, and the hashes in order."""
    if isinstance(request, DrawRequest):
        return _lift_drawing(response, put)
    if '"image_url"' in response:
        return _lift_chat(response, put)
    return response, ()


def _lift_drawing(response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    body = msgspec.json.decode(response)
    data = body.get("data") if isinstance(body, dict) else None
    found: list[str] = []
    for item in data if isinstance(data, list) else ():
        if not isinstance(item, dict):
            continue
        if isinstance(coded := item.get("b64_json"), str):
            item["b64_json"] = _store(coded, put, found)
        elif isinstance(item.get("url"), str):
            item["b64_json"] = _store(item.pop("url"), put, found)
    return msgspec.json.encode(body).decode(), tuple(found)


def _lift_chat(response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    body = msgspec.json.decode(response)
    found: list[str] = []
    for message in _messages(body):
        for place in (message.get("images"), message.get("content")):
            for part in place if isinstance(place, list) else ():
                mark = part.get("image_url") if isinstance(part, dict) else None
                if isinstance(mark, dict) and isinstance(mark.get("url"), str):
                    mark["url"] = _store(mark["url"], put, found)
                elif isinstance(mark, str):
                    part["image_url"] = _store(mark, put, found)
    return (msgspec.json.encode(body).decode(), tuple(found)) if found else (response, ())


def _messages(body: Any) -> list[dict[str, Any]]:
    choices = body.get("choices") if isinstance(body, dict) else None
    messages = [choice.get("message") for choice in choices or () if isinstance(choice, dict)]
    return [message for message in messages if isinstance(message, dict)]


def _store(coded: str, put: Callable[[bytes], str], found: list[str]) -> str:
    found.append(put(_decode(coded)))
    return IMAGE_MARK + found[-1]


def _decode(coded: str) -> bytes:
    if coded.startswith(("http://", "https://")):
        raise BadPicture(
            f'the model answered with the address of an image, not its bytes ({coded[:60]}); ask for response_format="b64_json"'
        )
    if coded.startswith("data:"):
        head, _, coded = coded.partition(",")
        if not head.endswith(";base64"):
            raise BadPicture(f"an image's data URL is not base64: {head[:60]}")
    try:
        data = b64decode("".join(coded.split()), validate=True)
    except ValueError as error:
        raise BadPicture(f"an image is not base64: {error}") from None
    if not data:
        raise BadPicture("an image is empty")
    return data
