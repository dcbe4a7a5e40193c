"""The stages of generate, in order."""

from echoloop.engine import Stage
from echoloop.generate.outputs import draw_outputs
from echoloop.generate.settings import GenerateSettings
from echoloop.records import Output


def generate_stages(settings: GenerateSettings) -> list[Stage]:
    """Every benchmark item is drawn by every model."""
    return [
        Stage(
            act="generate",
            name="outputs",
            does="let every model answer every item",
            reads=("items",),
            writes=Output,
            run=draw_outputs,
            settings=settings,
            endpoints=tuple(sorted({model.endpoint for model in settings.models})),
        )
    ]
