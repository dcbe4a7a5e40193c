"""How much a download may ask of this machine, of a server, and of a person's patience."""

import msgspec

from echoloop.images import Limits


class FetchLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on downloads.

    `seconds` is for a whole picture with its redirects, however slowly it drips. A server that asks for a pause longer than
    `longest_pause`, or that is silent or asks for a pause `patience` times in a row, is left alone until the next run.
    """

    picture: Limits = Limits()
    at_once: int = 64
    at_once_per_host: int = 16
    seconds: float = 60.0
    connect_seconds: float = 10.0
    redirects: int = 5
    attempts: int = 3
    first_pause: float = 1.0
    longest_pause: float = 120.0
    patience: int = 8

    def __post_init__(self) -> None:
        if min(self.at_once, self.at_once_per_host, self.attempts, self.patience) < 1 or self.redirects < 0:
            raise ValueError(
                "FetchLimits.at_once, at_once_per_host, attempts and patience must be at least 1, redirects 0"
            )
        if min(self.seconds, self.connect_seconds, self.first_pause) <= 0 or self.longest_pause < 0:
            raise ValueError("FetchLimits.seconds, connect_seconds and first_pause must be above 0")
