"""How well annotators do, against conversations that people labelled."""

from echoloop.curate.scoring.choosing import Choice, cheapest_good_enough
from echoloop.curate.scoring.drawing_gold import draw_threads
from echoloop.curate.scoring.gold import GoldSample, LabelledThread
from echoloop.curate.scoring.gold_file import read_gold
from echoloop.curate.scoring.gold_writing import write_gold
from echoloop.curate.scoring.measuring import (
    STAGES,
    AnnotatorScore,
    Confusion,
    Scored,
    StageName,
    measure_relevance,
    measure_samples,
)
from echoloop.curate.scoring.trying import Trial, try_reader, try_relevance

__all__ = [
    "STAGES",
    "AnnotatorScore",
    "Choice",
    "Confusion",
    "GoldSample",
    "LabelledThread",
    "Scored",
    "StageName",
    "Trial",
    "cheapest_good_enough",
    "draw_threads",
    "measure_relevance",
    "measure_samples",
    "read_gold",
    "try_reader",
    "try_relevance",
    "write_gold",
]
