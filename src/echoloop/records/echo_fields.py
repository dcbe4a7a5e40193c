"""ECHO's published field names (its Table D.1), so that our tables can be read beside theirs."""

from typing import Any

from echoloop.records.posts import ImageRef, Post
from echoloop.records.samples import Box, Sample


def post_to_echo(post: Post) -> dict[str, Any]:
    """A post under the names of the raw half of the table."""
    return {
        "text": post.text,
        "timestamp": post.created_at.isoformat() if post.created_at else None,
        "replies_above": list(post.replies_above),
        "keyword": post.keywords[0] if post.keywords else None,
        "url": post.url,
        "author": post.author,
        "image_urls": [{"url": image.url, "alt": image.alt} for image in post.images],
        "replies_below": list(post.replies_below),
        "engagement": {
            "likes": post.engagement.likes,
            "views": post.engagement.views,
            "reposts": post.engagement.reposts,
            "bookmarks": post.engagement.bookmarks,
        },
    }


def sample_to_echo(sample: Sample) -> dict[str, Any]:
    """A sample under the names of the processed half of the table."""
    return {
        "id": sample.id,
        "post_id": sample.post_urls[0] if sample.post_urls else None,
        "post_urls": list(sample.post_urls),
        "prompt": sample.prompt,
        "prompt_modified": sample.prompt_modified,
        "prompt_fill_blank": sample.prompt_fill_blank,
        "quality": sample.quality,
        "community_feedback": [
            {"post_url": feedback.post_url, "feedback": feedback.text}
            for feedback in sample.community_feedback
        ],
        "input_images": [_image_name(image) for image in sample.input_images],
        "output_images": [_image_name(image) for image in sample.output_images],
        "is_screenshot": sample.is_screenshot,
        "input_bboxs": [_corners(box) for box in sample.input_boxes],
        "output_bboxs": [_corners(box) for box in sample.output_boxes],
        "has_nsfw": sample.has_nsfw,
    }


def _image_name(image: ImageRef) -> str:
    return f"sha256:{image.sha256}" if image.sha256 else image.url


def _corners(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]
