"""Echo-4o-Image as people have it on disk: whole, half fetched, moved, damaged, hostile."""

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_rows import drawn, png, refused, seen_value, write_lines, write_tar

from echoloop.images import encode_png
from echoloop.records import Mistake, Problem
from echoloop.train.data.archives import open_compressed_tar
from echoloop.train.data.echo4o import CACHE, Echo4o
from echoloop.train.data.rows import Unusable

FANTASY, FOLLOWING, REFERENCES = (
    "Surrel-Fantasy-Image",
    "Instruction-Following-Image",
    "Multi-Reference-Image",
)


def stated(output: str, *inputs: str, instruction: Any = "a red cube") -> dict[str, Any]:
    row: dict[str, Any] = {
        "task_type": "t2i",
        "instruction": instruction,
        "output_image": output,
        "type": "easy",
    }
    return row | ({"input_images": list(inputs)} if inputs else {})


def test_three_tracks_are_one_data_set_whatever_holds_the_pictures(tmp_path: Path) -> None:
    write_lines(tmp_path / FANTASY / "fantasy.jsonl", [stated("/somewhere/images/1.png")])
    write_tar(tmp_path / FANTASY / "images-0.tar", {"images/1.png": png(1)})
    write_lines(tmp_path / FOLLOWING / "rows.jsonl", [stated("images/2.png"), stated("images/3.png")])
    (tmp_path / FOLLOWING / "images").mkdir()
    for value in (2, 3):
        (tmp_path / FOLLOWING / f"images/{value}.png").write_bytes(png(value))
    write_lines(tmp_path / REFERENCES / "rows.jsonl", [stated("out/4.png", "in/5.png", "in/6.png")])
    write_tar(
        tmp_path / REFERENCES / "a.tar.gz",
        {"./out/4.png": png(4), "./in/5.png": png(5), "./in/6.png": png(6)},
        "w:gz",
    )
    dataset = Echo4o(tmp_path)
    rows = [drawn(dataset, index) for index in range(sum(dataset.chunks))]
    assert [seen_value(row.output) for row in rows] == [1, 2, 3, 4]
    assert [seen_value(picture) for picture in rows[3].inputs] == [5, 6]
    assert [row.kind for row in rows] == ["text_to_image"] * 3 + ["multi_reference"]
    assert rows[2].name == f"{FOLLOWING}/rows.jsonl:2"
    assert not dataset.faults


def one_track(root: Path, rows: list[dict[str, Any]], members: dict[str, bytes]) -> Echo4o:
    write_lines(root / FANTASY / "rows.jsonl", rows)
    write_tar(root / FANTASY / "a.tar", members)
    return Echo4o(root)


def test_the_longest_common_ending_decides(tmp_path: Path) -> None:
    rows = [stated("/data/x/00/1.png"), stated("/data/x/01/1.png"), stated("00/2.png")]
    dataset = one_track(tmp_path, rows, {"00/1.png": png(1), "01/1.png": png(2), "elsewhere/2.png": png(3)})
    assert [seen_value(drawn(dataset, index).output) for index in range(3)] == [1, 2, 3]


def test_a_missing_picture_is_never_replaced_by_its_namesake(tmp_path: Path) -> None:
    dataset = one_track(tmp_path, [stated("00/1.png"), stated("01/1.png")], {"00/1.png": png(1)})
    assert seen_value(drawn(dataset, 0).output) == 1
    bad = refused(dataset, 1)
    assert bad.reason == "picture_missing"
    assert "01/1.png" in bad.detail


def test_two_files_with_the_same_ending_are_ambiguous(tmp_path: Path) -> None:
    dataset = one_track(tmp_path, [stated("1.png")], {"00/1.png": png(1), "01/1.png": png(2)})
    bad = refused(dataset, 0)
    assert bad.reason == "picture_ambiguous"
    assert "00/1.png" in bad.detail


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"instruction": "a", "output_ima', "malformed_row"),
        (b'{"instruction": 3, "output_image": "1.png"}', "malformed_row"),
        (b'{"instruction": "a", "output_image": "1.png", "input_images": "1.png"}', "malformed_row"),
        (b'{"instruction": "a", "output_image": "1.png", "input_images": [1]}', "malformed_row"),
        (b'["a"]', "malformed_row"),
        (b"[" * 100_000, "malformed_row"),
        (b'{"instruction": "\xff", "output_image": "1.png"}', "malformed_row"),
        (b'{"instruction": "a"}', "malformed_row"),
        (b'{"instruction": "a", "output_image": ""}', "no_output"),
        (b'{"instruction": "a", "output_image": "1\\u0000.png"}', "path_refused"),
        (b'{"instruction": "a", "output_image": "../../.."}', "path_refused"),
        (b'{"instruction": "a", "output_image": "../../etc/passwd"}', "picture_missing"),
        (b'{"instruction": "' + b"x" * 5_000_000 + b'", "output_image": "1.png"}', "line_too_long"),
    ],
)
def test_a_bad_line_costs_one_row(tmp_path: Path, line: bytes, reason: str) -> None:
    folder = tmp_path / FANTASY
    folder.mkdir()
    good = b'{"instruction": "a", "output_image": "1.png"}'
    (folder / "rows.jsonl").write_bytes(good + b"\n\n" + line + b"\r\n" + good)
    write_tar(folder / "a.tar", {"1.png": png(1)})
    dataset = Echo4o(tmp_path)
    assert sum(dataset.chunks) == 3
    bad = refused(dataset, 1)
    assert bad.reason == reason
    assert bad.name.endswith("rows.jsonl:3")
    assert drawn(dataset, 0).instruction == drawn(dataset, 2).instruction == "a"


