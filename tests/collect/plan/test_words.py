"""What counts as a word that could be searched for."""

from hypothesis import given
from hypothesis import strategies as st

from echoloop.collect.plan.words import terms_of


def test_words_and_neighbours_without_addresses_handles_and_numbers() -> None:
    text = "Prompt SHARE: see https://t.example/abc?x=prompt by @painter_fan_01, u/painter-fan 2024 v2 &amp; r/pictures"
    assert terms_of(text) == {"prompt", "share", "prompt share", "see", "by", "v2"}


def test_a_mark_keeps_words_apart() -> None:
    assert "prompt image" not in terms_of("prompt. image")
    assert "don't do" in terms_of("don't do")


def test_scripts_without_blanks_give_pairs() -> None:
    assert terms_of("提示词 OK") == {"提示", "示词", "ok"}
    assert terms_of("生成AI") == {"生成", "ai"}


def test_words_of_other_scripts_stay_whole() -> None:
    assert {"промпт", "हिन्दी", "café", "프롬프트"} <= terms_of("промпт हिन्दी cafe\u0301 café 프롬프트")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert all(term == term.strip() and term for term in terms_of(text))
