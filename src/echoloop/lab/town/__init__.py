"""A seeded social town: posts in ECHO's raw fields, and in a separate file the truth about them.

Nothing that a town writes for the pipeline (`posts.jsonl`, `media/`) says what is true; `truth.json` does.
"""

from echoloop.lab.town.attacks import ATTACKS
from echoloop.lab.town.plan import TownPlan
from echoloop.lab.town.truth import (
    Defect,
    GoldFeedback,
    GoldLevel,
    GoldPicture,
    GoldPost,
    GoldRelevance,
    GoldSample,
    PlantedComplaint,
    ThreadKind,
    TownTruth,
    load_truth,
)
from echoloop.lab.town.writer import POSTS_FILE, TRUTH_FILE, Town, write_town

__all__ = [
    "ATTACKS",
    "POSTS_FILE",
    "TRUTH_FILE",
    "Defect",
    "GoldFeedback",
    "GoldLevel",
    "GoldPicture",
    "GoldPost",
    "GoldRelevance",
    "GoldSample",
    "PlantedComplaint",
    "ThreadKind",
    "Town",
    "TownPlan",
    "TownTruth",
    "load_truth",
    "write_town",
]
