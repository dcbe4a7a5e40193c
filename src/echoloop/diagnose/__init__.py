"""Feedback -> a taxonomy of failures -> metrics on outputs."""

from echoloop.diagnose.agreement import AgreementSettings, agreement_stages
from echoloop.diagnose.catalogue import open_metrics
from echoloop.diagnose.metric import (
    Absent,
    Asking,
    Encoded,
    Encoder,
    Encoding,
    Metric,
    MetricField,
    Pictures,
    Pooling,
    Task,
    Values,
)
from echoloop.diagnose.metrics.color_shift import ColorShift, color_shift
from echoloop.diagnose.metrics.face_similarity import FaceSimilarity, face_similarity
from echoloop.diagnose.metrics.structure_distance import structure_distance
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.diagnose.stages import diagnose_stages
from echoloop.diagnose.weights import Weights

__all__ = [
    "Absent",
    "AgreementSettings",
    "Asking",
    "ColorShift",
    "DiagnoseSettings",
    "Encoded",
    "Encoder",
    "Encoding",
    "FaceSimilarity",
    "Metric",
    "MetricField",
    "Pictures",
    "Pooling",
    "Task",
    "Values",
    "Weights",
    "agreement_stages",
    "color_shift",
    "diagnose_stages",
    "face_similarity",
    "open_metrics",
    "structure_distance",
]
