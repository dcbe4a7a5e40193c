"""The columns of a release, told once: the Parquet schema, the features of `datasets`, the card and Croissant follow from them."""

import json
from typing import Any, Literal, NamedTuple, TypeAlias

import pyarrow as pa

Kind: TypeAlias = Literal["string", "bool", "int64", "timestamp[us, tz=UTC]", "image"]

_ARROW: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int64": pa.int64(),
    "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
    "image": pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
}


class Column(NamedTuple):
    """`many`: a list of values. `parts`: a list of records with these fields, and `kind` means nothing."""

    name: str
    says: str
    kind: Kind = "string"
    many: bool = False
    parts: tuple[tuple[str, Kind], ...] = ()


_HASHED: tuple[tuple[str, Kind], ...] = (
    ("sha256", "string"),
    ("media_type", "string"),
    ("width", "int64"),
    ("height", "int64"),
)
_LABELS = Column(
    "feedback_labels",
    "how a model read each piece of feedback: success, failure or neither, and a word for the failure",
    parts=(("post_url", "string"), ("polarity", "string"), ("keyword", "string"), ("kind", "string")),
)
_ID = Column("id", "16 hex digits of the SHA-256 of the content: the same in every version")
_SAMPLE = Column("sample", "the name of the row in the tables of the loop")
_PROMPT = Column("prompt", "what somebody asked the model for")
_MODIFIED = Column("prompt_modified", "the prompt is not word for word what its author wrote", "bool")
_FILLED = Column("prompt_fill_blank", "the prompt is a template whose blanks people filled", "bool")
_QUALITY = Column("quality", "Benchmark: one complete task; Analysis: a partial prompt or commentary")
_SCREENSHOT = Column("is_screenshot", "the task was read from a screenshot of a conversation", "bool")
_LANGUAGE = Column("language", "of the prompt, where known")
_SOURCES = Column("source_posts", "every post the row was made from", many=True)
_TASK = Column("task", "the kind of task")

PRIVATE: tuple[Column, ...] = (
    _ID,
    _PROMPT,
    _MODIFIED,
    _FILLED,
    _QUALITY,
    Column("input_images", "the pictures that went in, in order", "image", many=True),
    Column("output_images", "the pictures that people got", "image", many=True),
    Column(
        "community_feedback",
        "what people said about the result, in their words",
        parts=(("post_url", "string"), ("feedback", "string")),
    ),
    _SCREENSHOT,
    _LANGUAGE,
    Column("created_at", "when the task was posted", "timestamp[us, tz=UTC]"),
    _SOURCES,
    _SAMPLE,
    _LABELS,
    _TASK,
    Column("stratum", "what the row was drawn from"),
    Column("reserve", "its place in line for a benchmark split that is full", "int64"),
    Column("held_out", "scored like the rest, and never shown", "bool"),
)


def public_columns(prompts: bool) -> tuple[Column, ...]:
    """What may be given away: addresses, labels, hashes. Prompts are words of posts: only where somebody decided so."""
    return (
        _ID,
        _SAMPLE,
        *((_PROMPT, _TASK) if prompts else ()),
        _MODIFIED,
        _FILLED,
        _QUALITY,
        Column("input_images", "the pictures that went in, by hash, in order", parts=_HASHED),
        Column("output_images", "the pictures that people got, by hash", parts=_HASHED),
        _LABELS,
        _SCREENSHOT,
        _LANGUAGE,
        _SOURCES,
    )


def schema_of(columns: tuple[Column, ...]) -> pa.Schema:
    """The Parquet schema, with the features as `datasets` notes them."""
    features = {"info": {"features": {column.name: _feature(column) for column in columns}}}
    return pa.schema(
        [(column.name, _arrow(column)) for column in columns],
        metadata={"huggingface": json.dumps(features)},
    )


def _arrow(column: Column) -> pa.DataType:
    if column.parts:
        return pa.list_(pa.struct([(name, _ARROW[kind]) for name, kind in column.parts]))
    return pa.list_(_ARROW[column.kind]) if column.many else _ARROW[column.kind]


def _feature(column: Column) -> dict[str, Any]:
    if column.parts:
        return {"feature": {name: _value(kind) for name, kind in column.parts}, "_type": "List"}
    return {"feature": _value(column.kind), "_type": "List"} if column.many else _value(column.kind)


def _value(kind: Kind) -> dict[str, str]:
    return {"_type": "Image"} if kind == "image" else {"dtype": kind, "_type": "Value"}
