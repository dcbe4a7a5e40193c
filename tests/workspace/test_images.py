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
