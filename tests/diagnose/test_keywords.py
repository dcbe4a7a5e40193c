"""Names that differ only in how they are written are one name; what differs in meaning stays apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.diagnose.keywords import LONGEST, clean, spelt


@pytest.mark.parametrize(
    "names",
    [
        (
            "Yellow Tint",
            "yellow  tints",
            "tint, yellow",
            "YELLOW-TINT",
            "yellow_tint",
            "ｙｅｌｌｏｗ ｔｉｎｔ",
        ),
        ("wrong colour", "wrong color", "Wrong Colours", "the wrong colour"),
        ("blurry face", "blurry faces", "Blurry-Face"),
        ("grey skies", "gray sky"),
        ("posición", "posicion"),
        ("extra glasses", "extra glass"),
        ("数が違う", "数が違う\u200b"),
    ],
)
def test_one_name_in_several_spellings(names: tuple[str, ...]) -> None:
    assert len({spelt(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("text", "no text"),
        ("yellow tint", "blue tint"),
        ("カ", "ガ"),
        ("missing object", "extra object"),
        ("色", "数"),
        ("glass", "gloss"),
        ("bus", "bu"),
    ],
)
def test_what_means_something_else_stays_apart(one: str, other: str) -> None:
    assert spelt(one) != spelt(other)


@given(st.text(max_size=300))
def test_any_text_becomes_a_short_visible_name(text: str) -> None:
    name = clean(text)
    assert len(name) <= LONGEST
    assert name == clean(name)
    assert not any(letter in name for letter in "\n\t\u202e\u200b\x00")
    assert spelt(text) == spelt(name)


def test_a_flood_is_cut_before_it_costs_anything() -> None:
    assert len(clean("🎨 " * 50_000)) <= LONGEST
    assert spelt("x" * 100_000) == "x" * LONGEST


def test_a_name_of_small_words_or_marks_alone_keeps_itself() -> None:
    assert (spelt("too so"), spelt("!?"), spelt("")) == ("too so", "!?", "")
