"""A rubric + an item + pictures, as one request. References are called references, outputs are called outputs."""

from collections.abc import Sequence

from echoloop.calls import ChatRequest, ImagePart
from echoloop.engine import Rendering
from echoloop.images import Rendition

AS_JUDGED = Rendition(shortest_side=512, longest_side=2048, format="jpeg", quality=85)
"""What a judge sees: the shortest side at most 512, JPEG at quality 85, no metadata."""


def grade_request(
    rendering: Rendering,
    prompt: str,
    references: Sequence[str],
    output: str,
    *,
    repeat: int = 0,
    rule: Rendition = AS_JUDGED,
) -> ChatRequest:
    """Ask for a grade of one stored picture. `repeat` asks the same again on purpose, with a receipt of its own."""
    shown = [*_references(rendering, references, rule), ("The output:", rendering.picture(output, rule))]
    return rendering.about({"prompt": prompt}, shown, attempt=repeat, temperature=0)


def compare_request(
    rendering: Rendering,
    prompt: str,
    references: Sequence[str],
    outputs: tuple[str, str],
    *,
    repeat: int = 0,
    rule: Rendition = AS_JUDGED,
) -> ChatRequest:
    """Ask which of two stored pictures is better, in the order in which they are given."""
    first, second = outputs
    shown = [
        *_references(rendering, references, rule),
        ("Output A:", rendering.picture(first, rule)),
        ("Output B:", rendering.picture(second, rule)),
    ]
    return rendering.about({"prompt": prompt}, shown, attempt=repeat, temperature=0)


def _references(
    rendering: Rendering, references: Sequence[str], rule: Rendition
) -> list[tuple[str, ImagePart]]:
    return [
        (f"Reference {number}:", rendering.picture(sha256, rule))
        for number, sha256 in enumerate(references, start=1)
    ]
