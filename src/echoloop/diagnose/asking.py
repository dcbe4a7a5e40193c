"""Metrics that are a question about each output, put to the model that looks at pictures."""

from collections.abc import Sequence
from typing import Any

from echoloop.calls import load_prompt
from echoloop.diagnose.metric import Asking, Metric, Task, Values, nothing
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk, Question
from echoloop.records import Answered


def ask_metric(
    desk: Desk[DiagnoseSettings], metric: Metric, how: Asking, tasks: Sequence[Task]
) -> list[Values]:
    """Values of each output, or why the model gave none."""
    question = Question[Task, Any](
        stage="measurements",
        endpoint=desk.settings.viewer,
        render=how.render,
        reads=how.reads,
        prompt=load_prompt(metric.package, how.prompt),
    )
    fields = [field.name for field in metric.measured]
    return [
        how.values(asked.answer.value, asked.row)
        if isinstance(asked.answer, Answered)
        else nothing(fields, f"no answer: {asked.answer.state}")
        for asked in desk.ask(tasks, question)
    ]
