"""Honest annotators: they answer the pipeline's requests from the words and pixels of the request alone."""

from echoloop.lab.annotators.answering import ANNOTATORS, GUARD, JUDGES, READERS, Annotators, CannotAnswer
from echoloop.lab.annotators.gullible import GULLIBLE

__all__ = ["ANNOTATORS", "GUARD", "GULLIBLE", "JUDGES", "READERS", "Annotators", "CannotAnswer"]
