"""A rubric + an item + pictures -> a score or a choice, or the reason there is none."""

from echoloop.grading.choices import Preference, read_choice
from echoloop.grading.requests import AS_JUDGED, compare_request, grade_request
from echoloop.grading.scores import Grade, read_grade, score_as_released

__all__ = [
    "AS_JUDGED",
    "Grade",
    "Preference",
    "compare_request",
    "grade_request",
    "read_choice",
    "read_grade",
    "score_as_released",
]