def test_a_long_instruction_is_read_whole(tmp_path: Path) -> None:
    dataset = one_track(tmp_path, [stated("1.png", instruction="x" * 100_000)], {"1.png": png(1)})
    assert len(drawn(dataset, 0).instruction) == 100_000


def test_a_row_without_its_second_reference_says_which(tmp_path: Path) -> None:
    write_lines(tmp_path / REFERENCES / "rows.jsonl", [stated("1.png", "2.png", "3.png"), stated("1.png")])
    write_tar(tmp_path / REFERENCES / "a.tar", {"1.png": png(1), "2.png": png(2)})
    dataset = Echo4o(tmp_path)
    assert refused(dataset, 0).detail.startswith("reference 2 of 2")
    assert refused(dataset, 1).reason == "no_pictures"


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_a_truncated_archive_keeps_what_is_before_the_cut(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (8, 64, 64, 3), dtype=np.uint8)
    members = {f"{value}.png": encode_png(noise[value]) for value in range(8)}
    path = tmp_path / FANTASY / name
    write_tar(path, members, "w:gz" if name.endswith("gz") else "w")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    write_lines(tmp_path / FANTASY / "rows.jsonl", [stated(told) for told in members])
    dataset = Echo4o(tmp_path)
    for index in range(2):
        picture = drawn(dataset, index).output
        assert picture is not None
        assert picture.read() == members[f"{index}.png"]
    assert refused(dataset, 7).reason == "picture_missing"
    assert "files of it can be read" in dataset.faults[0].detail


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz"])
def test_a_file_that_is_no_archive_is_a_fault_not_a_crash(tmp_path: Path, name: str) -> None:
    path = tmp_path / FANTASY / name
    path.parent.mkdir()
    path.write_bytes(b"<html>not found</html>" * 100)
    write_lines(tmp_path / FANTASY / "rows.jsonl", [stated("0.png")])
    dataset = Echo4o(tmp_path)
    assert refused(dataset, 0).reason == "picture_missing"
    assert dataset.faults[0].name == str(path)


def test_an_archive_that_grows_beyond_belief_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        about = tarfile.TarInfo("0.png")
        about.size = 300 * 1024 * 1024
        file.write(about.tobuf())
        for _ in range(300):
            file.write(bytes(1024 * 1024))
    shard = open_compressed_tar(path, tmp_path / "cache")
    assert shard.members == ()
    assert "grows beyond" in shard.fault
    assert sum(file.stat().st_size for file in (tmp_path / "cache").iterdir()) < 10_000


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / FANTASY / "a.tar.gz"
    path.parent.mkdir()
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo("1.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        about = tarfile.TarInfo("../../../escaped.png")
        about.size = len(png(2))
        archive.addfile(about, io.BytesIO(png(2)))
    write_lines(tmp_path / FANTASY / "rows.jsonl", [stated("1.png"), stated("escaped.png")])
    dataset = Echo4o(tmp_path)
    assert refused(dataset, 0).reason == "picture_missing"
    assert seen_value(drawn(dataset, 1).output) == 2
    assert not list(tmp_path.parent.rglob("escaped.png"))


def test_an_archive_is_unpacked_once_and_again_when_it_changes(tmp_path: Path) -> None:
    write_lines(tmp_path / FANTASY / "rows.jsonl", [stated("1.png")])
    shard = tmp_path / FANTASY / "a.tar.gz"
    write_tar(shard, {"1.png": png(1)}, "w:gz")
    assert seen_value(drawn(Echo4o(tmp_path), 0).output) == 1
    cached = {path: path.stat().st_mtime_ns for path in (tmp_path / CACHE).glob("*.bin")}
    assert seen_value(drawn(Echo4o(tmp_path), 0).output) == 1
    assert cached == {path: path.stat().st_mtime_ns for path in (tmp_path / CACHE).glob("*.bin")}
    write_tar(shard, {"1.png": png(7), "2.png": png(8)}, "w:gz")
    assert seen_value(drawn(Echo4o(tmp_path), 0).output) == 7


def test_a_cache_that_was_cut_is_made_again(tmp_path: Path) -> None:
    write_lines(tmp_path / FANTASY / "rows.jsonl", [stated("1.png")])
    write_tar(tmp_path / FANTASY / "a.tar.gz", {"1.png": png(1)}, "w:gz")
    Echo4o(tmp_path)
    (cached,) = (tmp_path / CACHE).glob("*.bin")
    cached.write_bytes(cached.read_bytes()[:10])
    assert seen_value(drawn(Echo4o(tmp_path), 0).output) == 1


def test_a_cache_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    write_lines(tmp_path / FANTASY / "rows.jsonl", [stated("1.png")])
    write_tar(tmp_path / FANTASY / "a.tar.gz", {"1.png": png(1)}, "w:gz")
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(Problem, match="as the cache"):
        Echo4o(tmp_path, cache=tmp_path / "taken" / "cache")


def test_a_file_that_shrank_after_opening_is_one_bad_row(tmp_path: Path) -> None:
    dataset = one_track(tmp_path, [stated("1.png")], {"1.png": png(1)})
    picture = drawn(dataset, 0).output
    assert picture is not None
    (tmp_path / FANTASY / "a.tar").write_bytes(b"x" * 600)
    with pytest.raises(Unusable, match=r"ends .* bytes early"):
        picture.read()


def test_tracks_without_rows_are_a_mistake(tmp_path: Path) -> None:
    (tmp_path / FANTASY).mkdir()
    with pytest.raises(Mistake, match="no rows"):
        Echo4o(tmp_path)
