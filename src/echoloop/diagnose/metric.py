"""What a metric is: plain data with named functions, in one file beside the Markdown that says where it means nothing.

A metric is exactly one of three kinds. `pixels` is a pure function of pictures. `encoded` looks at each picture once, however
many models are compared, and then compares what it kept of them. `asked` puts a question to a model for each output.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from echoloop.calls import ChatRequest, Prompt, load_prompt
from echoloop.diagnose.weights import Weights
from echoloop.engine import Rendering
from echoloop.images import Pixels
from echoloop.records import MeasurementState

Need: TypeAlias = Literal["inputs", "output", "prompt", "parameters"]
Features: TypeAlias = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Absent:
    """No number, and why: nothing to look at (`absent`), or a number would mean nothing (`not_applicable`)."""

    reason: str
    state: MeasurementState = "absent"


Values: TypeAlias = Mapping[str, float | Absent]
"""A number, or the reason there is none, for each field that is measured on one output."""


@dataclass(frozen=True, kw_only=True)
class MetricField:
    """One number of a metric. `better` says where good results lie; a `pooled` one is of all outputs together, and a `share` of
    one output lies between 0 and 1: on most it is yes or no.

    `answers` names the complaints that it bears out; left out, all that its metric answers. Where zero is best, some complaints
    lie on one side of it: a number `above` zero bears out these, one `below` zero those.
    """

    name: str
    meaning: str
    better: Literal["low", "high", "zero"]
    statistic: Literal["mean", "pooled", "share"] = "mean"
    answers: tuple[str, ...] | None = None
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    def answers_of(self, metric_answers: tuple[str, ...]) -> tuple[str, ...]:
        """Every complaint that it bears out, whichever side of zero it lies on."""
        own = (*(self.answers or ()), *self.above, *self.below)
        return own if own or self.answers is not None else metric_answers


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One output and what it was asked to be: pictures by their SHA-256."""

    output: str
    image: str
    inputs: tuple[str, ...] = ()
    prompt: str = ""
    parameters: str = ""
    source_posts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What a function of pixels may look at. `inputs` are there where the metric needs them."""

    output: Pixels
    inputs: tuple[Pixels, ...] = ()
    prompt: str = ""
    parameters: str = ""


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """What was kept of an output and of its inputs."""

    output: Features
    inputs: tuple[Features, ...] = ()
    prompt: str = ""


Encode: TypeAlias = Callable[[Sequence[Pixels]], list[Features]]


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """Turns batches of pictures into features. `open` is called once a run, with the folder of the weights if there are any.

    `parameters` and `version` are part of what features are kept under: change them when the same picture gives others.
    """

    name: str
    open: Callable[[Path | None], Encode]
    version: str = "1"
    parameters: tuple[tuple[str, str], ...] = ()
    weights: Weights | None = None
    batch: int = 8
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pooling:
    """A number of the whole corpus: `part` is what one output adds, `number` turns a sum of parts into the number."""

    field: str
    part: Callable[[Encoding], NDArray[Any]]
    number: Callable[[NDArray[Any]], float]


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Each picture encoded once, then compared."""

    encoder: Encoder
    compare: Callable[[Encoding], Values]
    pooling: Pooling | None = None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A question about each output. `prompt` names a Markdown file beside the metric; `values` reads the answer."""

    prompt: str
    reads: type[BaseModel]
    render: Callable[[Task, Rendering], ChatRequest]
    values: Callable[[Any, Task], Values]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric. `package` is where `<name>.md` lies, `answers` the complaints it answers.

    `inputs` says which of an item's pictures it looks at; one that "inputs" are not among its needs may find none.
    """

    name: str
    fields: tuple[MetricField, ...]
    answers: tuple[str, ...]
    needs: frozenset[Need]
    inputs: Literal["none", "first", "all"] = "first"
    pixels: Callable[[Pictures], Values] | None = None
    encoded: Encoded | None = None
    asked: Asking | None = None
    package: str = "echoloop.diagnose.metrics"

    def __post_init__(self) -> None:
        kinds = [kind for kind in ("pixels", "encoded", "asked") if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ValueError(
                f"metric {self.name!r} has {' and '.join(kinds) or 'no function'}; give it exactly one of pixels, "
                "encoded and asked"
            )
        unknown = {one for field in self.fields for one in field.answers_of(())} - set(self.answers)
        if unknown:
            raise ValueError(
                f"a field of metric {self.name!r} answers {', '.join(sorted(unknown))}, which the metric does not; "
                "add it to the answers of the metric"
            )
        if not self.measured and self.pooling is None:
            raise ValueError(f"metric {self.name!r} has no field that is measured; name at least one")

    @property
    def measured(self) -> tuple[MetricField, ...]:
        """The fields that each output has."""
        return tuple(field for field in self.fields if field.statistic != "pooled")

    @property
    def pooling(self) -> Pooling | None:
        """How its corpus number is made, if it has one."""
        return self.encoded.pooling if self.encoded else None

    def description(self) -> Prompt:
        """What it measures, and where that means nothing: the words an applicability request carries."""
        return load_prompt(self.package, self.name)

    def prompts(self) -> tuple[Prompt, ...]:
        """Every text of this metric that a model is shown."""
        own = (load_prompt(self.package, self.asked.prompt),) if self.asked else ()
        return (self.description(), *own)


def nothing(metric_fields: Sequence[str], reason: str, state: MeasurementState = "absent") -> Values:
    """All fields absent for one reason."""
    return {field: Absent(reason=reason, state=state) for field in metric_fields}


def finite(value: float, reason: str) -> float | Absent:
    """The number, unless it is none."""
    return float(value) if np.isfinite(value) else Absent(reason=reason)
