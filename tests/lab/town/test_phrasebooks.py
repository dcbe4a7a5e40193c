"""Both books can be spoken from in every language, and share no wording that carries a cue."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from echoloop.lab.scenes import Language
from echoloop.lab.town.defects import WEIGHTS
from echoloop.lab.town.phrasebook import Phrasebook
from echoloop.lab.town.phrasings import OPEN
from echoloop.lab.town.phrasings_held_out import HELD_OUT

PLACES = {"product", "rival", "tag", "fragment", "word"}


def moments(book: Phrasebook) -> Iterator[tuple[str, Mapping[Language, tuple[str, ...]]]]:
    for name in book.__struct_fields__:
        value: Any = getattr(book, name)
        if name == "complaint":
            yield from ((f"complaint of {defect}", wordings) for defect, wordings in value.items())
        elif isinstance(value, dict):
            yield name, value


def test_every_moment_has_words_in_every_language() -> None:
    for book in (OPEN, HELD_OUT):
        assert set(book.complaint) == set(WEIGHTS)
        for name, wordings in moments(book):
            assert set(wordings) == set(get_args(Language)), name
            assert all(wordings.values()), name
            places = {
                place for said in wordings.values() for text in said for place in re.findall(r"{(\w+)}", text)
            }
            assert places <= PLACES, name


def test_held_out_words_are_not_in_the_open_book() -> None:
    opened = {text for _, wordings in moments(OPEN) for said in wordings.values() for text in said}
    held_out = {text for _, wordings in moments(HELD_OUT) for said in wordings.values() for text in said}
    assert not opened & held_out
    assert not set(OPEN.injection) & set(HELD_OUT.injection)


def test_the_held_out_book_is_a_fifth_to_a_half_of_the_open_one() -> None:
    opened = sum(len(said) for _, wordings in moments(OPEN) for said in wordings.values())
    held_out = sum(len(said) for _, wordings in moments(HELD_OUT) for said in wordings.values())
    assert 0.2 <= held_out / opened <= 0.6
