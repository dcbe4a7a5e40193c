"""Questions as the acts ask them, put to the annotators and read back as the acts read them."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from echoloop.images import encode_png
from echoloop.lab.annotators import Annotators
from echoloop.lab.scenes import Scene, draw

A = TypeVar("A", bound=BaseModel)
Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def ask() -> Ask:
    annotators = Annotators()

    def asked(
        answer: type[A], data: Any, pictures: Sequence[Scene | bytes] = (), model: str = "lab-reader"
    ) -> A:
        shown = [encode_png(draw(one)) if isinstance(one, Scene) else one for one in pictures]
        text = annotators.answer(model, answer.__name__, json.loads(json.dumps(data)), shown, b"request")
        return answer.model_validate_json(text)

    return asked
