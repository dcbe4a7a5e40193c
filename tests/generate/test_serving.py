"""Python objects as image models: over the same door, and whatever they raise is a row."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from generate_runs import Generated, generate, item, picture
from stage_runs import store_picture, workspace_of

from echoloop.engine import NoAnswers
from echoloop.generate import ImageModel, python_endpoint
from echoloop.generate.serving import Drawing, Draws
from echoloop.images import decode
from echoloop.records import Answered, Failed, Item, Mistake, Refused

DIFFUSERS = "echoloop.generate.diffusers_model:open_diffusers"


class Painter:
    """What a person writes to try a model of their own."""

    def __init__(self, red: int) -> None:
        self.red = red

    def draw(
        self, prompt: str, images: Sequence[bytes], *, seed: int | None, parameters: Mapping[str, Any]
    ) -> Drawing:
        if "a fight" in prompt:
            return Refused("not by me")
        if "an outage" in prompt:
            return Failed("out of paint")
        if "explode" in prompt:
            raise RuntimeError("CUDA out of memory")
        shown = decode(images[0]).pixels[0, 0, 0] if images else self.red
        return Answered(picture(int(shown) + (seed or 0) + parameters.get("more", 0)))


def open_painter(red: str = "10") -> Draws:
    return Painter(int(red))


def draw(folder: Path, items: list[Item], model: str, options: Mapping[str, str], **more: Any) -> Generated:
    endpoint = python_endpoint("mine", model, options, **more)
    return generate(folder, items, [ImageModel(name="mine", endpoint="mine", developer="us")], [endpoint])


def red_of(folder: Path, run: Generated, name: str) -> list[int]:
    return decode(workspace_of(folder).images.read(run.by_item[name].image or "")).pixels[0, 0].tolist()


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> str:
    """This file, as a module that an option can name."""
    monkeypatch.setitem(sys.modules, "my_painter", sys.modules[__name__])
    return "my_painter:open_painter"


def test_an_object_that_draws_is_a_model(tmp_path: Path, ours: str) -> None:
    given = store_picture(tmp_path, np.full((5, 5, 3), 40, dtype=np.uint8))
    names = ["house", "a fight", "an outage", "explode"]
    items = [*(item(name) for name in names), item("edit", given)]
    run = draw(tmp_path, items, ours, {"red": "100"}, parameters={"more": 2})
    assert {one.item: one.state for one in run.outputs} == {
        "house": "answered",
        "a fight": "refused",
        "an outage": "failed",
        "explode": "failed",
        "edit": "answered",
    }
    assert red_of(tmp_path, run, "house")[0] == 107
    assert red_of(tmp_path, run, "edit")[0] == 47
    reasons = {one.item: one.reason for one in run.outputs}
    assert "not by me" in reasons["a fight"]
    assert "RuntimeError: CUDA out of memory" in reasons["explode"]
    assert all(one.latency is not None for one in run.outputs if one.state == "answered")


def test_a_model_that_is_nowhere_is_a_mistake_and_one_that_does_not_open_is_asked_once(
    tmp_path: Path, ours: str
) -> None:
    with pytest.raises(Mistake, match="cannot be found"):
        draw(tmp_path, [item("house")], "no_such_package:open_it", {})
    with pytest.raises(NoAnswers, match="cannot be opened: ValueError"):
        draw(tmp_path, [item("house"), item("tree")], ours, {"red": "crimson"})


def test_other_options_are_another_model(ours: str) -> None:
    one, other = python_endpoint("mine", ours, {"red": "1"}), python_endpoint("mine", ours, {"red": "2"})
    assert one.identity != other.identity


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> Any:
    """diffusers and torch, as their documentation has them."""
    import scripted_model

    monkeypatch.syspath_prepend(str(Path(scripted_model.__file__).parent / "stand_ins"))
    for name in ("diffusers", "torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import diffusers

    yield diffusers
    for name in ("diffusers", "torch"):
        sys.modules.pop(name, None)


def test_a_pipeline_edits_with_its_seed_size_and_steps(tmp_path: Path, stand_ins: Any) -> None:
    given = store_picture(tmp_path, np.full((5, 5, 3), 40, dtype=np.uint8))
    options = {"weights": "hub/edit", "revision": "abc123", "dtype": "float32"}
    parameters = {"size": "96x80", "num_inference_steps": 4}
    run = draw(tmp_path, [item("edit", given)], DIFFUSERS, options, parameters=parameters)
    (output,) = run.outputs
    assert red_of(tmp_path, run, "edit") == [40, 5, 9]
    assert (output.width, output.height, output.seed) == (96, 80, 5)
    assert output.notes == ("nearly one colour",)
    assert output.snapshot.startswith("hub/edit@abc123 ")
    (loaded,) = stand_ins.loaded
    assert (loaded["name"], loaded["revision"], loaded["dtype"]) == ("hub/edit", "abc123", "float32")
    assert (loaded["class"], loaded["device"]) == ("EditPipeline", "cpu")


@pytest.mark.usefixtures("stand_ins")
def test_what_a_pipeline_cannot_or_will_not_is_said(tmp_path: Path) -> None:
    given = store_picture(tmp_path, np.full((5, 5, 3), 40, dtype=np.uint8))
    items = [item("house"), item("a fight"), item("explode"), item("edit", given)]
    words = {"weights": "hub/words", "pipeline": "WordsPipeline", "offload": "model"}
    run = draw(tmp_path, items, DIFFUSERS, words)
    reasons = {one.item: (one.state, one.reason) for one in run.outputs}
    assert reasons["house"][0] == "answered"
    assert reasons["a fight"][0] == "refused"
    assert "safety checker" in reasons["a fight"][1]
    assert reasons["explode"][0] == "failed"
    assert reasons["edit"][0] == "refused"
    assert "takes no pictures, there are 1" in reasons["edit"][1]
    with pytest.raises(NoAnswers, match="unexpected keyword argument 'magic'"):
        draw(tmp_path / "2", [item("house")], DIFFUSERS, words, parameters={"magic": 1})


@pytest.mark.usefixtures("stand_ins")
def test_a_pipeline_that_does_not_load_is_asked_once(tmp_path: Path) -> None:
    with pytest.raises(NoAnswers, match="model_index"):
        draw(tmp_path, [item("house"), item("tree")], DIFFUSERS, {"weights": "broken"})
    with pytest.raises(NoAnswers, match="no pipeline 'Oil'"):
        draw(tmp_path / "2", [item("house")], DIFFUSERS, {"weights": "x", "pipeline": "Oil"})


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(NoAnswers, match="pip install"):
        draw(tmp_path, [item("house")], DIFFUSERS, {"weights": "hub/edit"})
