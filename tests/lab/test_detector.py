import numpy as np

from echoloop.images import decode, encode_jpeg
from echoloop.lab.detector import open_detector
from echoloop.lab.scenes import Scene, Thing, draw
from echoloop.lab.scenes.vocabulary import BACKGROUNDS, CELLS, COLOURS, NOUNS


def test_every_noun_and_colour_is_named_on_every_background_as_sent():
    eyes = open_detector()
    wrong = []
    for number, background in enumerate(BACKGROUNDS):
        things = tuple(
            Thing(noun=noun, colour=COLOURS[(place + number) % len(COLOURS)], cell=CELLS[place])
            for place, noun in enumerate(NOUNS)
        )
        pixels = decode(encode_jpeg(draw(Scene(background=background, things=things)), 85)).pixels
        found = {one.name: one for one in eyes.detector.find(pixels)}
        assert found.keys() == set(NOUNS)
        for thing in things:
            left, top, right, bottom = (round(side) for side in found[thing.noun].box)
            mask = found[thing.noun].mask
            assert mask is not None
            crop = np.where(mask[..., None], pixels, np.uint8(0x99))[top:bottom, left:right]
            [colour] = eyes.colours.classify([crop], thing.noun, list(eyes.colours.colours))
            wrong += [(background, thing.noun, thing.colour, colour)] if colour != thing.colour else []
    assert wrong == []


def test_an_empty_picture_holds_nothing():
    assert open_detector().detector.find(np.full((192, 192, 3), 255, np.uint8)) == []
