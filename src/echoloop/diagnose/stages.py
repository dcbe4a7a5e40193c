"""The stages of diagnose, in order."""

from echoloop.calls import load_prompt
from echoloop.diagnose.applicability import METRICS, ask_applicability
from echoloop.diagnose.effects import sum_up_effects
from echoloop.diagnose.feedback import label_feedback
from echoloop.diagnose.measuring import measure_outputs
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Stage
from echoloop.records import Applicability, Effect, FeedbackLabel, Measurement


def diagnose_stages(settings: DiagnoseSettings) -> list[Stage]:
    """Feedback becomes complaints, complaints are met by metrics, metrics become effects."""
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
            name="applicability",
            does="ask which metric means something for which item",
            reads=("items",),
            writes=Applicability,
            run=ask_applicability,
            settings=settings,
            prompts=(
                load_prompt("echoloop.diagnose", "applicability"),
                *(load_prompt("echoloop.diagnose", metric) for metric in METRICS),
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
            settings=settings,
        ),
        Stage(
            act="diagnose",
            name="effects",
            does="sum measurements up for each model",
            reads=("measurements", "outputs", "items"),
            writes=Effect,
            run=sum_up_effects,
            settings=settings,
        ),
    ]
