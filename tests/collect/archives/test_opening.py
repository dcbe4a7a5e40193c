"""Paths, globs, streams and compressed files."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from archive_entries import posts_of, read_all, skipped_of, submission, the_archive, tweet, written

from echoloop.collect.archives import open_archives
from echoloop.records import Mistake


def zstd_with_a_long_window(data: bytes) -> bytes:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=31, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return compressor.compress(data) + compressor.flush()


def zstd_skippable(data: bytes) -> bytes:
    return b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + zstandard.compress(data)


COMPRESSIONS: list[Callable[[bytes], bytes]] = [
    gzip.compress,
    zstandard.compress,
    bz2.compress,
    lzma.compress,
    zstd_with_a_long_window,
    zstd_skippable,
    bytes,
]
LINES = b"".join(json.dumps(tweet(number)).encode() + b"\n" for number in range(1, 3_001))


@pytest.mark.parametrize("compress", COMPRESSIONS)
def test_compression_is_seen_from_the_content_whatever_the_name(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "posts.txt"
    path.write_bytes(compress(LINES))
    seen = read_all(the_archive(path))
    assert len(posts_of(seen)) == 3_000
    assert not skipped_of(seen)


def packed(kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "tar":
        with tarfile.open(fileobj=out, mode="w") as tar:
            member = tarfile.TarInfo("posts.jsonl")
            member.size = len(LINES)
            tar.addfile(member, io.BytesIO(LINES))
    else:
        with zipfile.ZipFile(out, "w") as packing:
            packing.writestr("posts.jsonl", LINES)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("posts.zip", packed("zip"), "a ZIP file"),
        ("posts.tar", packed("tar"), "a tar file"),
        ("posts.tar.gz", gzip.compress(packed("tar")), "a tar file"),
        ("posts.csv", packed("zip"), "a ZIP file"),
        ("posts.7z", b"7z\xbc\xaf\x27\x1c" + bytes(64), "a 7z file"),
    ],
)
def test_files_that_hold_files_are_called_what_they_are(
    tmp_path: Path, name: str, data: bytes, what: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Mistake, match="Unpack it") as caught:
        read_all(the_archive(path))
    assert what in str(caught.value)
    assert "so CSV" not in str(caught.value)


@pytest.mark.parametrize("compress", COMPRESSIONS[:4])
def test_several_compressed_streams_in_one_file(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    half = LINES.index(b"\n", len(LINES) // 2) + 10
    path = tmp_path / "p"
    path.write_bytes(compress(LINES[:half]) + compress(b"") + compress(LINES[half:]))
    assert len(posts_of(read_all(the_archive(path)))) == 3_000


@pytest.mark.parametrize("compress", COMPRESSIONS[:4])
def test_a_truncated_stream_keeps_what_came_and_says_so(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    noise = b"".join(
        json.dumps(tweet(n, text=os.urandom(200).hex())).encode() + b"\n" for n in range(1, 20_001)
    )
    path = tmp_path / "p"
    data = compress(noise)
    path.write_bytes(data[: len(data) * 2 // 3])
    seen = read_all(the_archive(path))
    assert 1_000 < len(posts_of(seen)) < 20_000
    reasons = [reason for _, reason in skipped_of(seen)]
    assert reasons[-1] == "the file ends early"
    assert set(reasons[:-1]) <= {"half-written last line"}


def test_a_damaged_stream_keeps_what_came(tmp_path: Path) -> None:
    data = bytearray(
        gzip.compress(
            b"".join(
                json.dumps(tweet(n, text=os.urandom(200).hex())).encode() + b"\n" for n in range(1, 20_001)
            )
        )
    )
    data[-9] ^= 0xFF
    path = tmp_path / "p"
    path.write_bytes(data)
    assert [reason for _, reason in skipped_of(read_all(the_archive(path)))][-1] == "the file ends early"


def test_a_stream_that_cannot_be_decompressed_at_all_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + b"\xff" * 50)
    with pytest.raises(Mistake, match="decompressed"):
        the_archive(path)


def test_globs_and_paths_give_each_file_once_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "c.txt"):
        written(tmp_path / name, tweet(1))
    (tmp_path / "deep").mkdir()
    written(tmp_path / "deep" / "a.jsonl", submission())
    archives = open_archives(
        [str(tmp_path / "*.jsonl"), str(tmp_path / "a.jsonl"), str(tmp_path / "deep" / "*")]
    )
    assert [archive.label for archive in archives] == [
        str(tmp_path / "a.jsonl"),
        "b.jsonl",
        str(tmp_path / "deep" / "a.jsonl"),
    ]
    assert [archive.format for archive in archives] == ["twarc2", "twarc2", "reddit"]
    assert archives[1].folder == tmp_path


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    assert len(posts_of(read_all(the_archive(written(tmp_path / "a[1].jsonl", tweet(1)))))) == 1


@pytest.mark.parametrize(
    ("name", "words"), [("none.jsonl", "no such archive"), ("*.none", "no such archive"), (".", "folder")]
)
def test_what_is_not_there_is_a_mistake_with_a_remedy(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(Mistake, match=words) as caught:
        open_archives([str(tmp_path / name)])
    assert caught.value.remedy


def test_the_digest_is_that_of_the_bytes_as_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(gzip.compress(LINES))
    assert (the_archive(path).identity or "").startswith(hashlib.sha256(path.read_bytes()).hexdigest())


def test_standard_input_is_read_once_and_compressed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(zstandard.compress(LINES))))
    (archive,) = open_archives(["-"])
    assert (archive.format, archive.folder, archive.identity) == ("twarc2", None, None)
    assert len(posts_of(read_all(archive))) == 3_000
    with pytest.raises(Mistake, match="only once"):
        read_all(archive)


def test_a_pipe_is_read_like_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(LINES,))
    writer.start()
    archive = the_archive(path)
    assert archive.identity is None
    assert len(posts_of(read_all(archive))) == 3_000
    writer.join()


def test_utf_16_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(json.dumps(tweet(1)).encode("utf-16"))
    with pytest.raises(Mistake, match="UTF-16"):
        the_archive(path)
