"""The closed vocabulary of lab pictures, and the colours it is painted in.

Colours are chosen so that a whole picture may be tinted by up to 18 units of b* or darkened by 10 of L*
without any name becoming another; no thing is ever as dark and neutral as ink.
"""

from collections.abc import Mapping
from typing import Literal

RGB = tuple[int, int, int]

Noun = Literal["ball", "box", "tent", "star", "heart", "kite", "ring", "moon"]
Colour = Literal["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"]
Size = Literal["small", "large"]
Cell = Literal[
    "top left",
    "top centre",
    "top right",
    "middle left",
    "centre",
    "middle right",
    "bottom left",
    "bottom centre",
    "bottom right",
]
Band = Literal["top", "bottom"]
Background = Literal["white", "sky", "night", "sand", "meadow", "lilac"]
Skin = Literal["pale", "tan", "brown", "dark"]
Hair = Literal["brown", "blond", "red", "grey"]
Eyes = Literal["close", "even", "wide"]
Mouth = Literal["smiling", "serious", "surprised"]

NOUNS: tuple[Noun, ...] = ("ball", "box", "tent", "star", "heart", "kite", "ring", "moon")
SIZES: tuple[Size, ...] = ("small", "large")
BANDS: tuple[Band, ...] = ("top", "bottom")
EYES: tuple[Eyes, ...] = ("close", "even", "wide")
MOUTHS: tuple[Mouth, ...] = ("smiling", "serious", "surprised")
CELLS: tuple[Cell, ...] = (
    "top left",
    "top centre",
    "top right",
    "middle left",
    "centre",
    "middle right",
    "bottom left",
    "bottom centre",
    "bottom right",
)

COLOUR_RGB: Mapping[Colour, RGB] = {
    "red": (215, 35, 35),
    "orange": (250, 140, 20),
    "yellow": (250, 222, 30),
    "green": (30, 145, 60),
    "blue": (40, 85, 225),
    "purple": (145, 45, 165),
    "pink": (245, 100, 175),
    "brown": (135, 80, 35),
}
BACKGROUND_RGB: Mapping[Background, RGB] = {
    "white": (255, 255, 255),
    "sky": (130, 190, 250),
    "night": (20, 24, 60),
    "sand": (228, 198, 135),
    "meadow": (165, 215, 145),
    "lilac": (225, 202, 240),
}
SKIN_RGB: Mapping[Skin, RGB] = {
    "pale": (255, 222, 200),
    "tan": (222, 170, 125),
    "brown": (170, 115, 75),
    "dark": (120, 80, 55),
}
HAIR_RGB: Mapping[Hair, RGB] = {
    "brown": (92, 56, 30),
    "blond": (240, 205, 90),
    "red": (195, 72, 30),
    "grey": (160, 160, 166),
}
COLOURS: tuple[Colour, ...] = tuple(COLOUR_RGB)
BACKGROUNDS: tuple[Background, ...] = tuple(BACKGROUND_RGB)
SKINS: tuple[Skin, ...] = tuple(SKIN_RGB)
HAIRS: tuple[Hair, ...] = tuple(HAIR_RGB)

DARK_INK: RGB = (20, 20, 24)
LIGHT_INK: RGB = (250, 250, 250)


def ink_on(background: Background) -> RGB:
    return LIGHT_INK if background == "night" else DARK_INK
