"""The plan's keywords, searched for in texts that are here already."""

from datetime import UTC, date, datetime, timedelta

import pytest

from echoloop.collect.plan import Phase, Plan
from echoloop.collect.plan.matching import Matcher

RELEASED = datetime(2025, 3, 25, tzinfo=UTC)


def _matcher(*keywords: str) -> Matcher:
    phase = Phase(name="broad", keywords=keywords, from_day=0, days=None, window_days=1)
    return Matcher(Plan(released=date(2025, 3, 25), phases=(phase,)))


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("Pixmo", "i love PIXMO!", True),
        ("pixmo", "pixmos are not it", False),
        ("pixmo", "unpixmo", False),
        ("pixmo", "#pixmo @pixmo", True),
        ("create image", "an image\n\n  that I let it create", True),
        ("create image", "created images", False),
        ("提示词", "今天的提示词分享", True),
        ("プロンプト", "このプロンプトで生成しました", True),
        ("pixmo 生成", "pixmoで生成した絵", True),
        ("straße", "STRASSE", True),
        ("c++", "I wrote it in c++, really", True),
        ("(.*)", "no pattern here", False),
    ],
)
def test_words_are_matched_as_people_mean_them(keyword: str, text: str, found: bool) -> None:
    assert _matcher(keyword).find("x", text, RELEASED) == ((keyword,) if found else ())


def test_a_keyword_finds_only_in_the_days_of_its_phase() -> None:
    broad = Phase(name="broad", keywords=("pixmo",), from_day=-1, days=3, window_days=1)
    narrow = Phase(
        name="narrow",
        keywords=("prompt",),
        from_day=2,
        days=None,
        window_days=7,
        platforms={"reddit": ("pixmo",)},
    )
    matcher = Matcher(Plan(released=date(2025, 3, 25), phases=(broad, narrow), until=date(2025, 4, 1)))
    text = "pixmo prompt"

    def on(day: float, platform: str = "x") -> tuple[str, ...]:
        return matcher.find(platform, text, RELEASED + timedelta(days=day))

    assert [on(day) for day in (-1.1, -1, 1.9, 2, 7.9, 8)] == [
        (), ("pixmo",), ("pixmo",), ("prompt",), ("prompt",), (),
    ]  # fmt: skip
    assert on(3, "reddit") == ("pixmo",)
    assert matcher.find("x", text, None) == ("pixmo", "prompt")


def test_many_keywords_are_found_in_their_order_and_once() -> None:
    matcher = _matcher(*(f"word{number:03d}" for number in range(200)))
    assert matcher.find("x", "word150 word007 WORD007", RELEASED) == ("word007", "word150")
