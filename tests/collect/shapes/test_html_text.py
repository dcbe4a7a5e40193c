"""HTML becomes text: what a reader sees, in no more time than its length."""

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.collect.shapes.html_text import html_to_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain", "plain"),
        ("<p>one</p><p>two<br>three<br/>four</p>", "one\n\ntwo\nthree\nfour"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("a<div>b</div><div>c</div>d", "a\nb\nc\nd"),
        ("a &lt;b&gt; &amp;amp; &#128512; &nope;", "a <b> &amp; 😀 &nope;"),
        ('<a href="https://x.example/?a=1&amp;b=2" title="a > b">link</a>', "link"),
        ('<span class="invisible">https://</span><span>x.example/long</span>', "https://x.example/long"),
        ("<script>alert('<p>no</p>')</script>yes<style>p{}</style>", "yes"),
        ("<SCRIPT>never closed <p>text", ""),
        ("<!-- a <b> comment --><b>bold</b><!doctype html>", "bold"),
        ("2 < 3 and 5 > 4, <3", "2 < 3 and 5 > 4, <3"),
        ("<p>unclosed <b", "unclosed <b"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("  <p> spaces </p>\n\n\n\n<p>kept</p> ", "spaces\n\nkept"),
    ],
)
def test_what_a_reader_sees(source: str, text: str) -> None:
    assert html_to_text(source) == text


@given(st.text())
def test_text_that_was_escaped_comes_back(text: str) -> None:
    assert html_to_text(f"<p>{html.escape(text)}</p>").split() == text.split()


@given(st.text(alphabet="<>/!-\"' &;#abpscriptyle\n"))
def test_nothing_breaks_it(source: str) -> None:
    html_to_text(source)


@pytest.mark.parametrize(
    "piece", ["<a", "<!--", "<a b='", "<![CDATA[", "<script>", "&#", "<p>", "<li>", "\n ", "<a b=\"'", "</"]
)
def test_hostile_input_takes_time_in_proportion_to_its_length(piece: str) -> None:
    begun = time.perf_counter()
    html_to_text(piece * 200_000)
    assert time.perf_counter() - begun < 5
