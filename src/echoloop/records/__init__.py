"""The typed rows that flow between acts. Ground floor: this room knows no other.

The Arrow side of a record is in `echoloop.records.arrow`, apart, because it imports pyarrow.
"""

from echoloop.records.answers import (
    Absent,
    Answer,
    Answered,
    AnswerState,
    Decision,
    Drop,
    Failed,
    Keep,
    Refused,
    Unparsed,
)
from echoloop.records.echo_fields import post_to_echo, sample_to_echo
from echoloop.records.funnel import ACTS, Dropped, FunnelRow, count_funnel
from echoloop.records.posts import Engagement, FoundBy, ImageRef, Post, Relevance, Thread, Tombstone
from echoloop.records.problems import Mistake, Problem
from echoloop.records.receipt import Receipt, Usage
from echoloop.records.results import (
    Applicability,
    Effect,
    EffectStatistic,
    Measurement,
    MeasurementState,
    ModelRank,
    Output,
    Ranking,
    Standing,
    TrainingRow,
    Verdict,
)
from echoloop.records.reviews import ReviewState, apply_review, fold_reviews
from echoloop.records.samples import (
    Box,
    Feedback,
    FeedbackKind,
    FeedbackLabel,
    Item,
    Polarity,
    PromptOrigin,
    Quality,
    ReviewAction,
    ReviewEvent,
    Sample,
    Split,
)
from echoloop.records.text import DoorRow, DoorText, admit_row, admit_text
from echoloop.records.urls import NotAPostUrl, canonical_url

__all__ = [
    "ACTS",
    "Absent",
    "Answer",
    "AnswerState",
    "Answered",
    "Applicability",
    "Box",
    "Decision",
    "DoorRow",
    "DoorText",
    "Drop",
    "Dropped",
    "Effect",
    "EffectStatistic",
    "Engagement",
    "Failed",
    "Feedback",
    "FeedbackKind",
    "FeedbackLabel",
    "FoundBy",
    "FunnelRow",
    "ImageRef",
    "Item",
    "Keep",
    "Measurement",
    "MeasurementState",
    "Mistake",
    "ModelRank",
    "NotAPostUrl",
    "Output",
    "Polarity",
    "Post",
    "Problem",
    "PromptOrigin",
    "Quality",
    "Ranking",
    "Receipt",
    "Refused",
    "Relevance",
    "ReviewAction",
    "ReviewEvent",
    "ReviewState",
    "Sample",
    "Split",
    "Standing",
    "Thread",
    "Tombstone",
    "TrainingRow",
    "Unparsed",
    "Usage",
    "Verdict",
    "admit_row",
    "admit_text",
    "apply_review",
    "canonical_url",
    "count_funnel",
    "fold_reviews",
    "post_to_echo",
    "sample_to_echo",
]
