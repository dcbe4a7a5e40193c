"""A rubric + an item + a picture -> a score, or the reason there is none."""

from echoloop.grading.requests import AS_JUDGED, grade_request
from echoloop.grading.scores import Grade, read_grade

__all__ = ["AS_JUDGED", "Grade", "grade_request", "read_grade"]
