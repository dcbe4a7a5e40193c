"""A record and its Arrow schema are one thing."""

from datetime import UTC, datetime
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import echoloop.records as records
from echoloop.records import Box, Feedback, Post, Sample, admit_row, admit_text
from echoloop.records.arrow import cast_to, from_table, schema_of, sort_by_key, to_table

TABLES = [
    record
    for name in records.__all__
    if isinstance(record := getattr(records, name), type)
    and issubclass(record, msgspec.Struct)
    and getattr(record, "KEY", ())
]
WHEN = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["", "🎨" * 50, "x" * 100_000]
)


def strategy_for(hint: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is str:
        return TEXT
    if hint is datetime:
        return WHEN
    if hint is int:
        return st.integers(-(2**62), 2**62)
    if hint is float:
        return st.floats(allow_nan=False)
    if hint is bool:
        return st.booleans()
    if origin is tuple:
        return st.lists(strategy_for(arguments[0]), max_size=3).map(tuple)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return row_of(hint)
    if type(None) in arguments:
        inner = next(argument for argument in arguments if argument is not type(None))
        return st.none() | strategy_for(inner)
    return st.sampled_from(arguments)


def row_of(record: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(record)
    return st.builds(record, **{name: strategy_for(hints[name]) for name in record.__struct_fields__})


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.__name__)
def test_rows_survive_the_round_trip(record: type[msgspec.Struct]) -> None:
    @settings(max_examples=15, deadline=None)
    @given(st.lists(row_of(record), max_size=4))
    def round_trip(rows: list[Any]) -> None:
        table = to_table(rows, record)
        assert table.schema == schema_of(record)
        assert from_table(table, record) == rows

    round_trip()


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.__name__)
def test_an_empty_table_keeps_its_schema(record: type[msgspec.Struct]) -> None:
    table = to_table([], record)
    assert table.num_rows == 0
    assert table.schema == schema_of(record)
    assert from_table(table, record) == []


def test_all_null_columns_read_together_with_full_ones() -> None:
    empty = Post(url="a", platform="x", text="", created_at=None)
    full = Post(
        url="b", platform="x", text="", created_at=datetime(2025, 4, 1, tzinfo=UTC), author="@painter_fan_01"
    )
    both = pa.concat_tables([to_table([empty], Post), to_table([full], Post)])
    assert from_table(both, Post) == [empty, full]


def test_a_widened_table_is_cast_back() -> None:
    table = to_table([Feedback(post_url="u", text="t")], Feedback)
    wide = table.cast(pa.schema([("post_url", pa.large_string()), ("text", pa.large_string())]))
    assert cast_to(wide, Feedback).schema == schema_of(Feedback)


def test_the_stored_order_is_the_order_of_the_key() -> None:
    rows = [Post(url=url, platform="x", text=url, created_at=None) for url in "cab"]
    assert sort_by_key(to_table(rows, Post), Post).column("url").to_pylist() == ["a", "b", "c"]


def test_a_record_without_a_key_cannot_be_ordered() -> None:
    with pytest.raises(TypeError, match="KEY"):
        sort_by_key(to_table([], Box), Box)


def test_an_unknown_type_is_named() -> None:
    class Odd(msgspec.Struct):
        value: dict[str, int]

    with pytest.raises(TypeError, match="no Arrow type"):
        schema_of(Odd)


@given(st.text(max_size=50))
def test_lone_surrogates_are_replaced_and_counted(text: str) -> None:
    clean = admit_text(text)
    clean.text.encode()
    assert clean.replaced == sum(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


def test_a_record_is_cleaned_however_deep() -> None:
    sample = Sample(
        id="\ud800",
        thread="t",
        post_urls=("u\udfff",),
        prompt="p",
        quality="Benchmark",
        community_feedback=(Feedback(post_url="u", text="bad\ud912bad"),),
    )
    clean = admit_row(sample)
    assert clean.replaced == 3
    assert clean.row.community_feedback[0].text == "bad\ufffdbad"
    assert from_table(to_table([clean.row], Sample), Sample) == [clean.row]
