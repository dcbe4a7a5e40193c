"""The OpenAI protocol from the server's side: answers and errors as bodies."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

Reply = tuple[int, dict[str, str], bytes]
_JSON = {"Content-Type": "application/json"}
_TOKENS_A_PICTURE = 256
_CHARACTERS_A_TOKEN = 4


def chat_reply(model: str, text: str, request: bytes, characters: int, pictures: int) -> Reply:
    """One choice that came to its end."""
    given, written = _tokens(characters, pictures), _tokens(len(text), 0)
    return _reply(
        200,
        {
            "id": f"chatcmpl-{sha256(request).hexdigest()[:24]}",
            "object": "chat.completion",
            "created": 0,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None},
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": given,
                "completion_tokens": written,
                "total_tokens": given + written,
            },
        },
    )


def images_reply(images: Sequence[bytes], prompt: str, inputs: int) -> Reply:
    """Pictures as base64."""
    given = _tokens(len(prompt), inputs)
    return _reply(
        200,
        {
            "created": 0,
            "data": [{"b64_json": b64encode(image).decode("ascii")} for image in images],
            "usage": {
                "input_tokens": given,
                "output_tokens": _TOKENS_A_PICTURE * len(images),
                "total_tokens": given + _TOKENS_A_PICTURE * len(images),
            },
        },
    )


def moderation_reply(model: str, codes: Sequence[str]) -> Reply:
    """Hazard codes are the categories here."""
    return _reply(
        200,
        {
            "id": "modr-lab",
            "model": model,
            "results": [
                {
                    "flagged": bool(codes),
                    "categories": dict.fromkeys(codes, True),
                    "category_scores": dict.fromkeys(codes, 1.0),
                }
            ],
        },
    )


def error_reply(status: int, code: str, message: str, *, kind: str = "invalid_request_error") -> Reply:
    """An error as OpenAI writes it."""
    return _reply(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})


def _reply(status: int, body: dict[str, Any]) -> Reply:
    return status, dict(_JSON), msgspec.json.encode(body)


def _tokens(characters: int, pictures: int) -> int:
    return -(-characters // _CHARACTERS_A_TOKEN) + _TOKENS_A_PICTURE * pictures
