"""A release checked by whoever received it: nothing is needed but its folder."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.curate.releasing.card import counts_on_card
from echoloop.curate.releasing.checksums import SUMS, differences, read_sums
from echoloop.curate.releasing.columns import PRIVATE, public_columns, schema_of
from echoloop.curate.releasing.gate import (
    Finding,
    count_findings,
    forgotten_findings,
    row_findings,
)
from echoloop.curate.releasing.looking import picture_findings
from echoloop.curate.releasing.published import Told, read_told
from echoloop.curate.releasing.rows import content_id
from echoloop.curate.releasing.shards import shards_of
from echoloop.records import Mistake, Problem

OTHER_BYTES = "it is not the file that SHA256SUMS names"
OTHER_COLUMNS = "it has other columns than a release"
OTHER_NAME = "its id does not follow from its content"
UNREADABLE = "it cannot be read"


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and everything that is wrong."""

    files: int
    rows: int
    public: bool
    findings: tuple[Finding, ...]


def verify_release(folder: Path, forgotten: frozenset[str] = frozenset()) -> Verified:
    """Sums, columns, counts, pictures, ids, provenance; and, against tombstones, posts that were forgotten since."""
    said = read_sums(folder)
    if said is None:
        raise Mistake(
            f"this is no release: it has no {SUMS}",
            where=folder.absolute(),
            remedy="Name the folder of a version, such as workspace/releases/0.1.0.",
        )
    found = [Finding(OTHER_BYTES, name) for name in differences(folder, said)]
    paths = [path for paths in shards_of(folder).values() for path in paths]
    schemas = [_schema(path) for path in paths]
    found += [
        _misfit(path, schema) for path, schema in zip(paths, schemas, strict=True) if not _known(schema)
    ]
    public = not any(schema is not None and schema.equals(schema_of(PRIVATE)) for schema in schemas)
    rows: list[Told] = []
    if all(_known(schema) for schema in schemas):
        try:
            rows = read_told(folder)
            found += _in_rows(folder, rows, public, forgotten)
        except (Problem, OSError, pa.ArrowException) as error:
            found.append(Finding(UNREADABLE, str(folder), str(error).splitlines()[0]))
    return Verified(files=len(said), rows=len(rows), public=public, findings=tuple(dict.fromkeys(found)))


def _in_rows(folder: Path, rows: list[Told], public: bool, forgotten: frozenset[str]) -> Iterator[Finding]:
    yield from row_findings(rows)
    yield from count_findings(rows, counts_on_card(folder))
    yield from forgotten_findings(rows, forgotten)
    yield from _misnamed(rows)
    if not public:
        yield from picture_findings(folder)


def _misnamed(rows: list[Told]) -> Iterator[Finding]:
    for row in rows:
        if row.prompt is not None and row.id != content_id(row.prompt, row.inputs, row.outputs, row.posts):
            yield Finding(OTHER_NAME, row.sample, row.id)


def _schema(path: Path) -> pa.Schema | None:
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return None


def _known(schema: pa.Schema | None) -> bool:
    if schema is None:
        return False
    variants = (PRIVATE, public_columns(prompts=False), public_columns(prompts=True))
    return any(schema.equals(schema_of(columns)) for columns in variants)


def _misfit(path: Path, schema: pa.Schema | None) -> Finding:
    name = f"{path.parent.name}/{path.name}"
    return Finding(UNREADABLE, name) if schema is None else Finding(OTHER_COLUMNS, name)
