"""Wrong letters are counted; what stands around them is not."""

import pytest

from echoloop.diagnose.metrics.character_errors import character_error_rate, quoted_texts


@pytest.mark.parametrize(
    ("wanted", "read", "expected"),
    [
        ("GRAND OPENING", "Grand\nOpening", 0),
        ("SALE", "the big SALE today", 0),
        ("SALE", "SAIE", 0.25),
        ("SALE", "SALLE", 0.25),
        ("SALE", "", 1),
        ("SALE", "XXXXXXX", 1),
        ("", "anything", 0),
        ("咖啡店", "咖啡点", 1 / 3),
    ],
)
def test_rate(wanted: str, read: str, expected: float) -> None:
    assert character_error_rate(wanted, read) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ('a sign that says "OPEN"', ("OPEN",)),
        ("un cartel «HOLA»", ("HOLA",)),
        ("写上“你好”和「再见」", ("你好", "再见")),
        ("it's the dog's bone", ()),
        ("the words 'Be kind' in chalk", ("Be kind",)),
    ],
)
def test_quotes(prompt: str, expected: tuple[str, ...]) -> None:
    assert quoted_texts(prompt) == expected
