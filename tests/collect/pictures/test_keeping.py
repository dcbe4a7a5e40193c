"""Pictures beside an archive, pictures placed in groups, and pictures that only pretend to decode."""

import os
from pathlib import Path

import numpy as np
from picture_server import jpeg

from echoloop.collect.pictures import PictureFile, keep_files, look_at
from echoloop.collect.pictures.keeping import Arrived, keep_group
from echoloop.images import Limits, encode_png
from echoloop.workspace import ImageStore


def test_only_plain_files_inside_the_folder_are_read(tmp_path: Path) -> None:
    folder, store = tmp_path / "archive", ImageStore(tmp_path / "images")
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "a.jpg").write_bytes(jpeg())
    (folder / "text.jpg").write_text("no picture")
    (folder / "large.jpg").write_bytes(bytes(5_000))
    (tmp_path / "secret.jpg").write_bytes(jpeg(30))
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "inner.jpg").symlink_to(folder / "media" / "a.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    names = [
        *("media/a.jpg", "inner.jpg", "../secret.jpg", "link.jpg", str(tmp_path / "secret.jpg"), "pipe.jpg"),
        *("loop.jpg", "none.jpg", "media", "a\0b", "https://pictures.example/a.jpg", "text.jpg", "large.jpg"),
    ]
    limits = Limits(file_bytes=4_000)
    outcomes = keep_files([PictureFile(folder=str(folder), url=name) for name in names], store, limits)
    assert [outcome.url for outcome in outcomes] == names
    told = {outcome.url: outcome for outcome in outcomes}
    assert told["media/a.jpg"].sha256 == told["inner.jpg"].sha256
    assert (told["media/a.jpg"].width, told["media/a.jpg"].height) == (24, 32)
    reasons = {name: outcome.absence.partition(":")[0] for name, outcome in told.items() if outcome.absence}
    assert reasons == {
        **dict.fromkeys(("../secret.jpg", "link.jpg", str(tmp_path / "secret.jpg")), "outside"),
        **dict.fromkeys(("pipe.jpg", "loop.jpg", "none.jpg", "media", "a\0b"), "no such file"),
        "https://pictures.example/a.jpg": "not fetched",
        "text.jpg": "not_an_image",
        "large.jpg": "too_many_bytes",
    }


def test_a_group_is_stored_once_and_leaves_no_drafts(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "images")
    arrived = [Arrived(f"u{n}", jpeg(16 + n % 150)) for n in range(300)]
    first = keep_group(arrived, store, Limits())
    written = {path: path.stat().st_mtime_ns for path in store.folder.rglob("*") if path.is_file()}
    assert keep_group(arrived, store, Limits()) == first
    assert len(written) == 150
    assert {path: path.stat().st_mtime_ns for path in store.folder.rglob("*") if path.is_file()} == written
    assert all(
        store.read(outcome.sha256 or "") == one.data for outcome, one in zip(first, arrived, strict=True)
    )


def test_what_is_hollow_behind_a_good_header_is_found_by_looking(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "images")
    good = jpeg(64)
    png = encode_png(np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8))
    hollow = png[:100] + bytes(1_000) + png[1_100:]
    told = keep_group([Arrived("good", good), Arrived("hollow", hollow)], store, Limits())
    names = [outcome.sha256 or "" for outcome in told]
    damaged = store.put(jpeg(40))
    store.path(damaged).write_bytes(b"x" * len(jpeg(40)))
    looks = list(look_at([*names, damaged, "0" * 64, names[0]], store))
    assert [look.sha256 for look in looks] == [*names, damaged, "0" * 64]
    assert (looks[0].width, looks[0].height, looks[0].absence) == (64, 72, "")
    assert looks[1].absence.startswith("corrupt:")
    assert not looks[1].again
    assert [look.absence.partition(":")[0] for look in looks[2:]] == ["damaged", "missing"]
    assert all(look.again for look in looks[2:])
