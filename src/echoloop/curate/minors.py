"""Whether somebody in an input picture may be under 18. A model only asks for people: it never decides."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from pydantic import BaseModel

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.pictures import SHOWN
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk, Question, Rendering
from echoloop.records import Answered, Sample

MAY_BE_MINOR = "somebody in an input picture may be under 18"
NOT_TOLD = "no model could tell whether somebody in an input picture is under 18"
ABOUT_MINORS = frozenset({MAY_BE_MINOR, NOT_TOLD})
"""Reasons for people that keep a sample out of every split, not only out of the benchmark."""


class MinorsAnswer(BaseModel, extra="forbid"):
    """One picture. What cannot be told is said as such."""

    apparent_minor: Literal["no", "cannot tell", "yes"]


class _InputPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that went into a task, with the posts of every task that it went into."""

    sha256: str
    source_posts: tuple[str, ...]


def with_minors_queued(desk: Desk[CurateSettings], samples: Sequence[Sample]) -> list[Sample]:
    """The samples, those with an apparent minor in an input picture marked for people. Each picture is asked about once."""
    question = Question[_InputPicture, MinorsAnswer](
        stage="safety",
        endpoint=desk.settings.viewer,
        render=_render,
        reads=MinorsAnswer,
        prompt=load_prompt("echoloop.curate", "minors"),
        batch_rows=256,
    )
    found: dict[str, tuple[str, str]] = {}
    for asked in desk.ask(_pictures(samples), question):
        answer = asked.answer
        if not isinstance(answer, Answered):
            reason = NOT_TOLD
        else:
            reason = "" if answer.value.apparent_minor == "no" else MAY_BE_MINOR
        found[asked.row.sha256] = (reason, asked.receipt)
    return [_marked(sample, found) for sample in samples]


def _pictures(samples: Sequence[Sample]) -> list[_InputPicture]:
    posts: dict[str, set[str]] = {}
    for sample in samples:
        for image in sample.input_images:
            if image.sha256 is not None:
                posts.setdefault(image.sha256, set()).update(sample.source_posts)
    return [
        _InputPicture(sha256=sha256, source_posts=tuple(sorted(urls)))
        for sha256, urls in sorted(posts.items())
    ]


def _render(row: _InputPicture, rendering: Rendering) -> ChatRequest:
    return rendering.about({}, [("The picture:", rendering.picture(row.sha256, SHOWN))], temperature=0)


def _marked(sample: Sample, found: dict[str, tuple[str, str]]) -> Sample:
    own = [found[image.sha256] for image in sample.input_images if image.sha256 is not None]
    reasons = [reason for reason, _ in own if reason]
    receipts = [receipt for _, receipt in own if receipt]
    return msgspec.structs.replace(
        sample,
        for_people=tuple(dict.fromkeys((*sample.for_people, *reasons))),
        receipts=tuple(dict.fromkeys((*sample.receipts, *receipts))),
    )
