"""A piece of feedback to its label."""

import msgspec

from echoloop.lab.annotators.remarks import Remark, read_remark


class FeedbackQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about a remark."""

    feedback: str
    prompt: str = ""


def label_feedback(question: FeedbackQuestion) -> Remark:
    """Words that say nothing of a result are neither praise nor complaint."""
    return read_remark(question.feedback) or Remark(polarity="neither")
