"""A grade is asked for in the words of the rubric, with what the judge's server takes."""

from pathlib import Path

import numpy as np

from echoloop.calls import ChatRequest, Endpoint, load_prompt
from echoloop.engine import Rendering
from echoloop.grading import grade_request
from echoloop.images import encode_png
from echoloop.workspace import Workspace


def request(folder: Path, **changes: object) -> ChatRequest:
    images = Workspace(folder).images
    output = images.put(encode_png(np.full((8, 8, 3), 5, dtype=np.uint8)))
    endpoint = Endpoint(name="j", provider="p", model="m", base_url="https://host/v1", **changes)  # type: ignore[arg-type]
    rendering = Rendering(endpoint, images, load_prompt("echoloop.grading", "rubric"))
    return grade_request(rendering, "a house", [], output)


def test_a_parameter_that_a_server_does_not_know_is_left_out(tmp_path: Path) -> None:
    assert request(tmp_path).parameters == {"temperature": 0}
    told = request(tmp_path, omit=("temperature",), parameters={"max_completion_tokens": 900})
    assert told.parameters == {"max_completion_tokens": 900}
