"""Who wrote a text is left out of it, and nothing in it works unseen."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.report.displayed_text import TextDisplay, linkable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("thanks @painter_fan_01!", "thanks [handle]!"),
        ("谢谢@painter_fan_01的图", "谢谢[handle]的图"),
        ("by @fan@lab.example and fan@lab.example", "by [handle] and [handle]"),
        ("see u/brush_lover and /user/Brush-Lover", "see [handle] and [handle]"),
        ("https://x.com/painter_fan/status/1", "https://x.com/[handle]/status/1"),
        ("https://x.com/i/status/1", "https://x.com/i/status/1"),
        ("https://bsky.app/profile/fan.lab.example/post/3", "https://bsky.app/profile/[handle]/post/3"),
        ("as Brush.Lover_7 said.", "as [handle] said."),
        ("a cat @ 4k, 50/50", "a cat @ 4k, 50/50"),
    ],
)
def test_handles_are_left_out(text: str, shown: str) -> None:
    assert TextDisplay(["@brush.lover_7", "@cat"]).text(text) == shown


@given(st.text())
def test_what_is_shown_can_be_written_and_does_not_change_when_shown_again(text: str) -> None:
    display = TextDisplay(["@brush.lover_7"])
    shown = display.text(text)
    shown.encode()
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00\x1b\r"
    )
    assert display.text(shown) == shown


@pytest.mark.parametrize("letter", ["a", "@", "u/", "a.", "x.com/"])
def test_a_long_run_costs_no_more_than_its_length(letter: str) -> None:
    display = TextDisplay(["@brush.lover_7"])
    begun = time.process_time()
    display.text(letter * (100_000 // len(letter)))
    assert time.process_time() - begun < 2


def test_only_known_addresses_without_handles_become_links() -> None:
    good = ["https://x.com/i/status/12", "https://reddit.com/comments/ab1/_/c2"]
    bad = [
        "javascript:alert(1)",
        "https://x.com/fan/status/1",
        "https://bsky.app/profile/fan/post/1",
        'https://x.com/i/status/12" onclick="x',
    ]
    assert list(linkable([*good, *bad])) == good


def test_a_model_keeps_its_name_and_is_escaped() -> None:
    display = TextDisplay()
    assert display.name("@lab/flux-1") == "@lab/flux-1"
    assert display.name("<b>\u202e") == "&lt;b&gt;[U+202E]"
