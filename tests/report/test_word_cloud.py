"""A cloud in which no word covers another, which is the same for the same counts, and which holds any text."""

import xml.etree.ElementTree as ElementTree
from itertools import combinations

import pytest

from echoloop.records import FaultKeyword
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.word_cloud import MOST, place_words, word_cloud

PLAIN = TextDisplay()
SVG = "{http://www.w3.org/2000/svg}"


def keyword(name: str, remarks: int, cluster: str = "c") -> FaultKeyword:
    return FaultKeyword(keyword=name, cluster=cluster, merged_by="itself", remarks=remarks, state="answered")


MANY = [keyword(f"fault number {n}", 1 + 400 // (n + 1), f"cluster {n % 9}") for n in range(200)]
HOSTILE = [
    keyword("<script>alert(1)</script>", 9),
    keyword('"/><image href="x" onerror="y"/>', 8),
    keyword("\u202egnp.exe", 7),
    keyword("黄ばみ", 6),
    keyword("نص", 5),
    keyword("🎨" * 60, 4),
    keyword("@painter_fan_01 hates it", 3),
    keyword("a\x00b\x1b[31m", 2),
    keyword("&amp; <", 1),
]


@pytest.mark.parametrize("keywords", [MANY, HOSTILE, MANY[:1]], ids=["many", "hostile", "one"])
def test_no_word_covers_another(keywords: list[FaultKeyword]) -> None:
    words = place_words(keywords, PLAIN)
    assert len(words) == min(len(keywords), MOST)
    for one, other in combinations(words, 2):
        assert (
            abs(one.x - other.x) >= (one.width + other.width) / 2 - 1e-6
            or abs(one.y - other.y) >= (one.height + other.height) / 2 - 1e-6
        ), (one.text, other.text)


def test_more_remarks_are_larger_and_clusters_share_a_colour() -> None:
    words = place_words([keyword("a", 9, "x"), keyword("b", 4, "y"), keyword("c", 1, "x")], PLAIN)
    assert [word.text for word in words] == ["a", "b", "c"]
    assert words[0].size > words[1].size > words[2].size
    assert words[0].colour == words[2].colour != words[1].colour


def test_the_order_of_the_rows_changes_nothing() -> None:
    assert dict(word_cloud(MANY, PLAIN)) == dict(word_cloud(MANY[::-1], PLAIN))


def test_hostile_words_are_text_and_nothing_else() -> None:
    files = dict(word_cloud(HOSTILE, PLAIN))
    root = ElementTree.fromstring(files["word_cloud.svg"])
    assert {element.tag for element in root.iter()} == {
        f"{SVG}{name}" for name in ("svg", "rect", "text", "title")
    }
    assert not [
        name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name
    ]
    words = [element.find(f"{SVG}title").tail for element in root.iter(f"{SVG}text")]
    assert "<script>alert(1)</script>" in words
    assert "painter_fan_01" not in files["word_cloud.svg"].decode()
    assert "\u202e" not in files["word_cloud.svg"].decode()
    assert set(files) == {"word_cloud.svg", "word_cloud.pdf", "word_cloud.png"}


def test_what_is_left_out_is_said() -> None:
    assert f"{MOST} of 200 names" in dict(word_cloud(MANY, PLAIN))["word_cloud.svg"].decode()
    assert not list(word_cloud([], PLAIN))
