"""What people said about results: praise or complaint, and a name for each fault."""

from collections.abc import Iterator
from hashlib import sha256

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.diagnose.keywords import clean
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk, Question, Rendering, call_fields
from echoloop.records import Answered, Drop, Feedback, FeedbackKind, FeedbackLabel, Keep, Polarity, Sample
from echoloop.records.arrow import from_table


class FeedbackAnswer(BaseModel, extra="forbid"):
    """How one piece of feedback reads."""

    polarity: Polarity
    keyword: str = Field(max_length=200)
    kind: FeedbackKind


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of feedback on one sample."""

    sample: str
    prompt: str
    said: Feedback

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The post it was said in."""
        return (self.said.post_url,)


def label_feedback(desk: Desk[DiagnoseSettings], samples: pa.Table) -> Iterator[Keep[FeedbackLabel] | Drop]:
    """Each remark of each post once, however many samples it was found with."""
    remarks: dict[tuple[str, str], Remark] = {}
    for sample in from_table(samples, Sample):
        for said in sample.community_feedback:
            remark = Remark(sample=sample.id, prompt=sample.prompt, said=said)
            remarks.setdefault((said.post_url, said.text), remark)
    question = Question[Remark, FeedbackAnswer](
        stage="feedback",
        endpoint=desk.settings.reader,
        render=_render,
        reads=FeedbackAnswer,
        prompt=load_prompt("echoloop.diagnose", "feedback"),
    )
    for asked in desk.ask(list(remarks.values()), question):
        remark, answer = asked.row, asked.answer
        found = answer.value if isinstance(answer, Answered) else None
        failure = found is not None and found.polarity == "failure"
        yield Keep(
            FeedbackLabel(
                id=_label_id(remark),
                sample=remark.sample,
                post_url=remark.said.post_url,
                text=remark.said.text,
                polarity=found.polarity if found else None,
                keyword=clean(found.keyword) if found and failure else "",
                kind=found.kind if found else None,
                source_posts=remark.source_posts,
                **call_fields(asked),
            )
        )


def _label_id(remark: Remark) -> str:
    parts = [remark.sample, remark.said.post_url, remark.said.text]
    return sha256(msgspec.json.encode(parts)).hexdigest()[:16]


def _render(row: Remark, rendering: Rendering) -> ChatRequest:
    return rendering.about({"prompt": row.prompt, "feedback": row.said.text}, temperature=0)
