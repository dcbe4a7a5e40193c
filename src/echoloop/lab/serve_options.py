"""How the lab's server behaves, and badly so on demand: every fault by a rate, decided by a seed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from echoloop.records import Mistake

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


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """Every flag of `echoloop lab serve`. Rates are shares of calls and add up to at most 1; times are seconds."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: int = 0
    """0 takes a free one; the first line printed says which."""

    seed: int = 0
    """Decides which calls a fault hits: the same seed, the same calls."""

    cast: Literal["faulty", "faultless"] = "faulty"
    """Which painters."""

    latency: float = 0.0
    """Seconds before every answer."""

    latency_jitter: float = 0.0
    """Up to so many seconds more."""

    rate_429: Annotated[float, Parameter(name="--rate-429")] = 0.0
    """Share of calls told to come back later."""

    retry_after: RetryAfter = "seconds"
    """How a 429 says when: in seconds, as a date, or not at all."""

    retry_after_seconds: float = 1.0
    """How long it says."""

    rate_500: Annotated[float, Parameter(name="--rate-500")] = 0.0
    """Share of calls with a server error."""

    rate_stall: float = 0.0
    """Share of calls that get no answer for stall-seconds."""

    stall_seconds: float = 3600.0
    """How long a stall lasts."""

    rate_broken_json: float = 0.0
    """Share of answers that break off under a good status."""

    rate_refusal: float = 0.0
    """Share of calls that the model declines."""

    rate_truncation: float = 0.0
    """Share of chats cut off by the length limit."""

    rate_reset: float = 0.0
    """Share of calls whose connection is reset."""

    echo_key: Annotated[bool, Parameter(negative=())] = False
    """Errors repeat the Authorization header, as careless servers do."""

    count_file: Path | None = None
    """Gets a line, the SHA-256 of the body, for each call answered with 200, before the answer leaves."""

    batch_seconds: float = 0.0
    """How long a batch takes at least."""

    batch_expires_after: int | None = None
    """After so many lines a batch expires; the others are not made."""

    batch_folder: Path | None = None
    """Keeps files and batches, so that a server that is started again still has them."""

    answer: Source = "lab"
    """lab answers as the lab does; fixed gives one constant chat answer at once, for measuring a client."""

    fixed_content: str = '{"score": 5, "note": ""}'
    """What the constant answer says."""

    def __post_init__(self) -> None:
        rates = {name: getattr(self, name) for name in FAULTS}
        for name, rate in rates.items():
            if not 0 <= rate <= 1:
                raise Mistake(f"{name} is {rate}: give a share from 0 to 1")
        if sum(rates.values()) > 1 + 1e-9:
            raise Mistake(
                f"the fault rates add up to {sum(rates.values()):g}; together they may be at most 1"
            )
        for name in ("latency", "latency_jitter", "stall_seconds", "retry_after_seconds", "batch_seconds"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise Mistake(f"{name} is {getattr(self, name)}: give seconds, 0 or more")
