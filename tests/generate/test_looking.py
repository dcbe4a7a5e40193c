"""Looking at what came: notes for readers, with no false alarm."""

import base64
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from generate_runs import coded, generate, item, picture
from scripted_model import scripted

from echoloop.calls import Endpoint, Price
from echoloop.generate import ImageModel
from echoloop.generate.looking import Delivery, delivery, nearly_one_colour
from echoloop.images import decode, encode_jpeg, encode_png
from echoloop.lab.painters import PAINTERS, faultless_painters, paint
from echoloop.lab.scenes import draw as draw_scene
from echoloop.lab.scenes import sample_scene
from echoloop.records import Output

MODEL = ImageModel(name="alder", endpoint="scripted", developer="lab")


def delivered(folder: Path, data: bytes, **parameters: Any) -> Output:
    endpoint = scripted(folder, [{"draw": coded(data)}])
    endpoint = msgspec.structs.replace(endpoint, parameters=parameters)
    return generate(folder, [item("house")], [MODEL], [endpoint]).outputs[0]


def test_an_empty_canvas_is_noted_and_still_an_answer(tmp_path: Path) -> None:
    output = delivered(tmp_path, encode_png(np.full((100, 100, 3), 250, dtype=np.uint8)))
    assert (output.state, output.notes) == ("answered", ("nearly one colour",))


def test_another_size_than_asked_for_is_noted(tmp_path: Path) -> None:
    assert delivered(tmp_path / "1", picture(), size="90x60").notes == ("tiny: 90 x 60",)
    assert delivered(tmp_path / "2", picture(width=100, height=90), size="1024x1024").notes == (
        "asked for 1024 x 1024, delivered 100 x 90",
    )
    assert delivered(tmp_path / "3", picture(width=100, height=90), size="auto").notes == ()


def test_what_was_asked_for() -> None:
    assert delivery("a", {"size": "1024x1536"}) == Delivery(sha256="a", width=1024, height=1536)
    assert delivery("a", {"width": 8, "height": 9}) == Delivery(sha256="a", width=8, height=9)
    assert delivery("a", {"size": ["x"], "width": "8"}) == Delivery(sha256="a")


def test_a_second_picture_is_mentioned(tmp_path: Path) -> None:
    endpoint = Endpoint(
        name="scripted",
        provider="lab",
        model=f"painter-{faultless_painters()[0].name}",
        factory="echoloop.lab.endpoint:open_lab",
        factory_options={"cast": "faultless"},
        parameters={"n": 2},
        price=Price(request=0),
    )
    (output,) = generate(tmp_path, [item("house")], [MODEL], [endpoint]).outputs
    assert output.notes == ("2 pictures were delivered, the first was taken",)


def test_white_black_grain_and_jpeg_are_one_colour() -> None:
    draw = np.random.default_rng(1)
    grain = np.clip(draw.normal(128, 4, (256, 256, 3)), 0, 255).astype(np.uint8)
    flat = decode(encode_jpeg(np.full((256, 256, 3), 7, dtype=np.uint8), quality=40)).pixels
    assert nearly_one_colour(grain)
    assert nearly_one_colour(flat)
    assert nearly_one_colour(np.zeros((1, 1, 3), dtype=np.uint8))


def test_a_line_a_word_and_a_soft_sky_are_not() -> None:
    line = np.full((512, 512, 3), 255, dtype=np.uint8)
    line[:, 200:202] = 0
    word = np.full((1024, 1024, 3), 255, dtype=np.uint8)
    word[500:520, 480:560] = 0
    sky = np.linspace(100, 160, 512).astype(np.uint8)[:, None, None].repeat(512, 1).repeat(3, 2)
    assert not any(nearly_one_colour(one) for one in (line, word, sky))


@pytest.mark.parametrize("seed", range(4))
def test_no_picture_of_the_lab_is_called_empty(seed: int) -> None:
    draw = np.random.default_rng(seed)
    scenes = [draw_scene(sample_scene(draw), (0, 0)) for _ in range(40)]
    painted = [paint(painter, f"{seed}", [], b"x") for painter in PAINTERS]
    pictures = [*scenes, *(one.pixels for one in painted if hasattr(one, "pixels"))]
    assert not any(nearly_one_colour(pixels) for pixels in pictures)


def test_base64_with_line_breaks_is_read(tmp_path: Path) -> None:
    wrapped = base64.encodebytes(picture(width=100, height=90)).decode()
    endpoint = scripted(tmp_path, [{"draw": wrapped}])
    assert generate(tmp_path, [item("house")], [MODEL], [endpoint]).outputs[0].state == "answered"
