"""Near-duplicates are found whatever the order of rows, and what only looks alike stays apart."""

import io
import random
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from curate_rows import sample
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from stage_runs import curate_stage, run_stage

from echoloop.curate.near_pictures import near_hashes
from echoloop.curate.near_prompts import alike, near_prompts, shingles
from echoloop.images import hash_distance
from echoloop.records import Duplicate, Feedback, ImageRef, Sample
from echoloop.workspace import writing

LONG = (
    "a lighthouse on a cliff above a stormy sea at night with its lamp lit and one small boat far out on the waves "
    "painted in thick oil with visible strokes and a cold palette of blue and grey"
)


def scene(seed: int, shift: int = 0) -> np.ndarray:
    """Coloured blocks, as different from another seed's as photographs are."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 255, (6, 8, 3)).repeat(24, axis=0).repeat(24, axis=1)
    return np.clip(blocks + shift, 0, 255).astype(np.uint8)


def store(folder: Path, pixels: np.ndarray, quality: int | None = None) -> ImageRef:
    """A picture in the store; with a quality, as a JPEG of half the size."""
    image, data = Image.fromarray(pixels), io.BytesIO()
    if quality is None:
        image.save(data, "PNG")
    else:
        image.resize((image.width // 2, image.height // 2)).save(data, "JPEG", quality=quality)
    with writing(folder / "workspace") as workspace:
        return ImageRef(sha256=workspace.images.put(data.getvalue()))


def find(folder: Path, *samples: Sample) -> dict[str, Duplicate]:
    run = run_stage(folder, curate_stage("duplicates"), {"samples": (Sample, samples)}, [])
    return {row.sample: row for row in run.kept}


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (LONG, LONG.upper() + "!", True),
        (LONG, LONG.replace("stormy", "raging"), True),
        (LONG, "Prompt: " + LONG, True),
        (LONG, " ".join(reversed(LONG.split())), False),
        ("two red balls on a table", "two blue balls on a table", False),
        ("two red balls", "“two  red balls”.", True),
        (
            "画一只在月亮上睡觉的白色小猫，背景是星空和云海，水彩风格",
            "画一只在月亮上睡觉的白色小狗，背景是星空和云海，水彩风格。",
            True,
        ),
        ("画一只红色的猫", "画两只蓝色的狗", False),
        ("", "", False),
        ("!!!", "…", False),
    ],
)
def test_which_prompts_are_alike(one: str, other: str, near: bool) -> None:
    assert alike(shingles(one), shingles(other)) is near
    assert bool(list(near_prompts([shingles(one), shingles(other)]))) is near


def test_planted_prompts_are_found_among_many() -> None:
    rng = random.Random(7)
    words = [f"word{number}" for number in range(3_000)]
    prompts = [" ".join(rng.choices(words, k=rng.randint(12, 50))) for _ in range(4_000)]
    planted: set[tuple[int, int]] = set()
    for place in rng.sample(range(4_000), 300):
        changed = prompts[place].split()
        changed[rng.randrange(len(changed))] = "other"
        if alike(shingles(prompts[place]), shingles(" ".join(changed))):
            planted.add((place, len(prompts)))
            prompts.append(" ".join(changed))
    found = set(near_prompts([shingles(prompt) for prompt in prompts]))
    assert len(planted) > 150
    assert found == planted


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=12),
    st.lists(st.sets(st.integers(0, 63), max_size=6), max_size=12),
)
def test_near_hashes_are_those_that_comparing_all_with_all_finds(
    base: list[int], flips: list[set[int]]
) -> None:
    hashes = [*base]
    for number, bits in enumerate(flips):
        value = base[number % len(base)]
        for bit in bits:
            value ^= 1 << bit
        hashes.append(value)
    hashes = list(dict.fromkeys(hashes))
    slow = {
        (one, other)
        for one in range(len(hashes))
        for other in range(one + 1, len(hashes))
        if hash_distance(hashes[one], hashes[other]) <= 4
    }
    found = list(near_hashes(hashes))
    assert set(found) == slow
    assert len(found) == len(set(found))


def test_the_best_of_a_cluster_stands_for_it(tmp_path: Path) -> None:
    said = (Feedback(post_url="https://x.com/i/status/2", text="nice"),)
    early, late = (datetime(2025, month, 1, tzinfo=UTC) for month in (4, 5))
    rows = [
        sample("a", prompt=LONG, quality="Analysis", community_feedback=said, created_at=early),
        sample("b", prompt=LONG, created_at=late),
        sample("c", prompt=LONG, created_at=early),
        sample("d", prompt=LONG, created_at=late, community_feedback=said),
        sample("e", prompt="something else altogether, in its own words"),
    ]
    found = find(tmp_path, *rows)
    assert set(found) == {"a", "b", "c", "d"}
    assert [name for name, row in found.items() if row.representative] == ["d"]
    assert {(row.cluster, row.size, row.kind) for row in found.values()} == {("a", 4, "prompt")}


def test_a_picture_met_again_is_the_same_task_in_other_words(tmp_path: Path) -> None:
    first, copy, other = (
        store(tmp_path, scene(1)),
        store(tmp_path, scene(1), quality=60),
        store(tmp_path, scene(2)),
    )
    found = find(
        tmp_path,
        sample("a", prompt="a quilt", output_images=(other, first)),
        sample("b", prompt="une courtepointe", output_images=(copy,)),
        sample("c", prompt="tiles", output_images=(store(tmp_path, scene(3)),)),
        sample("d", prompt="brighter tiles", output_images=(store(tmp_path, scene(3, shift=60)),)),
    )
    assert {name: row.kind for name, row in found.items()} == {"a": "pictures", "b": "pictures"}


def test_plain_surfaces_are_not_alike(tmp_path: Path) -> None:
    plain = [store(tmp_path, np.full((64, 64, 3), shade, dtype=np.uint8)) for shade in (20, 21, 200)]
    rows = [sample(f"s{n}", prompt=f"shade number {n}", output_images=(one,)) for n, one in enumerate(plain)]
    again = sample("again", prompt="the very same file", output_images=(plain[0],))
    assert set(find(tmp_path, *rows, again)) == {"s0", "again"}


def test_an_edit_is_met_again_only_with_its_prompt_and_its_pictures(tmp_path: Path) -> None:
    photo, copy, foreign = (
        store(tmp_path, scene(1)),
        store(tmp_path, scene(1), quality=60),
        store(tmp_path, scene(2)),
    )
    ask = "turn this photograph into a watercolour with soft edges and keep everything where it is"
    found = find(
        tmp_path,
        sample("first", prompt=ask, input_images=(photo,)),
        sample("again", prompt=ask.title(), input_images=(copy,)),
        sample("other photo", prompt=ask, input_images=(foreign,)),
        sample("other wish", prompt="take the people out", input_images=(photo,)),
        sample("two photos", prompt=ask, input_images=(photo, foreign)),
        sample("two again", prompt=ask, input_images=(foreign, copy)),
        sample("from words", prompt=ask),
    )
    clusters = {name: row.cluster for name, row in found.items()}
    assert clusters == {
        "first": "again",
        "again": "again",
        "two photos": "two again",
        "two again": "two again",
    }
    assert {row.kind for row in found.values()} == {"both"}


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rng = random.Random(3)
    words = LONG.split()
    rows: list[Sample] = []
    for number in range(120):
        own = words[:]
        for _ in range(rng.randint(0, 3)):
            own[rng.randrange(len(own))] = rng.choice(("red", "old", "wet"))
        rows.append(sample(f"s{number:03}", prompt=" ".join(own)))
    first = find(tmp_path / "a", *rows)
    rng.shuffle(rows)
    assert find(tmp_path / "b", *rows) == first
    assert len(first) > 60


def test_a_damaged_picture_is_only_like_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with writing(tmp_path / "workspace") as workspace:
        broken = ImageRef(sha256=workspace.images.put(b"no picture"))
    gone = ImageRef(sha256="0" * 64)
    found = find(
        tmp_path,
        sample("a", prompt="one thing", output_images=(broken,)),
        sample("b", prompt="another", output_images=(broken,)),
        sample("c", prompt="a third", output_images=(gone,)),
    )
    assert set(found) == {"a", "b"}
    assert "2 pictures cannot be looked at" in capsys.readouterr().err


def test_nothing_in_nothing_out(tmp_path: Path) -> None:
    assert find(tmp_path) == {}
