"""How the lab's server behaves, and badly so on demand: every fault by a rate, decided by a seed."""

from pathlib import Path
from typing import Literal

import msgspec

RetryAfter = Literal["none", "seconds", "date"]
Source = Literal["lab", "fixed"]
FAULTS = (
    "rate_429",
    "rate_500",
    "rate_stall",
    "rate_broken_json",
    "rate_refusal",
    "rate_truncation",
    "rate_reset",
)
"""In this order: a draw between 0 and 1 falls on one of them, or on none."""


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Rates are shares of calls; they add up to at most 1. Times are seconds.

    `answer`: "lab" answers as the lab does, "fixed" with `fixed_content` at once, for measuring a client.
    `echo_key`: errors repeat the Authorization header, as careless servers do. `count_file` gets a line, the SHA-256 of
    the body, for each call that is answered with 200, before the answer leaves.
    """

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 0
    cast: str = "faulty"
    latency: float = 0.0
    latency_jitter: float = 0.0
    rate_429: float = 0.0
    retry_after: RetryAfter = "seconds"
    retry_after_seconds: float = 1.0
    rate_500: float = 0.0
    rate_stall: float = 0.0
    stall_seconds: float = 3600.0
    rate_broken_json: float = 0.0
    rate_refusal: float = 0.0
    rate_truncation: float = 0.0
    rate_reset: float = 0.0
    echo_key: bool = False
    count_file: Path | None = None
    answer: Source = "lab"
    fixed_content: str = '{"score": 5, "note": ""}'

    def __post_init__(self) -> None:
        rates = {name: getattr(self, name) for name in FAULTS}
        for name, rate in rates.items():
            if not 0 <= rate <= 1:
                raise ValueError(f"{name} is {rate}: give a share from 0 to 1")
        if sum(rates.values()) > 1 + 1e-9:
            raise ValueError(
                f"the fault rates add up to {sum(rates.values()):g}; together they may be at most 1"
            )
        for name in ("latency", "latency_jitter", "stall_seconds", "retry_after_seconds"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} is {getattr(self, name)}: give seconds, 0 or more")
