"""Items -> a release: Parquet that `datasets` loads, a card, and checksums. A version never changes."""

import hashlib
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.curate.card import card_text
from echoloop.records import Item, Mistake
from echoloop.records.arrow import from_table
from echoloop.workspace import ImageStore, Workspace, place_file

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_SPLITS = ("image_to_image", "text_to_image", "analysis")
_PICTURES = pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
_FEEDBACK = pa.list_(pa.struct([("post_url", pa.string()), ("feedback", pa.string())]))
_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("prompt", pa.string()),
        ("prompt_modified", pa.bool_()),
        ("prompt_fill_blank", pa.bool_()),
        ("quality", pa.string()),
        ("input_images", _PICTURES),
        ("output_images", _PICTURES),
        ("community_feedback", _FEEDBACK),
        ("is_screenshot", pa.bool_()),
        ("language", pa.string()),
        ("created_at", pa.timestamp("us", tz="UTC")),
        ("source_posts", pa.list_(pa.string())),
    ]
)


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A written version: its folder and how many items each split has."""

    folder: str
    version: str
    splits: dict[str, int]


def write_release(workspace: Workspace, subject: str, version: str) -> Release:
    """Write `releases/<version>/`. The same items give the same bytes."""
    if not _VERSION.fullmatch(version):
        raise Mistake(f"{version!r} is not a version", remedy="Use three numbers with dots, such as 0.1.0.")
    items = from_table(workspace.tables.read("items"), Item)
    if not items:
        raise Mistake(
            "there is nothing to release: the loop has found no item",
            where=workspace.tables.folder / "items",
            remedy="`echoloop report` shows at which stage posts were lost, and why.",
        )
    files = _files(items, workspace.images, subject, version)
    folder = workspace.releases / version
    _refuse_change(folder, files, version)
    for name, data in files.items():
        place_file(folder / name, data)
    counts = {split: sum(item.split == split for item in items) for split in _SPLITS}
    return Release(folder=str(folder), version=version, splits=counts)


def _files(items: list[Item], images: ImageStore, subject: str, version: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    counts: dict[str, tuple[int, int]] = {}
    for split in _SPLITS:
        own = [item for item in items if item.split == split]
        if not own:  # `datasets` cannot load a split without rows
            continue
        data = _parquet(own, images)
        counts[split] = (len(own), len(data))
        files[f"data/{split}/test-00000-of-00001.parquet"] = data
    files["README.md"] = card_text(subject, version, counts).encode()
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items())]
    files["SHA256SUMS"] = ("\n".join(sums) + "\n").encode()
    return files


def _refuse_change(folder: Path, files: dict[str, bytes], version: str) -> None:
    sums = folder / "SHA256SUMS"
    if sums.exists() and sums.read_bytes() != files["SHA256SUMS"]:
        raise Mistake(
            f"release {version} exists with other content",
            where=folder,
            remedy="Give the new one a new version.",
        )


def _parquet(items: Iterable[Item], images: ImageStore) -> bytes:
    table = pa.Table.from_pylist([_row(item, images) for item in items], schema=_SCHEMA)
    features = {"info": {"features": _features()}}
    sink = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({"huggingface": json.dumps(features)}), sink, compression="zstd"
    )
    return sink.getvalue()


def _row(item: Item, images: ImageStore) -> dict[str, Any]:
    def pictures(refs: Iterable[Any]) -> list[dict[str, Any]]:
        return [
            {"bytes": images.read(image.sha256), "path": f"{image.sha256}.{_extension(image.media_type)}"}
            for image in refs
            if image.sha256
        ]

    return {
        "id": item.id,
        "prompt": item.prompt,
        "prompt_modified": item.prompt_modified,
        "prompt_fill_blank": item.prompt_fill_blank,
        "quality": item.quality,
        "input_images": pictures(item.input_images),
        "output_images": pictures(item.output_images),
        "community_feedback": [
            {"post_url": said.post_url, "feedback": said.text} for said in item.community_feedback
        ],
        "is_screenshot": item.is_screenshot,
        "language": item.language,
        "created_at": item.created_at,
        "source_posts": list(item.source_posts),
    }


def _extension(media_type: str | None) -> str:
    return (media_type or "image/png").removeprefix("image/")


def _features() -> dict[str, Any]:
    def value(dtype: str) -> dict[str, str]:
        return {"dtype": dtype, "_type": "Value"}

    def listed(feature: dict[str, Any]) -> dict[str, Any]:
        return {"feature": feature, "_type": "List"}

    return {
        "id": value("string"),
        "prompt": value("string"),
        "prompt_modified": value("bool"),
        "prompt_fill_blank": value("bool"),
        "quality": value("string"),
        "input_images": listed({"_type": "Image"}),
        "output_images": listed({"_type": "Image"}),
        "community_feedback": listed({"post_url": value("string"), "feedback": value("string")}),
        "is_screenshot": value("bool"),
        "language": value("string"),
        "created_at": value("timestamp[us, tz=UTC]"),
        "source_posts": listed(value("string")),
    }
