"""English prompts."""

from collections.abc import Mapping
from functools import cache

from echoloop.lab.scenes.language.grammar import COLOUR_BLANK, OBJECT_BLANK, Grammar, Tails
from echoloop.lab.scenes.requests import (
    Add,
    AddWord,
    ChangeBackground,
    Combine,
    KeepFace,
    Recolour,
    Remove,
    RewriteWord,
)
from echoloop.lab.scenes.scene import Face
from echoloop.lab.scenes.vocabulary import CELLS, COLOURS, Colour, Eyes, Noun, Size

_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_EYES: Mapping[Eyes, str] = {"close": "close-set", "even": "evenly set", "wide": "wide-set"}


def _group(noun: Noun | None, colour: Colour | None, count: int, size: Size | None) -> str:
    plural = "" if count == 1 or noun is None else "es" if noun == "box" else "s"
    rest = f"{size + ' ' if size else ''}{colour or COLOUR_BLANK} {noun or OBJECT_BLANK}{plural}"
    if count > 1:
        return f"{_NUMBERS[count - 2]} {rest}"
    return f"{'an' if rest[0] in 'aeiou' else 'a'} {rest}"


def _face(face: Face) -> str:
    return f"a {face.mouth} face with {face.skin} skin, {face.hair} hair and {_EYES[face.eyes]} eyes"


@cache
def english() -> Grammar:
    return Grammar(
        spaced=True,
        full_stop=".",
        openings=(
            "Draw ",
            "Please draw ",
            "Paint ",
            "Create an image of ",
            "Make a picture with ",
            "A picture of ",
            "Generate an illustration of ",
        ),
        group=_group,
        every=lambda noun, colour: f"every {colour} {noun}",
        face=_face,
        nothing="an empty scene",
        placed_before=False,
        place_link=" in ",
        separators=(", ", " and "),
        cell_separators=(", ", " and "),
        cells={cell: f"the {cell}" for cell in CELLS},
        bands={"top": "top", "bottom": "bottom"},
        backgrounds={
            "white": "a plain white backdrop",
            "sky": "a blue sky",
            "night": "a night sky",
            "sand": "a sandy beach",
            "meadow": "a green meadow",
            "lilac": "a lilac wall",
        },
        colours={colour: colour for colour in COLOURS},
        background_tails=Tails(
            clauses=(", against {background}", ", with {background} behind"),
            sentences=(". The background is {background}", ". Use {background} as the background"),
        ),
        word_tails=Tails(
            clauses=(', with the word "{word}" at the {band}',),
            sentences=('. Write "{word}" at the {band}', '. Add the text "{word}" along the {band}'),
        ),
        fillers=(". Flat cartoon style", ". Keep it simple", ". No shadows please"),
        edits={
            Recolour: ("Make {every} {colour}", "Change {every} to {colour}", "Recolour {every}: {colour}"),
            Remove: ("Remove {every}", "Erase {every} from the picture", "Get rid of {every}"),
            Add: ("Add {one} in {cell}", "Put {one} in {cell}"),
            ChangeBackground: (
                "Change the background to {background}",
                "Replace the background with {background}",
            ),
            AddWord: ('Write the word "{word}" at the {band}', 'Add the text "{word}" along the {band}'),
            RewriteWord: ('Change the word "{old}" to "{new}"', 'Replace the text "{old}" with "{new}"'),
            Combine: (
                "Put {every} from the first picture onto the background of the second picture",
                "Combine the two pictures: {every} from the first in front of the background of the second",
            ),
            KeepFace: (
                "Keep the face exactly as it is and change the background to {background}",
                "Same person, same face, but in front of {background}",
            ),
        },
        edit_fillers=(". Keep everything else the same", ". Do not touch the rest"),
    )
