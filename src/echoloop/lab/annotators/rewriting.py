"""A reader for painters without eyes: it looks at the pictures, carries the edit out in its head, and describes what results."""

from collections.abc import Sequence

import msgspec
import numpy as np

from echoloop.lab.annotators.sight import Sight
from echoloop.lab.scenes import EditRequest, apply_edit, describe, understand


class RewriteQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request for a rewrite."""

    prompt: str = ""
    input_pictures: int = 0


def rewrite(question: RewriteQuestion, pictures: Sequence[Sight]) -> dict[str, str]:
    """The scene in words; the prompt itself where it needs no picture, or makes no sense to a painter anyway."""
    request = understand(question.prompt)
    seen = [sight.reading for sight in pictures if sight.reading is not None]
    if not isinstance(request, EditRequest) or len(seen) < request.inputs:
        return {"prompt": question.prompt}
    scene = apply_edit(request.edit, seen)
    return {"prompt": describe(scene, "en", np.random.default_rng(0))}
