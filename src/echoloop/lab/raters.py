"""People of the lab who rank pictures: they look at what was asked, see most of what is wrong, and differ in the rest."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np

from echoloop.lab.annotators.judging import FAIR, points_of
from echoloop.lab.annotators.sight import Eyes

_SPREAD = 1.0
_SEEN_APART = 0.5
RATERS = ("rater-anise", "rater-basil", "rater-cumin", "rater-dill", "rater-endive")


class Raters:
    """A panel with one pair of eyes: a picture is looked at once."""

    def __init__(self) -> None:
        self._eyes = Eyes()

    def rank(
        self, rater: str, prompt: str, references: Sequence[bytes], outputs: Mapping[str, bytes]
    ) -> dict[str, int] | None:
        """The place of each model's picture, equal ones tied; None where the prompt says nothing that can be checked."""
        before = [self._eyes.look(picture) for picture in references]
        seen = {
            model: points_of(FAIR, prompt, before, self._eyes.look(data)) for model, data in outputs.items()
        }
        if any(points is None for points in seen.values()):
            return None
        felt = {
            model: round((points + _mood(rater, prompt, outputs[model])) / _SEEN_APART)
            for model, points in seen.items()
            if points is not None
        }
        return {model: 1 + sum(other > own for other in felt.values()) for model, own in felt.items()}


def _mood(rater: str, prompt: str, picture: bytes) -> float:
    """The same person always sees the same picture the same way."""
    seed = sha256(f"{rater}\n{prompt}\n".encode() + picture).digest()[:16]
    return float(np.random.default_rng(int.from_bytes(seed, "big")).normal(0.0, _SPREAD))
