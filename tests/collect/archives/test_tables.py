"""Any JSONL, CSV or Parquet file, with a mapping of its columns."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive_entries import named, posts_of, read_all, skipped_of, the_archive, written

from echoloop.collect.archives import Format
from echoloop.records import Mistake

MAPPING = {
    "url": "link",
    "text": "body",
    "created_at": "when",
    "author": "user",
    "images": "pics",
    "parent": "answers",
    "likes": "hearts",
    "keyword": "term",
}
ROW = {
    "link": "https://twitter.com/a/status/1",
    "body": "a ball; a hoop",
    "when": "2025-04-01 10:00:00",
    "user": "@painter_fan_01",
    "pics": "https://p.example/1.png | https://p.example/2.png",
    "answers": "https://x.com/a/status/9",
    "hearts": "7",
    "term": "gpt image",
}


def csv_file(path: Path, *rows: dict[str, Any], delimiter: str = ",") -> Path:
    def cell(value: Any) -> str:
        return '"' + str(value).replace('"', '""') + '"'

    lines = [delimiter.join(rows[0]), *(delimiter.join(map(cell, row.values())) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def parquet_file(path: Path, *rows: dict[str, Any]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=2)
    return path


@pytest.mark.parametrize("kind", ["csv", "semicolons", "tabs", "jsonl", "json", "parquet"])
def test_a_table_of_any_kind_reads_alike(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "table"
    match kind:
        case "csv":
            csv_file(path, ROW)
        case "semicolons":
            csv_file(path, ROW, delimiter=";")
        case "tabs":
            csv_file(path, ROW, delimiter="\t")
        case "jsonl":
            written(path, ROW)
        case "json":
            path.write_text(json.dumps([ROW], indent=2))
        case _:
            parquet_file(path, ROW)
    archive = the_archive(path, None, MAPPING)
    (post,) = posts_of(read_all(archive))
    assert archive.format == "table"
    assert post.url == "https://x.com/i/status/1"
    assert post.text == "a ball; a hoop"
    assert post.created_at == datetime(2025, 4, 1, 10, tzinfo=UTC)
    assert post.author == "x/painter_fan_01"
    assert [image.url for image in post.images] == ["https://p.example/1.png", "https://p.example/2.png"]
    assert post.replies_above == ("https://x.com/i/status/9",)
    assert post.engagement.likes == 7
    assert (post.keywords, post.found_by) == (("gpt image",), "keyword")
    assert archive.notes() == ["1 dates have no zone and were taken as UTC"]


@pytest.mark.parametrize(
    "pics",
    [
        ["https://p.example/1.png"],
        [{"url": "https://p.example/1.png", "alt": "a ball"}],
        '["https://p.example/1.png"]',
        "https://p.example/1.png",
        "| https://p.example/1.png |",
    ],
)
def test_pictures_come_as_a_list_or_as_text(tmp_path: Path, pics: Any) -> None:
    archive = the_archive(written(tmp_path / "t", {**ROW, "pics": pics}), "table", MAPPING)
    (post,) = posts_of(read_all(archive))
    assert [image.url for image in post.images] == ["https://p.example/1.png"]


@pytest.mark.parametrize(
    ("when", "moment"),
    [
        (1743500000, datetime.fromtimestamp(1743500000, UTC)),
        ("1743500000", datetime.fromtimestamp(1743500000, UTC)),
        (1743500000123, datetime.fromtimestamp(1743500000.123, UTC)),
        ("2025-04-01T10:00:00+02:00", datetime(2025, 4, 1, 8, tzinfo=UTC)),
        ("Tue Apr 01 10:00:00 +0000 2025", datetime(2025, 4, 1, 10, tzinfo=UTC)),
        ("Tue, 01 Apr 2025 10:00:00 +0000", datetime(2025, 4, 1, 10, tzinfo=UTC)),
        ("2025-04-01", datetime(2025, 4, 1, tzinfo=UTC)),
        ("2025-04-01 10:00:00 UTC", datetime(2025, 4, 1, 10, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_dates_in_many_forms(tmp_path: Path, when: Any, moment: datetime | None) -> None:
    (post,) = posts_of(
        read_all(the_archive(written(tmp_path / "t", {**ROW, "when": when}), "table", MAPPING))
    )
    assert post.created_at == moment


def test_bad_rows_say_where_and_the_rest_goes_on(tmp_path: Path) -> None:
    rows = [
        ROW,
        {**ROW, "link": "no url"},
        {**ROW, "when": "soon"},
        {**ROW, "hearts": "many", "answers": "nobody"},
    ]
    archive = the_archive(csv_file(tmp_path / "t.csv", *rows), None, MAPPING)
    seen = read_all(archive)
    assert len(posts_of(seen)) == 2
    assert skipped_of(seen) == [("t.csv:3", "not the URL of a post"), ("t.csv:4", "not a date")]
    assert "1 parents were no URL of a post and were left out" in archive.notes()


def test_cells_over_several_lines_and_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        b'\xef\xbb\xbfurl,text\nhttps://x.com/a/status/1,"one\ntwo"\nhttps://x.com/a/status/2,caf\xe9\nnope,x\n'
    )
    archive = the_archive(path, "table")
    seen = read_all(archive)
    assert [post.text for post in posts_of(seen)] == ["one\ntwo", "caf\ufffd"]
    assert skipped_of(seen) == [("t.csv:5", "not the URL of a post")]


def test_reading_goes_on_behind_any_row(tmp_path: Path) -> None:
    rows = [{**ROW, "link": f"https://x.com/a/status/{number}"} for number in range(2_500)]
    files: list[tuple[Path, Format]] = [
        (csv_file(tmp_path / "t.csv", *rows), "table"),
        (parquet_file(tmp_path / "t.parquet", *rows), "table"),
        (written(tmp_path / "t.jsonl", *rows), "table"),
    ]
    for path, form in files:
        archive = the_archive(path, form, MAPPING)
        batches = list(archive.batches(named))
        assert [batch.position for batch in batches] == [1_000, 2_000, 2_500]
        rest = posts_of(read_all(archive, 1_000))
        assert (len(rest), rest[0].url) == (1_500, "https://x.com/i/status/1000")


def test_a_column_inside_an_object_is_reached_with_a_dot(tmp_path: Path) -> None:
    row = {"url": "https://x.com/a/status/1", "user": {"name": "painter_fan_01"}}
    (post,) = posts_of(read_all(the_archive(written(tmp_path / "t", row), "table", {"author": "user.name"})))
    assert post.author == "x/painter_fan_01"


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"url": "lnk"}, r"no column 'lnk'.*\n.*body.*link"),
        ({"url": "link", "texte": "body"}, r"no field 'texte'.*\n.*text"),
        ({"text": "body"}, r"no column is the URL.*\n.*--map url="),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_mapping_that_does_not_fit_lists_what_there_is(
    tmp_path: Path, kind: str, mapping: dict[str, str], words: str
) -> None:
    make = {"csv": csv_file, "jsonl": written, "parquet": parquet_file}[kind]
    with pytest.raises(Mistake, match=words):
        the_archive(make(tmp_path / "t", ROW), "table", mapping)


def test_a_table_of_which_nobody_said_what_it_is(tmp_path: Path) -> None:
    for path in (csv_file(tmp_path / "t.csv", ROW), parquet_file(tmp_path / "t.parquet", ROW)):
        with pytest.raises(Mistake, match="--map"):
            the_archive(path)
    with pytest.raises(Mistake, match="not posts of X"):
        the_archive(tmp_path / "t.csv", "twarc2")


def test_a_parquet_file_that_is_cut_off_is_a_mistake(tmp_path: Path) -> None:
    path = parquet_file(tmp_path / "t.parquet", ROW)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Mistake, match="Parquet"):
        the_archive(path, "table", MAPPING)
