"""Where the words of a prompt come from is looked up, not believed."""

import pytest

from echoloop.curate.provenance import prompt_origin

POST = 'Made this today!\nPrompt: "a red ball on the   beach, at night" #art'
OTHER = "and then: make it snow, with a small dog in the middle"


@pytest.mark.parametrize(
    ("prompt", "origin"),
    [
        ("a red ball on the beach, at night", "verbatim"),
        ("“a red ball on the beach, at night”", "verbatim"),
        ("a red ball on the at night", "verbatim"),
        ("a red ball on the beach, at night make it snow, with a small dog in the middle", "joined"),
        ("a blue ball on the beach", "edited"),
        ("something nobody wrote at all", "edited"),
        ("on the beach, at night a red ball", "joined"),
        ("at night a red ball", "edited"),
    ],
)
def test_origins(prompt: str, origin: str) -> None:
    assert prompt_origin(prompt, [POST, OTHER]) == origin


def test_a_flood_of_emoji_is_searched_in_bounded_time() -> None:
    flood = "🎨" * 100_000
    assert prompt_origin("a red ball", [flood]) == "edited"
    assert prompt_origin("🎨" * 50, [flood]) == "verbatim"
