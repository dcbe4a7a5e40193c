"""How a stage runs over a table, and the one way it asks a model about a row."""

from echoloop.engine.batches import EngineSettings, LostRows, hush, start_runner
from echoloop.engine.desk import Desk, MissingReceipts, NoAnswers
from echoloop.engine.progress import Progress, Style
from echoloop.engine.question import Asked, Question, Rendering, call_fields
from echoloop.engine.session import Session, StageResult, TableState
from echoloop.engine.stage import Outcome, Stage
from echoloop.engine.stopping import Stopped, watch_signals
from echoloop.engine.tally import Counts

__all__ = [
    "Asked",
    "Counts",
    "Desk",
    "EngineSettings",
    "LostRows",
    "MissingReceipts",
    "NoAnswers",
    "Outcome",
    "Progress",
    "Question",
    "Rendering",
    "Session",
    "Stage",
    "StageResult",
    "Stopped",
    "Style",
    "TableState",
    "call_fields",
    "hush",
    "start_runner",
    "watch_signals",
]
