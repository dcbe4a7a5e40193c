"""However people write, the prompt stands in the post letter for letter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.lab.scenes import LANGUAGES, Language
from echoloop.lab.town.quoting import halves, opening_part, quoted, set_off

PROMPTS = st.text(alphabet="ab \"'“”‘’「」『』«»`.:赤い", min_size=1, max_size=40)


@given(prompt=PROMPTS, seed=st.integers(0, 500), language=st.sampled_from(LANGUAGES))
def test_a_prompt_is_never_altered(prompt: str, seed: int, language: Language) -> None:
    assert prompt in set_off(prompt, "Prompt:", language, np.random.default_rng(seed))


@given(prompt=PROMPTS, seed=st.integers(0, 500), language=st.sampled_from(LANGUAGES))
def test_marks_around_a_prompt_do_not_occur_in_it(prompt: str, seed: int, language: Language) -> None:
    said = quoted(prompt, language, np.random.default_rng(seed))
    assert said == f"\n{prompt}" or (said[0] not in prompt and said[-1] not in prompt)


@pytest.mark.parametrize(
    ("prompt", "part"),
    [("Draw two red balls on a beach.", "Draw two red"), ("画两个红色的球，背景是沙滩", "画两个红色的")],
)
def test_people_remember_the_beginning(prompt: str, part: str) -> None:
    assert opening_part(prompt, 0.5) == part


def test_halves_meet_at_a_space() -> None:
    assert halves("one two three four") == ("one two", "three four")
    assert halves("空白なし") == ("空白なし", "")
