"""A release loads with `datasets` and with `mlcroissant` as it lies there, offline, by somebody who has nothing else."""

from collections.abc import Callable
from typing import Any

import numpy as np

URL = "https://x.com/i/status/1"
SPLITS = ("image_to_image", "text_to_image", "analysis")
LOAD = """
import json, sys
import numpy as np
from datasets import Image, load_dataset
found = {}
for split in sys.argv[2:]:
    loaded = load_dataset(sys.argv[1], split, split="test")
    found[split] = [
        {
            **{name: value for name, value in row.items() if not name.endswith("_images")},
            "created_at": str(row.get("created_at")),
            **{
                name: [np.asarray(one.convert("RGB")).tolist() if hasattr(one, "convert") else one for one in row[name]]
                for name in ("input_images", "output_images")
            },
        }
        for row in loaded
    ]
print(json.dumps(found))
"""
CROISSANT = """
import json, sys
import mlcroissant
found = []
for folder in sys.argv[1:]:
    opened = mlcroissant.Dataset(jsonld=f"{folder}/croissant.json")
    metadata = opened.metadata
    rows = {
        one.id: [
            {name.split("/")[1]: len(value) if "_images" in name else str(value) for name, value in row.items()}
            for row in opened.records(one.id)
        ]
        for one in metadata.record_sets
    }
    issues = metadata.ctx.issues
    found.append({"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "rows": rows,
                  "biases": metadata.data_biases, "cases": metadata.data_use_cases})
print(json.dumps(found))
"""


def pixels(seed: int) -> list[Any]:
    return np.random.default_rng(seed).integers(0, 255, (3, 4, 3), dtype=np.uint8).tolist()


def test_datasets_loads_every_pixel_in_order(shop: Any, offline: Callable[..., Any]) -> None:
    shop.fill(shop.items())
    done = shop.release()
    assert done.splits == dict.fromkeys(SPLITS, 1)
    found = offline(LOAD, done.folder, *SPLITS)
    (edit,), (draw,), (talk,) = (found[split] for split in SPLITS)
    assert edit["prompt"] == "make it red 🦊"
    assert (edit["input_images"], edit["output_images"]) == ([pixels(1)], [pixels(2)])
    assert edit["community_feedback"] == [{"post_url": URL, "feedback": "lovely"}]
    assert edit["created_at"].startswith("2025-04-01 10:00:00")
    assert (edit["sample"], edit["held_out"], edit["reserve"]) == ("edit", False, None)
    assert draw["prompt"] == "“a house”\nby the sea"
    assert (draw["input_images"], draw["output_images"]) == ([], [pixels(3)])
    assert (talk["prompt"], talk["language"], talk["output_images"]) == ("", None, [])


def test_datasets_loads_the_public_variant_and_several_shards(shop: Any, offline: Callable[..., Any]) -> None:
    rows = [shop.item(f"task-{number}") for number in range(5)]
    shop.fill(rows)
    done = shop.release(shard_bytes=1)
    names = sorted(path.name for path in (shop.releases / "0.1.0" / "data" / "text_to_image").iterdir())
    assert names == [f"test-0000{number}-of-00005.parquet" for number in range(5)]
    private = offline(LOAD, done.folder, "text_to_image")["text_to_image"]
    public = offline(LOAD, done.public, "text_to_image")["text_to_image"]
    assert sorted(row["sample"] for row in private) == sorted(row.sample for row in rows)
    assert [row["id"] for row in private] == [row["id"] for row in public]
    assert all("prompt" not in row and "community_feedback" not in row for row in public)
    hashes = {row.sample: row.output_images[0].sha256 for row in rows}
    assert {row["sample"]: row["output_images"][0]["sha256"] for row in public} == hashes


def test_croissant_is_valid_and_reads_the_rows_of_both_variants(
    shop: Any, offline: Callable[..., Any]
) -> None:
    items = shop.items()
    shop.fill(items)
    shop.label(items[0], "success")
    done = shop.release()
    private, public = offline(CROISSANT, done.folder, done.public)
    for found in (private, public):
        assert found["errors"] == []
        assert all("datePublished" in warning for warning in found["warnings"])
        assert {split: len(rows) for split, rows in found["rows"].items()} == dict.fromkeys(SPLITS, 1)
        assert any("1 success, 0 failure" in line for line in found["biases"])
        assert "Not for training." in found["cases"]
    (edit,) = private["rows"]["image_to_image"]
    assert (edit["input_images"], edit["output_images"]) == (1, 1)
    assert "make it red" in edit["prompt"]
    assert "lovely" in edit["community_feedback"]


def test_a_split_without_items_is_left_out_and_the_others_load(
    shop: Any, offline: Callable[..., Any]
) -> None:
    shop.fill(shop.items()[1:2])
    done = shop.release()
    assert done.splits == {"image_to_image": 0, "text_to_image": 1, "analysis": 0}
    assert [path.name for path in (shop.releases / "0.1.0" / "data").iterdir()] == ["text_to_image"]
    assert len(offline(LOAD, done.folder, "text_to_image")["text_to_image"]) == 1
