"""Feedback -> a taxonomy of failures -> metrics on outputs."""

from echoloop.diagnose.color_shift import ColorShift, color_shift
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.diagnose.stages import diagnose_stages

__all__ = ["ColorShift", "DiagnoseSettings", "color_shift", "diagnose_stages"]
