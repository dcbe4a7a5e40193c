"""Other benchmarks: tasks, what is asked about a picture, and how scores become a table."""

from echoloop.suites.catalogue import SUITES, open_suite
from echoloop.suites.folders import folder_content
from echoloop.suites.intake import Fault, Intake
from echoloop.suites.loading import Loaded, load_tasks, told
from echoloop.suites.measuring import Estimator
from echoloop.suites.settings import FolderSettings, Grid, LayoutName
from echoloop.suites.stages import answer_stage, detector_stage, folder_stages, result_stages, task_stages
from echoloop.suites.suite import (
    Heard,
    Json,
    Look,
    Measure,
    MeasureGroup,
    Rubric,
    Scored,
    Suite,
    mean_of_groups,
    no_looks,
    plain_mean,
)
from echoloop.suites.telling_apart import DISCRIMINATION, tell_apart

__all__ = [
    "DISCRIMINATION",
    "SUITES",
    "Estimator",
    "Fault",
    "FolderSettings",
    "Grid",
    "Heard",
    "Intake",
    "Json",
    "LayoutName",
    "Loaded",
    "Look",
    "Measure",
    "MeasureGroup",
    "Rubric",
    "Scored",
    "Suite",
    "answer_stage",
    "detector_stage",
    "folder_content",
    "folder_stages",
    "load_tasks",
    "mean_of_groups",
    "no_looks",
    "open_suite",
    "plain_mean",
    "result_stages",
    "task_stages",
    "tell_apart",
    "told",
]
