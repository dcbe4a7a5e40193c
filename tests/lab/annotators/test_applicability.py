"""Colour shift means something where colours are left alone."""

import pytest

from echoloop.diagnose.applicability import ApplicabilityAnswer


@pytest.mark.parametrize(
    ("prompt", "pictures", "applies"),
    [
        ("Remove every red ball.", 1, True),
        ("Añade el texto «HOLA» arriba del todo", 1, True),
        ("给她加一顶帽子", 1, True),
        ("Make every red ball blue", 1, False),
        ("Change the background to a night sky.", 1, False),
        ("Keep the face exactly as it is and change the background to a lilac wall.", 1, False),
        ("Draw a red ball, against a night sky.", 0, False),
        ("Remove every red ball.", 0, False),
        ("Put every red ball from the first picture onto the background of the second picture.", 2, False),
        ("turn this into a watercolour in the style of a poster", 1, False),
    ],
)
def test_colour_shift(ask, prompt: str, pictures: int, applies: bool) -> None:
    data = {"metric": "color_shift", "description": "", "prompt": prompt, "input_pictures": pictures}
    assert ask(ApplicabilityAnswer, data).applies is applies


def test_a_metric_nobody_knows_applies_nowhere(ask) -> None:
    data = {"metric": "sparkle", "description": "", "prompt": "Remove every red ball.", "input_pictures": 1}
    assert ask(ApplicabilityAnswer, data).applies is False


@pytest.mark.parametrize(
    ("metric", "prompt", "pictures", "applies"),
    [
        ("structure_distance", "Remove every red ball.", 1, True),
        ("structure_distance", "Draw a red ball, against a night sky.", 0, False),
        (
            "face_similarity",
            "Keep the face exactly as it is and change the background to a lilac wall.",
            1,
            True,
        ),
        ("face_similarity", "Remove every red ball.", 1, False),
        ("text_rendering", "Añade el texto «HOLA» arriba del todo", 1, True),
        ("text_rendering", "Remove every red ball.", 1, False),
        ("object_count", "Draw a red ball, against a night sky.", 0, True),
        ("object_count", "给她加一顶帽子", 1, False),
        ("aspect_ratio", "Remove every red ball.", 1, True),
        ("aspect_ratio", "a castle at dawn, 16:9", 0, True),
        ("aspect_ratio", "a castle at dawn", 0, False),
        ("framing", "Draw a red ball, against a night sky.", 0, True),
        ("framing", "a castle at dawn", 0, False),
    ],
)
def test_the_other_metrics(ask, metric: str, prompt: str, pictures: int, applies: bool) -> None:
    data = {"metric": metric, "description": "", "prompt": prompt, "input_pictures": pictures}
    assert ask(ApplicabilityAnswer, data).applies is applies
