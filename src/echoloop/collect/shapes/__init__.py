"""What the platforms send, as sightings: one place for each platform, for archives and for sources alike."""

from echoloop.collect.shapes.decoding import Mended, Unreadable

__all__ = ["Mended", "Unreadable"]
