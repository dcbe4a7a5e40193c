"""Samples -> samples with their pictures: what went in, what came out, what fills a blank, what is a screenshot."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Any

import msgspec
import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.absences import kept_for_analysis, pictures_not_here
from echoloop.curate.claims import Claims
from echoloop.curate.conversations import cut
from echoloop.curate.folding import fold
from echoloop.curate.passing import holds, names_any, part, with_posts_of
from echoloop.curate.provenance import trace_filled
from echoloop.curate.sameness import albums_of, canonical_pictures, first_of_same
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.images import Rendition
from echoloop.records import Answered, Drop, ImageRef, Keep, Post, Sample
from echoloop.records.arrow import from_table

SHOWN = Rendition(shortest_side=512, longest_side=2048, format="jpeg", quality=90)
_LONGEST_TEXT, _LONGEST_DESCRIPTION = 4_000, 2_000


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("expected the number of a picture, got true or false")
    return value


Number = Annotated[int, BeforeValidator(_no_truth_value)]
"""The number of a picture: `true` would pass for 1."""


class Group(BaseModel, extra="forbid"):
    """One time the task was carried out."""

    inputs: list[Number]
    outputs: list[Number]
    post_urls: list[str]


class Completion(Group):
    """One way a blank was filled."""

    prompt: str


class PicturesAnswer(BaseModel, extra="forbid"):
    """How the pictures of a task belong together. Nothing may be left out: silence would read as "nothing found"."""

    groups: list[Group] = Field(max_length=200)
    completions: list[Completion] = Field(max_length=200)
    conversation: Number | None


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """A sample with the pictures that hang on its posts, each once; `origins[i]` is the post of picture i + 1.

    `also_on[i]` are the further posts that show it, as the same file or encoded anew; `left_out` are the posts of pictures for
    which there was no room. `texts` and `not_here` (how many pictures could not be had) go with the sample's posts, one by one; `answered` names the
    post that each piece of feedback answers, in the order of the feedback.
    """

    sample: Sample
    subject: str
    texts: tuple[str, ...]
    not_here: tuple[int, ...]
    pictures: tuple[ImageRef, ...]
    origins: tuple[str, ...]
    also_on: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...]
    answered: tuple[str, ...]

    @property
    def source_posts(self) -> tuple[str, ...]:
        return self.sample.source_posts


def sort_pictures(
    desk: Desk[CurateSettings], extracted: pa.Table, posts: pa.Table
) -> Iterator[Keep[Sample] | Drop | pa.Table]:
    """Ask what each picture is to its task; no picture is ever in two samples."""
    pictured = posts.filter(pa.array(holds(posts, "images"))).column("url")
    shown, unshown = part(extracted, names_any(extracted, "post_urls", pictured))
    yield unshown
    by_url = {post.url: post for post in from_table(with_posts_of(posts, shown), Post)}
    samples = from_table(shown, Sample)
    albums = albums_of(samples, by_url)
    same = canonical_pictures(albums, desk.map(albums, first_of_same, tuple[int, ...]))
    tasks = [_gather(sample, by_url, desk.settings, same) for sample in samples]
    question = Question[_Task, PicturesAnswer](
        stage="pictures",
        endpoint=desk.settings.viewer,
        render=_render,
        reads=PicturesAnswer,
        prompt=load_prompt("echoloop.curate", "pictures"),
        batch_rows=256,
    )
    answers = desk.ask([task for task in tasks if task.pictures], question)
    for task in tasks:
        if not task.pictures:
            yield Keep(kept_for_analysis(task.sample, by_url))
    claims = Claims(same)
    for asked in sorted(answers, key=lambda one: _claim_order(one.row)):
        for decision in _sort(asked, claims):
            yield (Keep(kept_for_analysis(decision.row, by_url)) if isinstance(decision, Keep) else decision)
        yield from claims.losses()


def _claim_order(task: _Task) -> tuple[str, int, str]:
    """Within a thread the sample with the most pictures claims last: the narrower claim is the surer one."""
    return (task.sample.thread, len(task.pictures), task.sample.id)


def _gather(
    sample: Sample,
    posts: Mapping[str, Post],
    settings: CurateSettings,
    same: Mapping[tuple[str, str], str],
) -> _Task:
    pictures: dict[str, tuple[ImageRef, dict[str, None]]] = {}
    for url in sample.post_urls:
        for image in posts[url].images:
            if image.sha256 is not None:
                name = same.get((sample.thread, image.sha256), image.sha256)
                pictures.setdefault(name, (image, {}))[1][url] = None
    most = settings.pictures_at_once
    images = [image for image, _ in pictures.values()]
    shown_on = [tuple(urls) for _, urls in pictures.values()]
    return _Task(
        sample=sample,
        subject=settings.subject,
        texts=tuple(posts[url].text for url in sample.post_urls),
        not_here=tuple(pictures_not_here(posts[url]) for url in sample.post_urls),
        pictures=tuple(images[:most]),
        origins=tuple(urls[0] for urls in shown_on[:most]),
        also_on=tuple(urls[1:] for urls in shown_on[:most]),
        left_out=tuple(urls[0] for urls in shown_on[most:]),
        answered=tuple(_parent(posts[said.post_url]) for said in sample.community_feedback),
    )


def _render(row: _Task, rendering: Rendering) -> ChatRequest:
    data: dict[str, Any] = {
        "subject": row.subject,
        "prompt": row.sample.prompt,
        "posts": [
            _shown_post(url, text, not_here)
            for url, text, not_here in zip(row.sample.post_urls, row.texts, row.not_here, strict=True)
        ],
        "pictures": [_shown_picture(row, at) for at in range(len(row.pictures))],
    }
    if row.left_out:
        data["pictures_left_out"] = len(row.left_out)
    shown = [
        (f"Picture {number}:", rendering.picture(image.sha256 or "", SHOWN))
        for number, image in enumerate(row.pictures, start=1)
    ]
    return rendering.about(data, shown, temperature=0)


def _shown_post(url: str, text: str, not_here: int) -> dict[str, Any]:
    part, left_out = cut(text, _LONGEST_TEXT)
    shown = {"url": url, "text": part, "pictures_not_here": not_here}
    return shown | {"characters_left_out": left_out} if left_out else shown


def _shown_picture(row: _Task, at: int) -> dict[str, Any]:
    description, left_out = cut(row.pictures[at].alt, _LONGEST_DESCRIPTION)
    shown: dict[str, Any] = {"id": at + 1, "post_url": row.origins[at], "alt": description}
    if row.also_on[at]:
        shown["also_on"] = row.also_on[at]
    return shown | {"characters_left_out": left_out} if left_out else shown


def _sort(asked: Asked[_Task, PicturesAnswer], claims: Claims) -> Iterator[Keep[Sample] | Drop]:
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
    for url in task.left_out:
        claims.lose(sample, "more pictures than are shown at once", url)
    found = answer.value
    page = [] if found.conversation is None else [found.conversation]
    sample = msgspec.structs.replace(
        sample,
        receipts=(*sample.receipts, asked.receipt),
        conversation=next(iter(claims.take(sample, task.pictures, page)), None),
    )
    completed = list(_completed(sample, found.completions, task, claims))
    groups = [group for group in found.groups if group.inputs or group.outputs]
    alone = bool(completed) and not groups and sample.conversation is None
    for one in _with_remarks(completed, task) if alone else completed:
        yield Keep(one)
    if alone:
        yield Drop(key=sample.id, reason="a blank left open", source_posts=sample.source_posts)
        return
    pictured = [_with_pictures(sample, group, task, claims) for group in groups]
    pictured = [one for one in pictured if one.input_images or one.output_images] or [sample]
    for number, one in enumerate(pictured):
        yield Keep(one if number == 0 else _renamed(one, str(number)))


def _completed(
    sample: Sample, completions: Sequence[Completion], task: _Task, claims: Claims
) -> Iterator[Sample]:
    """A completion is what a picture shows: without one it is an idea, and it takes no picture from others.

    It keeps the template's own words: another prompt is nobody's, whatever the picture shows.
    """
    for completion in completions:
        origin = trace_filled(completion.prompt, sample.prompt)
        if origin is None:
            claims.lose(sample, "a completion of another prompt", completion.prompt)
            continue
        outputs = claims.take(sample, task.pictures, completion.outputs)
        if not outputs:
            claims.lose(sample, "a completion without a picture", completion.prompt)
            continue
        inputs = claims.take(sample, task.pictures, completion.inputs)
        yield _filled(sample, completion, inputs, outputs, origin.diff)


def _filled(
    sample: Sample,
    completion: Completion,
    inputs: tuple[ImageRef, ...],
    outputs: tuple[ImageRef, ...],
    diff: str,
) -> Sample:
    """The same words with other pictures are another sample, so the pictures are part of its name."""
    urls = tuple(url for url in sample.post_urls if url in set(completion.post_urls)) or sample.post_urls
    filled = msgspec.structs.replace(
        sample,
        prompt=completion.prompt,
        prompt_origin="filled",
        prompt_modified=True,
        prompt_diff=diff,
        prompt_fill_blank=True,
        post_urls=urls,
        input_images=inputs,
        output_images=outputs,
        conversation=None,
        community_feedback=tuple(said for said in sample.community_feedback if said.post_url in urls),
    )
    hashes = [[image.sha256 for image in images] for images in (inputs, outputs)]
    return _renamed(filled, msgspec.json.encode([fold(completion.prompt), *hashes]).decode())


def _with_remarks(completed: Sequence[Sample], task: _Task) -> Iterator[Sample]:
    """What was said of a template that goes is said of its completions: of the one it answers, else of the first."""
    origin = {image.sha256: url for image, url in zip(task.pictures, task.origins, strict=True)}
    shown = [{origin[image.sha256] for image in one.output_images} for one in completed]
    homes = [next((at for at, urls in enumerate(shown) if answered in urls), 0) for answered in task.answered]
    for at, one in enumerate(completed):
        said = zip(task.sample.community_feedback, homes, strict=True)
        yield msgspec.structs.replace(
            one, community_feedback=tuple(remark for remark, home in said if home == at)
        )


def _parent(post: Post) -> str:
    return post.replies_above[-1] if post.replies_above else ""


def _with_pictures(sample: Sample, group: Group, task: _Task, claims: Claims) -> Sample:
    inputs = claims.take(sample, task.pictures, group.inputs)
    outputs = claims.take(sample, task.pictures, group.outputs)
    return msgspec.structs.replace(sample, input_images=inputs, output_images=outputs)


def _renamed(sample: Sample, mark: str) -> Sample:
    return msgspec.structs.replace(sample, id=sha256(f"{sample.id}\n{mark}".encode()).hexdigest()[:16])
