"""Rows to learn from: readable, separated from what is held out, in the published layout."""

import json
import tarfile
from pathlib import Path

import numpy as np

from echoloop.images import decode
from echoloop.lab.training import (
    REFERENCE_SIDE,
    SIDE,
    fully_right,
    reference_lessons,
    text_lessons,
    write_lessons,
)


def test_the_lab_s_own_small_pictures_are_nearly_all_read_as_they_were_meant():
    lessons = [*text_lessons(100, 3), *reference_lessons(100, 3)]
    right = [fully_right(lesson, lesson.picture) for lesson in lessons]
    assert sum(right) >= 0.94 * len(right)


def test_another_row_s_picture_is_not_right():
    lessons = list(text_lessons(60, 4))
    swapped = [
        fully_right(one, other.picture) for one, other in zip(lessons, lessons[1:] + lessons[:1], strict=True)
    ]
    assert sum(swapped) <= 1


def test_what_is_held_out_is_never_among_the_rows_of_any_seed():
    kept = {str(lesson.scene) for seed in range(3) for lesson in text_lessons(800, seed)}
    kept |= {str(lesson.scene) for lesson in reference_lessons(800, 0)}
    held = {str(lesson.scene) for lesson in text_lessons(200, 9, held_out=True)}
    held |= {str(lesson.scene) for lesson in reference_lessons(200, 9, held_out=True)}
    assert not kept & held


def test_words_beside_references_name_neither_thing_nor_background():
    for lesson in reference_lessons(50, 1):
        thing = lesson.scene.things[0]
        assert thing.noun not in lesson.instruction.split()
        assert thing.colour not in lesson.instruction
        close, place = lesson.reference_pictures
        assert close.shape == place.shape == (REFERENCE_SIDE, REFERENCE_SIDE, 3)
        assert np.ptp(place.reshape(-1, 3), axis=0).max() == 0


def _rows(folder: Path, track: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / track / "rows.jsonl").read_text().splitlines()]


def test_rows_lie_in_the_published_layout_and_shuffling_moves_words_alone(tmp_path: Path):
    lessons = [*text_lessons(12, 5), *reference_lessons(8, 5)]
    write_lessons(tmp_path / "plain", lessons)
    write_lessons(tmp_path / "shuffled", lessons, shuffled=1)
    rows = _rows(tmp_path / "plain", "Multi-Reference-Image")
    assert len(rows) == 8
    with tarfile.open(tmp_path / "plain" / "Multi-Reference-Image" / "images_0.tar.gz") as shard:
        names = set(shard.getnames())
        first = shard.extractfile(str(rows[0]["output_image"]))
        assert first is not None
        assert np.array_equal(decode(first.read()).pixels, lessons[12].picture)
    for row in rows:
        assert {row["output_image"], *row["input_images"]} <= names
    there = [row["instruction"] for row in _rows(tmp_path / "plain", "Instruction-Following-Image")]
    moved = [row["instruction"] for row in _rows(tmp_path / "shuffled", "Instruction-Following-Image")]
    assert sorted(there) == sorted(moved)
    assert there != moved
    assert lessons[0].picture.shape[0] == SIDE
