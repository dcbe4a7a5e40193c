"""Whoever receives a release can tell from its folder alone whether it is what was released."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from command_line import echoloop

from echoloop.curate.releasing import verify_release
from echoloop.curate.releasing.checksums import SUMS, sums_of, sums_text
from echoloop.records import Mistake

DATA = "data/text_to_image/test-00000-of-00001.parquet"


@pytest.fixture
def folder(shop: Any) -> Path:
    shop.fill([*shop.items(), shop.item("more")])
    return Path(shop.release().folder)


def seal(folder: Path) -> None:
    """As somebody would who changes a file and hides it."""
    (folder / SUMS).write_text(sums_text(sums_of(folder)))


def rules(folder: Path) -> list[str]:
    return sorted({finding.rule for finding in verify_release(folder).findings})


def test_a_release_is_sound_wherever_it_lies(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    found = verify_release(elsewhere)
    assert (found.rows, found.public, found.findings) == (4, False, ())
    public = verify_release(folder.with_name("0.1.0-public"))
    assert (public.rows, public.public, public.findings) == (4, True, ())


@pytest.mark.parametrize("name", ["README.md", "croissant.json", "changes.csv", DATA])
def test_a_flipped_byte_is_found(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    assert name in {finding.row for finding in verify_release(folder).findings}


def test_a_file_that_is_missing_or_new_is_found(folder: Path) -> None:
    (folder / "datasheet.md").unlink()
    (folder / "more.txt").write_text("more")
    assert {finding.row for finding in verify_release(folder).findings} == {"datasheet.md", "more.txt"}


def test_a_row_that_was_taken_out_is_found_although_the_sums_fit(folder: Path) -> None:
    table = pq.read_table(folder / DATA)
    pq.write_table(table.slice(1), folder / DATA)
    seal(folder)
    assert rules(folder) == ["the card counts otherwise"]


def test_a_prompt_that_was_changed_is_found_although_the_sums_fit(folder: Path) -> None:
    table = pq.read_table(folder / DATA)
    place = table.schema.get_field_index("prompt")
    pq.write_table(table.set_column(place, "prompt", [["other words"] * table.num_rows]), folder / DATA)
    seal(folder)
    assert rules(folder) == ["its id does not follow from its content"]


def test_a_file_with_other_columns_is_found(folder: Path) -> None:
    pq.write_table(pq.read_table(folder / DATA).drop_columns(["source_posts"]), folder / DATA)
    seal(folder)
    assert rules(folder) == ["it has other columns than a release"]


def test_a_file_that_does_not_read_is_found(folder: Path) -> None:
    (folder / DATA).write_bytes(b"PAR1 and nothing more")
    seal(folder)
    assert rules(folder) == ["it cannot be read"]


def test_a_post_that_was_forgotten_since_is_found_in_the_workspace(shop: Any, folder: Path) -> None:
    post = "https://x.com/i/status/1"
    found = verify_release(folder, frozenset({post}))
    assert [(finding.row, finding.detail) for finding in found.findings] == [("edit", post)]
    shop.forget(post)
    done = echoloop(shop.folder, "release", "verify", str(folder))
    assert done.returncode == 1
    assert "edit: it comes from a forgotten post" in done.stdout
    assert "1 finding" in done.stderr


def test_a_folder_that_is_no_release_says_so(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="this is no release"):
        verify_release(tmp_path)
    done = echoloop(tmp_path, "release", "verify", "nowhere")
    assert done.returncode == 2
    assert "this is no release" in done.stderr


def test_the_command_says_that_all_is_well(folder: Path, tmp_path: Path) -> None:
    done = echoloop(tmp_path, "release", "verify", str(folder))
    assert done.returncode == 0, done.stderr
    assert "4 rows" in done.stdout
    assert "private variant are as they were released" in done.stdout
