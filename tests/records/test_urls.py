"""One post, one URL, however dirty it was pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.records import NotAPostUrl, canonical_url


@pytest.mark.parametrize(
    "dirty",
    [
        "https://x.com/painter_fan_01/status/123",
        "https://twitter.com/painter_fan_01/status/123?s=20",
        "http://mobile.twitter.com/painter_fan_01/status/123/photo/1",
        "**https://x.com/painter_fan_01/status/123**",
        "<https://www.x.com/someone_else/status/123#m>",
        "https://x.com/i/web/status/123",
        "x.com/i/status/123",
        "(https://twitter.com/painter_fan_01/status/123).",
    ],
)
def test_a_status_is_known_by_its_number(dirty: str) -> None:
    assert canonical_url(dirty) == "https://x.com/i/status/123"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("https://old.reddit.com/r/pics/comments/AbC/some_title/", "https://reddit.com/comments/abc"),
        (
            "https://www.reddit.com/r/pics/comments/abc/some_title/d1/?x=1",
            "https://reddit.com/comments/abc/_/d1",
        ),
        ("https://bsky.app/profile/a.example/post/3k/", "https://bsky.app/profile/a.example/post/3k"),
        ("http://example.org:8080/@a/1", "https://example.org:8080/@a/1"),
    ],
)
def test_other_places(dirty: str, clean: str) -> None:
    assert canonical_url(dirty) == clean


@pytest.mark.parametrize(
    "junk",
    ["", "   ", "not a url", "ftp://x.com/a", "javascript:alert(1)", "https://", "https://a.b:99999999/x"],
)
def test_what_is_no_post_is_refused_with_its_text(junk: str) -> None:
    with pytest.raises(NotAPostUrl):
        canonical_url(junk)


@given(st.text(max_size=60))
def test_the_canonical_form_is_stable(text: str) -> None:
    try:
        once = canonical_url(text)
    except NotAPostUrl:
        return
    assert canonical_url(once) == once
