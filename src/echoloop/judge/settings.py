"""What judge has to know."""

import msgspec

from echoloop.statistics import Missing, Vote


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """A judge: its name in tables and the endpoint that speaks for it."""

    name: str
    endpoint: str
    developer: str = ""


class Contestant(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is judged, with who made it."""

    name: str
    developer: str = ""


class JudgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who judges whom, by which vote, and how intervals are drawn."""

    judges: tuple[Judge, ...]
    contestants: tuple[Contestant, ...]
    repeats: int = 1
    vote: Vote = "majority"
    missing: Missing = "skip"
    resamples: int = 1000
    seed: int = 0
