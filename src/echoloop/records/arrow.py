"""One source of truth: the Python type of a record is also its Arrow schema.

Every column has an explicit type, so that an empty table or an all-null column keeps its schema and parts read
together. Kept apart from the package's front door because importing pyarrow takes longer than the rest together.
"""

import types
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa

R = TypeVar("R", bound=msgspec.Struct)

_SCALARS: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    datetime: pa.timestamp("us", tz="UTC"),
}


@cache
def schema_of(record: type[msgspec.Struct]) -> pa.Schema:
    """The Arrow schema of a record type."""
    return pa.schema(_fields(record))


def to_table(rows: Iterable[R], record: type[R]) -> pa.Table:
    """Rows to a table with the record's schema, also when there are none."""
    plain = [msgspec.to_builtins(row, builtin_types=(datetime, bytes)) for row in rows]
    return pa.Table.from_pylist(plain, schema=schema_of(record))


def from_table(table: pa.Table, record: type[R]) -> list[R]:
    """A table back to rows; columns the record does not know are ignored, missing ones must have a default."""
    known = [name for name in schema_of(record).names if name in table.column_names]
    return msgspec.convert(table.select(known).to_pylist(), list[record])


def cast_to(table: pa.Table, record: type[msgspec.Struct]) -> pa.Table:
    """Back to the declared schema after an engine has widened strings, lists or nulls."""
    schema = schema_of(record)
    return table.select(schema.names).cast(schema)


def sort_by_key(table: pa.Table, record: type[msgspec.Struct]) -> pa.Table:
    """The order of a stored table is the order of its key: the same rows are the same bytes."""
    key: tuple[str, ...] = getattr(record, "KEY", ())
    if not key:
        raise TypeError(f"{record.__name__} declares no KEY, so a table of it has no stable order")
    return table.sort_by([(name, "ascending") for name in key])


def _fields(record: type[msgspec.Struct]) -> list[pa.Field]:
    hints = get_type_hints(record)
    return [pa.field(name, *_arrow_type(hints[name])) for name in record.__struct_fields__]


def _arrow_type(hint: Any) -> tuple[pa.DataType, bool]:
    """An Arrow type and whether it may be null."""
    if hint in _SCALARS:
        return _SCALARS[hint], False
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        present = [argument for argument in arguments if argument is not type(None)]
        if len(present) == 1:
            return _arrow_type(present[0])[0], True
    if origin is Literal and all(isinstance(value, str) for value in arguments):
        return pa.string(), False
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        inner, nullable = _arrow_type(arguments[0])
        return pa.list_(pa.field("item", inner, nullable)), False
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return pa.struct(_fields(hint)), False
    raise TypeError(
        f"no Arrow type for {hint!r}: use a scalar, a Literal of strings, tuple[X, ...] or a Struct"
    )
