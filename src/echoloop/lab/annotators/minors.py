"""Whether a picture shows a minor. Drawn figures never do; lettering stands for what the lab cannot draw."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from echoloop.lab.annotators.sight import Sight

_A_CHILD = frozenset({"CHILD", "KID", "KIDS", "TEEN", "BABY"})


class MinorsVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    apparent_minor: Literal["no", "cannot tell", "yes"]


def look_for_minors(sights: Sequence[Sight]) -> MinorsVerdict:
    """A picture that cannot be read cannot be told."""
    readings = [sight.reading for sight in sights if sight.reading is not None]
    if any(seen.word in _A_CHILD for reading in readings for seen in reading.words):
        return MinorsVerdict(apparent_minor="yes")
    if not readings and not any(sight.screen for sight in sights):
        return MinorsVerdict(apparent_minor="cannot tell")
    return MinorsVerdict(apparent_minor="no")
