"""Rows that a stage has nothing to do with pass it as a block of their table: what is not looked at never becomes an object."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from echoloop.curate.forest import Bools, pc


def part(table: pa.Table, wanted: Bools) -> tuple[pa.Table, pa.Table]:
    """The rows that are wanted, and the others; each in the order in which they stood."""
    return table.filter(pa.array(wanted)), table.filter(pa.array(~wanted))


def holds(table: pa.Table, name: str) -> Bools:
    """Whether a row's list, in the column of this name, holds anything."""
    return _flags(pc.greater(pc.list_value_length(table.column(name)), 0))


def equals(table: pa.Table, name: str, value: str) -> Bools:
    """Whether a row's text is this one."""
    return _flags(pc.equal(table.column(name), value))


def has(table: pa.Table, name: str) -> Bools:
    """Whether a row has a value, in the column of this name, at all."""
    return _flags(pc.is_valid(table.column(name)))


def is_among(table: pa.Table, name: str, values: Collection[str]) -> Bools:
    """Whether a row's text is one of these."""
    return _flags(pc.is_in(table.column(name), value_set=pa.array(list(values), pa.string())))


def stands_in(table: pa.Table, name: str, lists: pa.ChunkedArray) -> Bools:
    """Whether a row's text stands in any of these lists."""
    return _flags(pc.is_in(table.column(name), value_set=pc.list_flatten(lists).combine_chunks()))


def names_any(table: pa.Table, name: str, values: pa.ChunkedArray) -> Bools:
    """Whether a row's list of texts names one of these."""
    lists = table.column(name)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    owners = np.repeat(np.arange(table.num_rows), lengths)
    found = np.zeros(table.num_rows, np.bool_)
    found[owners[_flags(pc.is_in(pc.list_flatten(lists), value_set=values.combine_chunks()))]] = True
    return found


def with_posts_of(posts: pa.Table, samples: pa.Table) -> pa.Table:
    """The posts that these samples, or what was said of them, stand in."""
    said: Any = pc.list_flatten(samples.column("community_feedback"))
    urls = [pc.list_flatten(samples.column("post_urls")), pc.struct_field(said, "post_url")]
    chunks = [chunk for column in urls for chunk in column.chunks]
    known = pc.is_in(posts.column("url"), value_set=pa.chunked_array(chunks, pa.string()).combine_chunks())
    return posts.filter(known)


def with_columns(table: pa.Table, **columns: Sequence[Any]) -> pa.Table:
    """The same rows, with other values in these columns."""
    for name, values in columns.items():
        at = table.schema.get_field_index(name)
        field = table.schema.field(at)
        table = table.set_column(at, field, pa.array(values, field.type))
    return table


def _flags(found: Any) -> Bools:
    flags: Bools = pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False)
    return flags
