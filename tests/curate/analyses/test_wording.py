"""Length and language."""

import pytest

from echoloop.curate.analyses import Dataset, guess_language, language_rows, length_rows


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a red boat", "und-Latn"),
        ("赤い船を Lab Painter で描いて", "ja"),
        ("画一只红色的船", "zh"),
        ("빨간 배", "ko"),
        ("красная лодка", "und-Cyrl"),
        ("قارب أحمر", "und-Arab"),
        ("🚣 123", "und"),
        ("", "und"),
    ],
)
def test_a_script_is_only_called_a_language_where_it_is_one(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_what_a_post_said_is_not_guessed() -> None:
    one = Dataset(name="ours", prompts=("a boat", "ein Boot", "un bateau"), languages=("en", None, "en"))
    rows = {row.name: row for row in language_rows([one])}
    assert rows["en"].value == pytest.approx(2 / 3)
    assert "0 of them guessed" in rows["en"].note
    assert "1 of them guessed" in rows["und-Latn"].note


def test_nothing_has_no_length() -> None:
    rows = list(length_rows([Dataset(name="none", prompts=(" ",), languages=(None,))]))
    assert {row.value for row in rows} == {None}
    assert all(row.note for row in rows)
