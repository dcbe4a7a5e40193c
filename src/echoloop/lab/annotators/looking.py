"""What a viewer says of one result: how its text is written, how many things are in it, whether its subject is cut off."""

from collections.abc import Sequence

import msgspec

from echoloop.images import Box
from echoloop.lab.annotators.sight import Sight
from echoloop.lab.scenes import AddWord, EditRequest, RewriteWord, SceneReading, SceneRequest, understand

_LOWEST, _HIGHEST = 1, 10
_EDGE = 1


class LookQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about one result."""

    prompt: str = ""


def grade_text(question: LookQuestion, pictures: Sequence[Sight]) -> dict[str, object]:
    """The words asked for against the words seen."""
    wanted = wanted_words(question.prompt)
    seen = [lettering.word for lettering in _seen(pictures).words]
    faults = [
        {"kind": "spelling" if seen else "missing", "where": word} for word in wanted if word not in seen
    ]
    right = 1 - len(faults) / len(wanted) if wanted else 1.0
    return {
        "wanted": wanted,
        "read": " ".join(seen),
        "faults": faults,
        "rating": round(_LOWEST + (_HIGHEST - _LOWEST) * right),
    }


def wanted_words(prompt: str) -> list[str]:
    """The words that a prompt wants to see written."""
    match understand(prompt):
        case SceneRequest(words=words):
            return [lettering.word for lettering in words]
        case EditRequest(edit=AddWord(word=word)):
            return [word]
        case EditRequest(edit=RewriteWord(new=new)):
            return [new]
        case _:
            return []


def count_objects(question: LookQuestion, pictures: Sequence[Sight]) -> dict[str, object]:
    """Every kind of thing that a new picture was asked to hold."""
    request = understand(question.prompt)
    things = request.things if isinstance(request, SceneRequest) else ()
    seen = _seen(pictures).things
    kinds = [
        {
            "name": f"{f'{wanted.size} ' if wanted.size else ''}{wanted.colour} {wanted.noun}",
            "wanted": wanted.count,
            "seen": sum(
                (one.noun, one.colour) == (wanted.noun, wanted.colour) and wanted.size in (None, one.size)
                for one in seen
            ),
        }
        for wanted in things
    ]
    return {"kinds": kinds}


def look_at_framing(question: LookQuestion, pictures: Sequence[Sight]) -> dict[str, object]:
    """Things and faces that touch an edge: in a whole picture nothing does."""
    reading = _seen(pictures)
    boxes = [one.box for one in (*reading.things, *reading.faces)]
    sides = sorted({side for box in boxes for side in _touched(box, reading)})
    return {
        "subject": "the things in the picture" if boxes else "",
        "cut_off": bool(sides),
        "sides": sides,
    }


def _touched(box: Box, reading: SceneReading) -> list[str]:
    touched = {
        "left": box.left <= _EDGE,
        "top": box.top <= _EDGE,
        "right": box.right >= reading.width - _EDGE,
        "bottom": box.bottom >= reading.height - _EDGE,
    }
    return [side for side, touches in touched.items() if touches]


def _seen(pictures: Sequence[Sight]) -> SceneReading:
    reading = pictures[-1].reading if pictures else None
    return reading or SceneReading(width=1, height=1, background="white")
