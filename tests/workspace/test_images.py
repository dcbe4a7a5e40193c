"""Pictures live once, under what they are."""

from pathlib import Path

import numpy as np
import pytest

from echoloop.images import Rendition, content_hash, decode, encode_png
from echoloop.workspace import ImageDamaged, ImageMissing, ImageStore


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "images")


def picture(shade: int) -> bytes:
    return encode_png(np.full((40, 60, 3), shade, np.uint8))


def test_equal_bytes_are_stored_once(store: ImageStore) -> None:
    first, second = store.put(picture(10)), store.put(picture(10))
    assert first == second == content_hash(picture(10))
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1
    assert store.read(first) == picture(10)


def test_changed_bytes_are_noticed(store: ImageStore) -> None:
    sha256 = store.put(picture(10))
    store.path(sha256).write_bytes(picture(11))
    with pytest.raises(ImageDamaged, match="Delete that file"):
        store.read(sha256)


def test_a_missing_picture_is_named(store: ImageStore) -> None:
    with pytest.raises(ImageMissing):
        store.read("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "ABC", "g" * 64])
def test_a_name_that_is_no_hash_never_becomes_a_path(store: ImageStore, name: str) -> None:
    with pytest.raises(ImageMissing):
        store.path(name)


def test_a_rendition_is_made_once_and_again_when_it_is_lost(store: ImageStore) -> None:
    sha256 = store.put(picture(10))
    rule = Rendition(shortest_side=20, format="png")
    sent = store.rendition(sha256, rule)
    assert decode(store.read(sent)).height == 20
    assert store.rendition(sha256, rule) == sent
    store.remove(sent)
    assert store.rendition(sha256, rule) == sent


@pytest.mark.parametrize("left", [b"", b"half"])
def test_a_picture_that_was_cut_is_stored_again(store: ImageStore, left: bytes) -> None:
    sha256 = store.put(picture(10))
    store.path(sha256).write_bytes(left)
    assert store.put(picture(10)) == sha256
    assert store.read(sha256) == picture(10)


def test_storing_what_is_there_writes_nothing(store: ImageStore) -> None:
    sha256 = store.put(picture(10))
    before = store.path(sha256).stat()
    store.put(picture(10))
    assert store.path(sha256).stat() == before


@pytest.mark.parametrize("left", [0, 1], ids=["emptied", "zeroed"])
def test_a_rendition_that_a_power_cut_took_is_made_again(store: ImageStore, left: int) -> None:
    """It was never flushed: the name may be there without its bytes, or with zeros in their place."""
    rule = Rendition(shortest_side=20)
    sha256 = store.put(picture(10))
    sent = store.rendition(sha256, rule)
    whole = store.read(sent)
    store.path(sent).write_bytes(bytes(left * len(whole)))
    assert store.rendition(sha256, rule) == sent
    assert store.read(sent) == whole
    assert store.path(sent).read_bytes() == whole


def test_a_rendition_whose_note_is_cut_is_made_again(store: ImageStore) -> None:
    rule = Rendition(shortest_side=20)
    sha256 = store.put(picture(10))
    sent = store.rendition(sha256, rule)
    (note,) = store.renditions_of(sha256)
    note.write_bytes(note.read_bytes()[:50])
    assert store.renditions_of(sha256) == {note: None}
    assert store.rendition(sha256, rule) == sent
    assert store.renditions_of(sha256) == {note: sent}


def test_a_rendition_of_a_damaged_original_is_not_made_up(store: ImageStore) -> None:
    sha256 = store.put(picture(10))
    sent = store.rendition(sha256, Rendition(shortest_side=20))
    for name in (sha256, sent):
        store.path(name).write_bytes(picture(99))
        with pytest.raises(ImageDamaged):
            store.read(name)
        assert store.path(name).read_bytes() == picture(99)
