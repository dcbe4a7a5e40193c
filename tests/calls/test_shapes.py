import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from echoloop.calls import ChatText, Parsed, structured
from echoloop.calls.responses import Reading
from echoloop.calls.shapes import fit
from echoloop.records.answers import Answered, Unparsed
from echoloop.records.receipt import Usage


class Score(BaseModel):
    score: int
    why: str = ""


SHAPE = structured(Score)


def said(text: str, truncated: bool = False) -> Reading:
    return Reading(answer=Answered(ChatText(text)), usage=Usage(), served_model=None, truncated=truncated)


@pytest.mark.parametrize(
    "text",
    [
        '{"score": 7}',
        'Sure! Here it is:\n```json\n{"score": 7}\n```\nAnything else?',
        '{"score": 7,}',
        "{'score': 7}",
        '{"score": 7, /* fine */ "why": ""}',
        '\ufeff{"score": 7}',
    ],
)
def test_small_faults_are_repaired(text: str) -> None:
    assert fit(SHAPE, said(text)) == Answered(Score(score=7))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "seven",
        '{"score": "seven"}',
        '{"score": 1',
        '{"why": {"score": 1}',
        "[7]",
        '{"a": 1} {"score": 2}',
    ],
)
def test_nothing_is_invented(text: str) -> None:
    answer = fit(SHAPE, said(text))
    assert isinstance(answer, Unparsed)
    assert answer.text == text
    assert answer.reason


def test_a_truncated_answer_is_not_closed_for_the_model() -> None:
    answer = fit(SHAPE, said('{"score": 1}}, {"x', truncated=True))
    assert isinstance(answer, Unparsed)
    assert answer.reason.startswith("truncated")


def test_reasons_are_the_same_words_every_time_for_they_are_part_of_a_key() -> None:
    answer = fit(SHAPE, said('{"score": "many"}'))
    assert isinstance(answer, Unparsed)
    assert answer.reason.startswith("score: ")
    assert "http" not in answer.reason
    assert "many" not in answer.reason


def test_a_rubrics_own_rule_decides() -> None:
    def parse(text: str) -> int:
        return int(text.removeprefix("[[").removesuffix("]]"))

    assert fit(Parsed(parse), said("[[4]]")) == Answered(4)
    assert isinstance(fit(Parsed(parse), said("four")), Unparsed)


def test_a_quotation_in_a_text_that_was_cut_off_is_no_answer() -> None:
    answer = fit(Parsed(str), said("The rubric says such as [[4]]", truncated=True))
    assert answer == Unparsed("The rubric says such as [[4]]", "truncated")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(fit(SHAPE, said(text)), Answered | Unparsed)
