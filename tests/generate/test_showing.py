"""Items with several pictures, and models that take fewer: what is sent, and what the results say of it."""

from pathlib import Path

import numpy as np
import pytest
from generate_runs import coded, generate, item, picture
from scripted_model import asked, scripted
from stage_runs import store_picture, workspace_of

from echoloop.generate import ImageModel
from echoloop.generate.collage import GAP, collage
from echoloop.images import content_hash, decode, encode_png
from echoloop.records import Item, Output

DRAW = [{"draw": coded(picture())}]


def solid(red: int, width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), (red, 0, 0), dtype=np.uint8)


def edit(folder: Path, count: int) -> Item:
    return item("edit", *(store_picture(folder, solid(50 * at, 20, 10)) for at in range(1, count + 1)))


def shown_to(folder: Path, model: ImageModel, count: int) -> tuple[Output, str]:
    one = edit(folder, count)
    (output,) = generate(folder, [one], [model], [scripted(folder, DRAW)]).outputs
    words = asked(folder)
    return output, words[0] if words else ""


def named(inputs: str, takes: int = 1) -> ImageModel:
    return ImageModel(name="alder", endpoint="scripted", developer="lab", inputs=inputs, takes=takes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inputs", "takes", "said", "parts"),
    [
        ("all", 1, "", 3),
        ("first", 1, "first of 3", 1),
        ("first", 2, "first 2 of 3", 2),
        ("first", 3, "", 3),
        ("collage", 1, "collage of 3", 1),
    ],
)
def test_a_policy_decides_what_is_sent(
    tmp_path: Path, inputs: str, takes: int, said: str, parts: int
) -> None:
    output, form = shown_to(tmp_path, named(inputs, takes), 3)
    assert (output.state, output.inputs) == ("answered", said)
    assert form.count("Content-Type: image/png") == parts


def test_one_picture_is_shown_as_it_is_whatever_the_policy(tmp_path: Path) -> None:
    for name in ("all", "first", "collage", "refuse"):
        output, form = shown_to(tmp_path / name, named(name), 1)
        assert (output.state, output.inputs) == ("answered", "")
        assert form.count("Content-Type: image/png") == 1


def test_a_model_that_does_not_take_an_item_is_not_asked(tmp_path: Path) -> None:
    output, form = shown_to(tmp_path, named("refuse"), 3)
    assert form == ""
    assert (output.state, output.reason) == ("refused", "takes one picture, the item has 3")
    assert (output.inputs, output.cost, output.receipt) == ("refused: 3 pictures", 0.0, "")


def test_a_model_of_words_alone_takes_no_item_with_pictures(tmp_path: Path) -> None:
    output, _ = shown_to(tmp_path, named("refuse", takes=0), 1)
    assert (output.state, output.reason) == ("refused", "takes no picture, the item has 1")
    with pytest.raises(ValueError, match="takes = 0"):
        named("first", takes=0)


def test_a_collage_is_side_by_side_on_white(tmp_path: Path) -> None:
    joined = decode(collage([encode_png(solid(50, 20, 10)), encode_png(solid(90, 10, 30))])).pixels
    assert joined.shape == (30, 20 + GAP + 10, 3)
    assert joined[15, 5].tolist() == [50, 0, 0]
    assert joined[5, 5].tolist() == [255, 255, 255]
    assert joined[15, 20 + GAP // 2].tolist() == [255, 255, 255]
    assert joined[29, -1].tolist() == [90, 0, 0]


def test_a_collage_fits_and_is_always_the_same() -> None:
    large = [encode_png(solid(at, 1500, 1200)) for at in (10, 20, 30)]
    joined = collage(large)
    assert max(decode(joined).pixels.shape) == 2048
    assert content_hash(joined) == content_hash(collage(large))


def test_the_collage_is_what_was_sent_and_can_be_forgotten_with_its_posts(tmp_path: Path) -> None:
    shown_to(tmp_path, named("collage"), 2)
    store = workspace_of(tmp_path).images
    expected = collage([store.read(image.sha256 or "") for image in edit(tmp_path, 2).input_images])
    assert content_hash(expected) in store


def test_first_needs_only_the_first(tmp_path: Path) -> None:
    from echoloop.records import ImageRef

    whole = edit(tmp_path, 1).input_images[0]
    torn = item("edit", whole, ImageRef(sha256=None, absence="too_many_bytes"))
    for inputs, state in (("first", "answered"), ("all", "failed"), ("collage", "failed")):
        home = tmp_path / inputs
        store_picture(home, solid(50, 20, 10))
        (output, other) = generate(
            home, [torn, item("house")], [named(inputs)], [scripted(home, DRAW)]
        ).outputs
        assert (output.state, other.state) == (state, "answered")
