"""A score is what the judge wrote last, or it is no score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.grading import read_grade, score_as_released


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Good. [[7]]", 7),
        ("first [[3]], on reflection\n[[ 10 ]]", 10),
        ("**[[4]]**", 4),
        ("最後に [[1]]。", 1),
        ("fine: **[[6]].**\n\n", 6),
        ("[[7]] That is my grade.", 7),
        ("[[7.5]], rounded: [[8]]", 8),
        ("[[8]]/10, for 2 faults", 8),
        ("[[3]]\n\nNote: 9", 3),
    ],
)
def test_the_bracket_at_the_end_counts(text: str, score: int) -> None:
    assert read_grade(text).score == score


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "[7]",
        "[[7.5]]",
        "[[0]]",
        "[[11]]",
        "[[-3]]",
        "[[ten]]",
        "[[7/10]]",
        "good [[8]] but [[n/a]]",
        "[[]]",
        "[[９９]]",
    ],
)
def test_what_does_not_fit_is_no_score(text: str) -> None:
    with pytest.raises(ValueError):
        read_grade(text)


def test_all_that_was_said_is_the_rationale() -> None:
    assert read_grade("Too yellow. [[4]] Sorry.").rationale == "Too yellow. [[4]] Sorry."


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("[[3]] and then [[9]]", 3),
        ("[[7.5]] or rather [[6]]", 6),
        ("[[ 10 ]]", 10),
        ("[[11]]", None),
        ("7", None),
    ],
)
def test_the_released_code_takes_the_first_whole_score(text: str, score: float | None) -> None:
    assert score_as_released(text) == score


@given(st.text(max_size=80))
def test_any_text_is_a_score_or_a_reason(text: str) -> None:
    try:
        score = read_grade(text).score
    except ValueError:
        return
    assert 1 <= score <= 10
