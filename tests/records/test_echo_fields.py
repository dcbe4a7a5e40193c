"""Every field of ECHO's table has a place and its published name."""

from datetime import UTC, datetime

from echoloop.records import (
    Box,
    Engagement,
    Feedback,
    ImageRef,
    Post,
    ReviewEvent,
    Sample,
    apply_review,
    fold_reviews,
    post_to_echo,
    sample_to_echo,
)

RAW = {
    "text",
    "timestamp",
    "replies_above",
    "keyword",
    "url",
    "author",
    "image_urls",
    "replies_below",
    "engagement",
}
PROCESSED = {
    "id", "post_id", "prompt", "prompt_modified", "quality", "community_feedback", "input_images", "output_images",
    "is_screenshot", "input_bboxs", "output_bboxs", "prompt_fill_blank", "has_nsfw",
}  # fmt: skip
SAMPLE = Sample(
    id="s1",
    thread="t",
    post_urls=("https://x.com/i/status/1",),
    prompt="a red ball",
    quality="Benchmark",
    community_feedback=(Feedback(post_url="https://x.com/i/status/2", text="too yellow"),),
    input_images=(ImageRef(sha256="a" * 64),),
    output_images=(ImageRef(sha256=None, url="https://example.org/p.png", absence="gone"),),
    output_boxes=(Box(left=1, top=2, right=3, bottom=4),),
)


def test_raw_fields() -> None:
    post = Post(
        url="https://x.com/i/status/1",
        platform="x",
        text="look",
        created_at=datetime(2025, 4, 1, tzinfo=UTC),
        images=(ImageRef(sha256=None, url="media/a.png", alt="a ball"),),
        engagement=Engagement(likes=3),
    )
    raw = post_to_echo(post)
    assert set(raw) == RAW
    assert raw["image_urls"] == [{"url": "media/a.png", "alt": "a ball"}]
    assert raw["engagement"] == {"likes": 3, "views": None, "reposts": None, "bookmarks": None}


def test_processed_fields() -> None:
    row = sample_to_echo(SAMPLE)
    assert set(row) >= PROCESSED
    assert row["output_bboxs"] == [[1, 2, 3, 4]]
    assert row["input_images"] == [f"sha256:{'a' * 64}"]
    assert row["community_feedback"] == [{"post_url": "https://x.com/i/status/2", "feedback": "too yellow"}]


def review(action: str, person: str, minute: int, prompt: str | None = None) -> ReviewEvent:
    moment = datetime(2025, 4, 1, 0, minute, tzinfo=UTC)
    return ReviewEvent(id=f"{minute}", sample="s1", reviewer=person, action=action, prompt=prompt, at=moment)  # type: ignore[arg-type]


def test_reviews_fold_whatever_order_they_come_in() -> None:
    events = [
        review("accept", "a", 1),
        review("reject", "a", 2),
        review("accept", "b", 3),
        review("flag", "b", 4),
    ]
    state = fold_reviews(reversed(events))["s1"]
    assert state.decision == "disputed"
    assert state.flagged
    assert fold_reviews(events[:2])["s1"].decision == "reject"


def test_an_edited_prompt_says_that_it_was() -> None:
    state = fold_reviews([review("edit", "a", 1, "a blue ball")])["s1"]
    edited = apply_review(SAMPLE, state)
    assert (edited.prompt, edited.prompt_modified, edited.prompt_origin) == ("a blue ball", True, "edited")
    assert apply_review(SAMPLE, None) is SAMPLE
