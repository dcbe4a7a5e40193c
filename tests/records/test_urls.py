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
    ("one", "other"),
    [
        ("https://news.ycombinator.com/item?id=1", "https://news.ycombinator.com/item?id=2"),
        ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abd"),
        ("https://www.youtube.com/watch?v=abc_", "https://www.youtube.com/watch?v=abc"),
        (
            "https://m.facebook.com/story.php?story_fbid=1&id=9",
            "https://m.facebook.com/story.php?story_fbid=2&id=9",
        ),
        (
            "https://bbs.example.org/thread.php?tid=1&page=2",
            "https://bbs.example.org/thread.php?tid=1&page=3",
        ),
    ],
)
def test_posts_that_only_a_query_tells_apart_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)
    assert canonical_url(canonical_url(one)) == canonical_url(one)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("https://news.ycombinator.com/item?id=1#2", "https://news.ycombinator.com/item?id=1"),
        ("https://youtube.com/watch?si=Zz&v=abc&feature=share", "https://youtube.com/watch?v=abc"),
        (
            "https://youtube.com/watch?v=abc&amp;utm_source=x&amp;UTM_medium=y",
            "https://youtube.com/watch?v=abc",
        ),
        ("**https://a.example/p?b=2&a=1&fbclid=IwAR0&mc_cid=1**", "https://a.example/p?a=1&b=2"),
        ("_https://a.example/p?b=2_", "https://a.example/p?b=2"),
        ("(https://a.example/p?b=2&ref=home).", "https://a.example/p?b=2"),
        ("https://a.example/p?gclid=1&igshid=2&igsh=3&ref_src=4&ref_url=5&share_id=6", "https://a.example/p"),
        ("https://a.example/?", "https://a.example"),
        ("https://a.example/?id=1/", "https://a.example?id=1/"),
        (
            "https://bsky.app/profile/a.example/post/3k?ref_src=embed",
            "https://bsky.app/profile/a.example/post/3k",
        ),
        ("https://x.com/a/status/1?s=46&t=Q", "https://x.com/i/status/1"),
        ("https://www.reddit.com/comments/abc/_/d1?context=3&id=7", "https://reddit.com/comments/abc/_/d1"),
    ],
)
def test_of_a_query_only_what_names_the_post_stays(dirty: str, clean: str) -> None:
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


@given(st.text(alphabet="ab=&;?#/_.*)amp%:\xa0é", max_size=40))
def test_the_canonical_form_of_any_query_is_stable(query: str) -> None:
    once = canonical_url(f"https://a.example/p?{query}")
    assert canonical_url(once) == once
