"""Items -> the rows of a release: named by their content, naming nobody, with the labels of their feedback."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from echoloop.curate.releasing.evidence import Evidence
from echoloop.curate.releasing.handles import Handles
from echoloop.curate.releasing.holding_out import held_out
from echoloop.records import Feedback, FeedbackLabel, ImageRef, Item, Split
from echoloop.workspace import ImageDamaged, ImageMissing, ImageStore

SPLITS: tuple[Split, ...] = ("image_to_image", "text_to_image", "analysis")
_HASH_IN_NAME = 64
_NO_HASH = "0" * _HASH_IN_NAME


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An item as it is published, and how a model read each piece of its feedback."""

    item: Item
    labels: tuple[FeedbackLabel, ...] = ()


def rows_of(evidence: Evidence, share: float) -> list[Row]:
    """The rows in the order of their ids, `held_out` decided."""
    hidden = held_out(evidence.items, share)
    rows = [_row(item, evidence, held=item.id in hidden) for item in evidence.items]
    return sorted(rows, key=lambda row: (row.item.id, row.item.sample))


def content_id(prompt: str, inputs: Sequence[str], outputs: Sequence[str], posts: Sequence[str]) -> str:
    """The name of a task: the same words and pictures have the same one in every version.

    What has no words or no pictures is told apart by its posts, for there may be many like it.
    """
    own: list[Any] = [prompt, list(inputs), list(outputs)]
    if not prompt.strip() or not (inputs or outputs):
        own.append(sorted(posts))
    return sha256(msgspec.json.encode(own)).hexdigest()[:16]


def whole(row: Row, images: ImageStore) -> dict[str, Any]:
    """The columns of the private variant. A picture that is not to be had stays as its name: the gate says so."""
    item = row.item
    return {
        **_told(row),
        "prompt": item.prompt,
        "input_images": [_picture(image, images) for image in item.input_images],
        "output_images": [_picture(image, images) for image in item.output_images],
        "community_feedback": [
            {"post_url": said.post_url, "feedback": said.text} for said in item.community_feedback
        ],
        "created_at": item.created_at,
        "task": item.task,
        "stratum": item.stratum,
        "reserve": item.reserve,
        "held_out": item.held_out,
    }


def dehydrated(row: Row) -> dict[str, Any]:
    """The columns of the public variant: whatever is not in its schema does not go in."""
    item = row.item
    return {
        **_told(row),
        "prompt": item.prompt,
        "task": item.task,
        "input_images": [_hashed(image) for image in item.input_images],
        "output_images": [_hashed(image) for image in item.output_images],
    }


def weigh(row: Row, images: ImageStore) -> int:
    """About how many bytes the row takes, without reading its pictures."""
    item = row.item
    pictures = sum(_size(image, images) for image in (*item.input_images, *item.output_images))
    words = sum(len(said.text) for said in item.community_feedback)
    return pictures + len(item.prompt) + words + 1_000


def weigh_dehydrated(row: Row) -> int:
    """About how many bytes the row takes without content."""
    return len(row.item.prompt) + 2_000


def hash_of(path: str) -> str:
    """The hash in a picture's name in a release."""
    return path[:_HASH_IN_NAME]


def _row(item: Item, evidence: Evidence, *, held: bool) -> Row:
    labels = evidence.labels or {}
    told = [labels.get((said.post_url, said.text)) for said in item.community_feedback]
    masked = _without_handles(item, evidence.handles)
    name = content_id(
        masked.prompt,
        [image.sha256 or "" for image in item.input_images],
        [image.sha256 or "" for image in item.output_images],
        item.source_posts,
    )
    return Row(
        item=msgspec.structs.replace(masked, id=name, held_out=held),
        labels=tuple(label for label in told if label is not None),
    )


def _without_handles(item: Item, handles: Handles) -> Item:
    prompt = handles.mask(item.prompt)
    return msgspec.structs.replace(
        item,
        prompt=prompt,
        prompt_modified=item.prompt_modified or prompt != item.prompt,
        community_feedback=tuple(
            Feedback(post_url=said.post_url, text=handles.mask(said.text)) for said in item.community_feedback
        ),
    )


def _told(row: Row) -> dict[str, Any]:
    """What both variants say."""
    item = row.item
    return {
        "id": item.id,
        "sample": item.sample,
        "prompt_modified": item.prompt_modified,
        "prompt_fill_blank": item.prompt_fill_blank,
        "quality": item.quality,
        "is_screenshot": item.is_screenshot,
        "language": item.language,
        "source_posts": list(item.source_posts),
        "feedback_labels": [
            {
                "post_url": label.post_url,
                "polarity": label.polarity,
                "keyword": label.keyword,
                "kind": label.kind,
            }
            for label in row.labels
        ],
    }


def _picture(image: ImageRef, images: ImageStore) -> dict[str, Any]:
    name = image.sha256 or _NO_HASH
    path = f"{name}.{(image.media_type or 'image/png').removeprefix('image/')}"
    try:
        return {"bytes": images.read(name), "path": path}
    except (ImageMissing, ImageDamaged):
        return {"bytes": None, "path": path}


def _hashed(image: ImageRef) -> dict[str, Any]:
    return {
        "sha256": image.sha256,
        "media_type": image.media_type,
        "width": image.width,
        "height": image.height,
    }


def _size(image: ImageRef, images: ImageStore) -> int:
    try:
        return images.path(image.sha256 or "").stat().st_size
    except (ImageMissing, OSError):
        return 0
