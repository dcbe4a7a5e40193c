"""Samples -> samples with their pictures: what went in, what came out, what fills a blank, what is a screenshot."""

from collections.abc import Iterator
from hashlib import sha256

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.provenance import fold
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.images import Rendition
from echoloop.records import Answered, Drop, ImageRef, Keep, Post, Sample
from echoloop.records.arrow import from_table

SHOWN = Rendition(shortest_side=512, longest_side=2048, format="jpeg", quality=90)


class Group(BaseModel):
    """One time the task was carried out."""

    inputs: list[int] = Field(default_factory=list[int])
    outputs: list[int] = Field(default_factory=list[int])
    post_urls: list[str] = Field(default_factory=list[str])


class Completion(Group):
    """One way a blank was filled."""

    prompt: str


class PicturesAnswer(BaseModel):
    """How the pictures of a task belong together."""

    groups: list[Group] = Field(default_factory=list[Group], max_length=200)
    completions: list[Completion] = Field(default_factory=list[Completion], max_length=200)
    conversation: int | None = None


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """A sample with the pictures that hang on its posts; `origins[i]` is the post of picture i + 1."""

    sample: Sample
    subject: str
    texts: tuple[str, ...]
    pictures: tuple[ImageRef, ...]
    origins: tuple[str, ...]

    @property
    def source_posts(self) -> tuple[str, ...]:
        return self.sample.source_posts


def sort_pictures(
    desk: Desk[CurateSettings], extracted: pa.Table, posts: pa.Table
) -> Iterator[Keep[Sample] | Drop]:
    """Ask what each picture is to its task; no picture is ever in two samples."""
    by_url = {post.url: post for post in from_table(posts, Post)}
    samples = from_table(extracted, Sample)
    tasks = [_gather(sample, by_url, desk.settings.subject) for sample in samples]
    question = Question[_Task, PicturesAnswer](
        stage="pictures",
        endpoint=desk.settings.viewer,
        render=_render,
        reads=PicturesAnswer,
        prompt=load_prompt("echoloop.curate", "pictures"),
        batch_rows=256,
    )
    answers = desk.ask([task for task in tasks if task.pictures], question)
    taken: set[tuple[str, str]] = set()
    for task in tasks:
        if not task.pictures:
            yield Keep(task.sample)
    for asked in sorted(answers, key=lambda one: _claim_order(one.row)):
        yield from _sort(asked, taken)


def _claim_order(task: _Task) -> tuple[str, int, str]:
    """Within a thread the sample with the most pictures claims last: the narrower claim is the surer one."""
    return (task.sample.thread, len(task.pictures), task.sample.id)


def _gather(sample: Sample, posts: dict[str, Post], subject: str) -> _Task:
    pictures: dict[str, tuple[ImageRef, str]] = {}
    for url in sample.post_urls:
        for image in posts[url].images:
            if image.sha256 is not None:
                pictures.setdefault(image.sha256, (image, url))
    return _Task(
        sample=sample,
        subject=subject,
        texts=tuple(posts[url].text for url in sample.post_urls),
        pictures=tuple(image for image, _ in pictures.values()),
        origins=tuple(url for _, url in pictures.values()),
    )


def _render(row: _Task, rendering: Rendering) -> ChatRequest:
    numbered = list(enumerate(zip(row.pictures, row.origins, strict=True), start=1))
    data = {
        "subject": row.subject,
        "prompt": row.sample.prompt,
        "posts": [
            {"url": url, "text": text[:4000]}
            for url, text in zip(row.sample.post_urls, row.texts, strict=True)
        ],
        "pictures": [{"id": number, "post_url": url, "alt": image.alt} for number, (image, url) in numbered],
    }
    shown = [
        (f"Picture {number}:", rendering.picture(image.sha256 or "", SHOWN))
        for number, (image, _) in numbered
    ]
    return rendering.about(data, shown, temperature=0)


def _sort(asked: Asked[_Task, PicturesAnswer], taken: set[tuple[str, str]]) -> Iterator[Keep[Sample] | Drop]:
    task, answer = asked.row, asked.answer
    sample = task.sample
    if not isinstance(answer, Answered):
        yield Drop(
            key=sample.id,
            reason=f"pictures {answer.state}",
            detail=answer.reason,
            source_posts=sample.source_posts,
        )
        return
    found = answer.value
    sample = msgspec.structs.replace(
        sample,
        receipts=(*sample.receipts, asked.receipt),
        conversation=_conversation(found.conversation, task, taken),
    )
    completed = [_with_pictures(_filled(sample, one), one, task, taken) for one in found.completions]
    completed = [one for one in completed if one.output_images]
    for one in completed:
        yield Keep(one)
    groups = [group for group in found.groups if group.inputs or group.outputs]
    if completed and not groups and sample.conversation is None:
        yield Drop(key=sample.id, reason="a blank left open", source_posts=sample.source_posts)
        return
    pictured = [_with_pictures(sample, group, task, taken) for group in groups] or [sample]
    for number, one in enumerate(pictured):
        yield Keep(one if number == 0 else _renamed(one, str(number)))


def _conversation(number: int | None, task: _Task, taken: set[tuple[str, str]]) -> ImageRef | None:
    if number is None:
        return None
    claimed = _claim([number], task, taken)
    return claimed[0] if claimed else None


def _filled(sample: Sample, completion: Completion) -> Sample:
    urls = tuple(url for url in sample.post_urls if url in set(completion.post_urls)) or sample.post_urls
    return _renamed(
        msgspec.structs.replace(
            sample,
            prompt=completion.prompt,
            prompt_origin="filled",
            prompt_modified=True,
            prompt_fill_blank=True,
            post_urls=urls,
            conversation=None,
            community_feedback=tuple(said for said in sample.community_feedback if said.post_url in urls),
        ),
        fold(completion.prompt),
    )


def _with_pictures(sample: Sample, group: Group, task: _Task, taken: set[tuple[str, str]]) -> Sample:
    inputs = _claim(group.inputs, task, taken)
    return msgspec.structs.replace(
        sample, input_images=inputs, output_images=_claim(group.outputs, task, taken)
    )


def _claim(numbers: list[int], task: _Task, taken: set[tuple[str, str]]) -> tuple[ImageRef, ...]:
    """Pictures by their numbers, without those that do not exist or belong to another sample already."""
    claimed: list[ImageRef] = []
    for number in numbers:
        if not 1 <= number <= len(task.pictures):
            continue
        image = task.pictures[number - 1]
        place = (task.sample.thread, image.sha256 or "")
        if place not in taken:
            taken.add(place)
            claimed.append(image)
    return tuple(claimed)


def _renamed(sample: Sample, mark: str) -> Sample:
    return msgspec.structs.replace(sample, id=sha256(f"{sample.id}\n{mark}".encode()).hexdigest()[:16])
