"""One file that keeps what came in and where the run is, so that no run ever loses its place."""

from echoloop.collect.intake.authors import KEY_VARIABLE, Authors, bare_handle
from echoloop.collect.intake.errands import ErrandRow, Errands, ErrandState, Waiting
from echoloop.collect.intake.file import IntakeNotWritten, NotAnIntake
from echoloop.collect.intake.imports import Import
from echoloop.collect.intake.intake import EVERYTHING, FOUND, Batch, BatchKind, Intake
from echoloop.collect.intake.pictures import REMOTE

__all__ = [
    "EVERYTHING",
    "FOUND",
    "KEY_VARIABLE",
    "REMOTE",
    "Authors",
    "Batch",
    "BatchKind",
    "ErrandRow",
    "ErrandState",
    "Errands",
    "Import",
    "Intake",
    "IntakeNotWritten",
    "NotAnIntake",
    "Waiting",
    "bare_handle",
]
