"""What the truth says of a picture is what an independent reader finds in its pixels."""

import hashlib

from echoloop.images import Box, crop, decode
from echoloop.lab.scenes import Scene, SceneReading, read
from echoloop.lab.town import GoldPicture, Town


def found(reading: SceneReading) -> tuple[object, ...]:
    return (
        reading.background,
        sorted((thing.noun, thing.colour, thing.size, thing.cell) for thing in reading.things),
        sorted((word.word, word.band) for word in reading.words),
        sorted((face.skin, face.hair, face.eyes, face.mouth, face.cell) for face in reading.faces),
    )


def planted(scene: Scene) -> tuple[object, ...]:
    return (
        scene.background,
        sorted((thing.noun, thing.colour, thing.size, thing.cell) for thing in scene.things),
        sorted((word.word, word.band) for word in scene.words),
        sorted((face.skin, face.hair, face.eyes, face.mouth, face.cell) for face in scene.faces),
    )


def share_read_right(town: Town, pictures: list[GoldPicture]) -> float:
    files = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path for path in (town.folder / "media").iterdir()
    }
    right = 0
    for picture in pictures:
        pixels = decode(files[picture.sha256].read_bytes()).pixels
        if picture.box is not None:
            box = picture.box
            pixels = crop(pixels, Box(left=box.left, top=box.top, right=box.right, bottom=box.bottom))
        right += found(read(pixels)) == planted(picture.scene)
    return right / len(pictures)


def test_pictures_show_what_was_planted(town: Town) -> None:
    whole = [each for each in town.truth.pictures if each.box is None and each.defect != "cropped"]
    assert len(whole) > 80
    assert share_read_right(town, whole) >= 0.95


def test_boxes_enclose_exactly_the_planted_pictures(town: Town) -> None:
    boxed = [each for each in town.truth.pictures if each.box is not None and each.defect != "cropped"]
    assert len(boxed) > 10
    assert share_read_right(town, boxed) >= 0.95


def test_every_box_of_a_sample_is_a_picture(town: Town) -> None:
    known = {(each.sha256, each.box, each.role) for each in town.truth.pictures}
    kinds = {sample.screenshot_kind for sample in town.truth.samples}
    assert {"chat", "collage"} <= kinds
    for sample in town.truth.samples:
        for box in sample.input_boxes:
            assert (sample.screenshot, box, "input") in known
        for box in sample.output_boxes:
            assert (sample.screenshot, box, "output") in known
