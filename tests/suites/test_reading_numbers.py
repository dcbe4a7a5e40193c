"""What a judge said -> a score or a reason: never a number from nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.suites.reading_numbers import (
    read_flag,
    read_number,
    read_score_list,
    read_scores,
    read_yes_no,
)

TWO = {"fantasy": ("Fantasy Fulfillment", "Fantasy"), "identity": ("Identity Preservation", "Identity")}


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("Score: 7", 7.0),
        ("**Score:** **7**", 7.0),
        ("The picture is fine.\n\n**Score: 7/10**", 7.0),
        ("Score: 7.5", 7.5),
        ("Punktzahl: 7,5", 7.5),
        ("评分：８", 8.0),
        ("الدرجة\nScore: ٨", 8.0),
        ("score = 8 / 10", 8.0),
        ("rating is 9 out of 10.", 9.0),
        ("I see three cups. [[6]]", 6.0),
        ("8", 8.0),
        ("There are 3 dogs, 2 of them grey.\n8/10", 8.0),
        ('```json\n{"reasoning": "two of 3 are there", "score": 4}\n```', 4.0),
        ('{"score": "4"}', 4.0),
        ('{"score": {"value": 4, "of": 10}}', 4.0),
        ("Score: 8\nand again: Score: 8", 8.0),
        ("Score: 0", 0.0),
        ("__Final score__: 10", 10.0),
    ],
)
def test_a_score_is_read_however_it_is_written(said: str, score: float) -> None:
    assert read_number(said, 0, 10) == score


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "no number is said"),
        ("I cannot rate this picture.", "no number is said"),
        ("There are 3 dogs in the picture.", "no number is said"),
        ("Score: eight", "no number is said"),
        ("Score: 12", "not between"),
        ("Score: -1", "not between"),
        ("Score: 100", "not between"),
        ("Score: 7 ... no: Score: 3", "two answers"),
        ("Score: 7-8", "range"),
        ("Score: 7 to 8", "range"),
        ("Score: 80%", "percentage"),
        ("Score: 4/5", "another scale"),
        ("Score: 7th", "no number"),
        ("Score: 7½", "no number"),
        ("Score: 1.2.3", "no number"),
        ("7\n\n3", "two answers"),
        ('{"score": true}', "no number"),
        ('{"score": [7]}', "no number"),
        ('{"score": 1e999}', "not between"),
        ('{"score": 7} {"score": 3}', "two answers"),
    ],
)
def test_what_is_no_score_says_why(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_number(said, 0, 10)


@pytest.mark.parametrize(
    "said",
    [
        "Reason: fine\nFantasy Fulfillment: 8\nReason: fine\nIdentity Preservation: 6",
        "**Fantasy Fulfillment:** 8\n**Identity Preservation:** 6",
        "1. Fantasy Fulfillment (0–10): 8/10\n2. Identity Preservation (0-10): 6/10",
        "Fantasy Fulfillment：８\nIdentity Preservation：６",
        "Fantasy fulfillment score: 8.0, identity_preservation = 6",
        '{"fantasy": 8, "identity": 6, "reason": "1 of 2"}',
        'Sure!\n```json\n{"scores": {"Fantasy Fulfillment": {"score": 8, "reason": ""}, "Identity": "6"}}\n```',
        "| Fantasy Fulfillment | 8 |\n| Identity Preservation | 6 |".replace("|", " "),
    ],
)
def test_several_scores_are_read_by_their_names(said: str) -> None:
    assert read_scores(said, TWO, 0, 10) == {"fantasy": 8.0, "identity": 6.0}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Fantasy Fulfillment: 8", "no score for 'Identity Preservation'"),
        ("8 and 6", "no score for 'Fantasy Fulfillment'"),
        ("幻想：8 身份：6", "no score"),
        ("Fantasy Fulfillment: 8\nIdentity Preservation: 16", "not between"),
        ("Fantasy Fulfillment: 8\nIdentity Preservation: 6\nIdentity Preservation: 2", "two answers"),
        ("Fantasy Fulfillment: <score>\nIdentity Preservation: 6", "no score"),
    ],
)
def test_a_score_that_is_missing_leaves_all_unparsed(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_scores(said, TWO, 0, 10)


def test_a_list_of_scores_has_its_length() -> None:
    assert read_score_list('```\n{"score": [8, 7.5], "reasoning": "x"}\n```', ("score",), 2, 0, 10) == [
        8,
        7.5,
    ]
    for said in (
        '{"score": [8]}',
        '{"score": 8}',
        "[8, 7]",
        '{"score": [8, 17]}',
        '{"score": [8, 7]} {"score": [1, 7]}',
    ):
        with pytest.raises(ValueError):
            read_score_list(said, ("score",), 2, 0, 10)


@pytest.mark.parametrize(
    ("said", "flag"),
    [
        ('{"correct": 1, "reason": "all there"}', True),
        ('{"correct": 0}', False),
        ('{"correct": true}', True),
        ('{"correct": "no"}', False),
        ('{"correct": "1"}', True),
        ('```json\n{"reason": "a {brace}", "correct": 0}\n```', False),
        ("**correct**: 1", True),
        ("correct = yes", True),
    ],
)
def test_a_flag(said: str, flag: bool) -> None:
    assert read_flag(said, ("correct",)) is flag


@pytest.mark.parametrize(
    "said",
    [
        "",
        "1",
        '{"correct": 0.5}',
        '{"correct": 2}',
        '{"correct": 1} {"correct": 0}',
        '{"correct": null}',
        "It is correct.",
    ],
)
def test_what_is_no_flag(said: str) -> None:
    with pytest.raises(ValueError):
        read_flag(said, ("correct",))


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("yes", True),
        ("No.", False),
        ("**Yes**, there is a dog.", True),
        ("No, there is no dog, yes that is so.", False),
        ("The dog is blue.\nAnswer: no", False),
        ("The dog is blue.\n\nyes", True),
        ("是", True),
        ("否。", False),
        ("いいえ", False),
        ("Sí, hay un perro", True),
        ('{"answer": "yes"}', True),
    ],
)
def test_yes_and_no_in_several_languages(said: str, verdict: bool) -> None:
    assert read_yes_no(said) is verdict


@pytest.mark.parametrize(
    "said",
    [
        "",
        "perhaps",
        "There is a dog and no cat.",
        "Yes\nAnd then again:\nNo",
        "Answer: yes\nAnswer: no",
        "I cannot say.",
    ],
)
def test_what_is_neither_yes_nor_no(said: str) -> None:
    with pytest.raises(ValueError):
        read_yes_no(said)


@given(st.text(max_size=200))
def test_no_text_breaks_a_reader(said: str) -> None:
    for read in (
        lambda: read_number(said, 0, 10),
        lambda: read_flag(said, ("a",)),
        lambda: read_yes_no(said),
    ):
        try:
            value = read()
        except ValueError:
            continue
        assert 0 <= float(value) <= 10


@given(st.integers(0, 10), st.text(alphabet="abc ,.\n", max_size=40))
def test_a_named_score_is_the_score(score: int, before: str) -> None:
    assert read_number(f"{before}\nScore: {score}\n", 0, 10) == score


def test_a_number_without_end_is_no_score() -> None:
    with pytest.raises(ValueError):
        read_scores('{"score": ' + "9" * 400 + "}", {"score": ("score",)}, 0, 10)
