"""Clusters of tasks get names from the text model. It only names: who belongs together is counted, not asked."""

from collections.abc import Iterator
from typing import ClassVar

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.engine import Desk, Question, Rendering, Stage
from echoloop.records import Answered, Keep
from echoloop.records.arrow import from_table

_LONGEST = 300
TABLE = "task_clusters"


class TaskNameAnswer(BaseModel, extra="forbid"):
    """What the prompts of a cluster have in common, in one to four words."""

    name: str = Field(min_length=1, max_length=60)


class TaskCluster(msgspec.Struct, frozen=True, kw_only=True):
    """The prompts nearest to the middle of a cluster, and the posts that they come from."""

    KEY: ClassVar[tuple[str, ...]] = ("number",)

    number: int
    prompts: tuple[str, ...]
    source_posts: tuple[str, ...] = ()


class TaskName(msgspec.Struct, frozen=True, kw_only=True):
    """A name, or the reason why there is none."""

    KEY: ClassVar[tuple[str, ...]] = ("number",)

    number: int
    name: str
    reason: str = ""


class NamingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who names."""

    reader: str


def naming_stage(reader: str) -> Stage:
    """Clusters -> names."""
    return Stage(
        act="curate",
        name="task_names",
        does="name the clusters of tasks",
        reads=(TABLE,),
        writes=TaskName,
        run=name_clusters,
        settings=NamingSettings(reader=reader),
        prompts=(load_prompt("echoloop.curate", "task_names"),),
        endpoints=(reader,),
    )


def name_clusters(desk: Desk[NamingSettings], clusters: pa.Table) -> Iterator[Keep[TaskName]]:
    """One question a cluster."""
    question = Question[TaskCluster, TaskNameAnswer](
        stage="task_names",
        endpoint=desk.settings.reader,
        render=_render,
        reads=TaskNameAnswer,
        prompt=load_prompt("echoloop.curate", "task_names"),
    )
    for asked in desk.ask(from_table(clusters, TaskCluster), question):
        answer = asked.answer
        named = " ".join(answer.value.name.split()) if isinstance(answer, Answered) else ""
        yield Keep(TaskName(number=asked.row.number, name=named, reason=answer.reason))


def _render(row: TaskCluster, rendering: Rendering) -> ChatRequest:
    return rendering.about({"prompts": [prompt[:_LONGEST] for prompt in row.prompts]}, temperature=0)
