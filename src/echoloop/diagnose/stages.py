"""The stages of diagnose, in order."""

import msgspec

from echoloop.calls import load_prompt
from echoloop.diagnose.applicability import ask_applicability
from echoloop.diagnose.catalogue import open_metrics, source_of_own
from echoloop.diagnose.effects import sum_up_effects
from echoloop.diagnose.features import why_closed
from echoloop.diagnose.feedback import label_feedback
from echoloop.diagnose.histograms import pool_histograms
from echoloop.diagnose.measuring import measure_outputs
from echoloop.diagnose.metric import Metric
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.diagnose.shown import compare_with_effects
from echoloop.diagnose.taxonomy import merge_keywords
from echoloop.diagnose.trends import sum_up_complaints
from echoloop.diagnose.weights import seen_as
from echoloop.engine import Stage
from echoloop.records import (
    Applicability,
    ColorHistogram,
    Complaint,
    Effect,
    FaultKeyword,
    FeedbackLabel,
    Finding,
    Measurement,
    Post,
)


def diagnose_stages(settings: DiagnoseSettings) -> list[Stage]:
    """Feedback becomes complaints, complaints are met by metrics, metrics become effects."""
    metrics = open_metrics(settings.metrics)
    measuring = _as_opened(settings, metrics)
    return [
        Stage(
            act="diagnose",
            name="feedback",
            does="read what people said: praise, complaint, the name of the fault",
            reads=("samples",),
            writes=FeedbackLabel,
            run=label_feedback,
            settings=settings,
            prompts=(load_prompt("echoloop.diagnose", "feedback"),),
            endpoints=(settings.reader,),
        ),
        Stage(
            act="diagnose",
            name="keywords",
            does="put the names of faults together that mean the same",
            reads=("feedback",),
            writes=FaultKeyword,
            run=merge_keywords,
            settings=settings,
            prompts=(load_prompt("echoloop.diagnose", "taxonomy"),),
            endpoints=(settings.reader,),
        ),
        Stage(
            act="diagnose",
            name="complaints",
            does="count who complained of what, where and when",
            reads=("feedback", "keywords", "samples", "items"),
            also=(("posts", Post),),
            writes=Complaint,
            run=sum_up_complaints,
            settings=settings,
        ),
        Stage(
            act="diagnose",
            name="applicability",
            does="ask which metric means something for which item",
            reads=("items",),
            writes=Applicability,
            run=ask_applicability,
            settings=measuring,
            prompts=(
                load_prompt("echoloop.diagnose", "applicability"),
                *(metric.description() for metric in metrics),
            ),
            endpoints=(settings.reader,),
        ),
        Stage(
            act="diagnose",
            name="measurements",
            does="measure every output a metric applies to",
            reads=("outputs", "items", "applicability"),
            writes=Measurement,
            run=measure_outputs,
            settings=measuring,
            prompts=tuple(prompt for metric in metrics for prompt in metric.prompts()),
            endpoints=(settings.viewer,) if any(metric.asked for metric in metrics) else (),
        ),
        Stage(
            act="diagnose",
            name="effects",
            does="sum measurements up for each model",
            reads=("measurements", "outputs", "items"),
            writes=Effect,
            run=sum_up_effects,
            settings=measuring,
        ),
        Stage(
            act="diagnose",
            name="color_histograms",
            does="lay each model's colours beside those of its inputs",
            reads=("measurements", "outputs", "items"),
            writes=ColorHistogram,
            run=pool_histograms,
            settings=measuring,
        ),
        Stage(
            act="diagnose",
            name="complaints_shown",
            does="see whether what people complain about shows in the numbers",
            reads=("complaints", "effects"),
            writes=Finding,
            run=compare_with_effects,
            settings=measuring,
        ),
    ]


def _as_opened(settings: DiagnoseSettings, metrics: tuple[Metric, ...]) -> DiagnoseSettings:
    """The settings, with what can be measured on this machine: when a model has come, tables made without it are stale."""
    closed: dict[str, str] = {}
    opened = {name: source for name in settings.metrics if (source := source_of_own(name))}
    for metric in metrics:
        encoder = metric.encoded.encoder if metric.encoded else None
        if encoder is None:
            continue
        if reason := why_closed(encoder, settings.weights):
            closed[metric.name] = reason
        elif encoder.weights is not None:
            opened[metric.name] = seen_as(encoder.weights, settings.weights)
    return msgspec.structs.replace(settings, closed=closed, opened=opened)
