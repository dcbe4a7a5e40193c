"""Models in this process as endpoints: whatever draws, from a Python object to a program, answers at the same door."""

from echoloop.generate.serving.calls import BadCall, DrawCall, read_call
from echoloop.generate.serving.draws import Drawing, Draws
from echoloop.generate.serving.serving import Serving, open_model

__all__ = ["BadCall", "DrawCall", "Drawing", "Draws", "Serving", "open_model", "read_call"]
