"""Static pages, figures and data files from the tables of a workspace. Nothing here asks a model or needs a network."""

from echoloop.report.agreement import write_agreement
from echoloop.report.writing import write_report

__all__ = ["write_agreement", "write_report"]
