"""A provider's batch as it is remembered: what was asked, how far it is, and what came of it."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from echoloop.calls.requests import ProtocolName, Purpose
from echoloop.records.problems import Problem

Stage: TypeAlias = Literal["prepared", "submitting", "submitted", "collected"]


class BatchProblem(Problem):
    """A provider's batch cannot be brought on, and why."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is ours and travels with the batch, so that it can be found again; `remote` is the provider's name for it.

    "prepared": nothing was ordered. "submitting": an order was sent, or was about to be; whether it arrived, the provider
    knows. "submitted": it arrived. "collected": its answers are in the ledger. `factor` is the share of the price it costs.
    """

    id: str
    endpoint: str
    provider: str
    model: str
    protocol: ProtocolName
    path: str
    requests: int
    factor: float
    stage: Stage
    remote: str = ""
    at: datetime


class BatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a batch, in the canonical form whose hash is its key. It holds post text: it goes once it is collected.

    Where a post was taken back meanwhile, `request` is empty.
    """

    key: str
    request: str
    purpose: Purpose


class BatchState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a batch is. `ended` says that nothing more will come; `said` is the provider's own word for where it stands."""

    batch: Batch
    ended: bool
    said: str
    answered: int = 0
    failed: int = 0


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Requests that went into no batch, and why. The live run asks them."""

    endpoint: str
    requests: int
    reason: str


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """`batches` were ordered now. `under_way` requests are in batches that were ordered before: they are not ordered again.

    `unsure` batches were sent and not acknowledged: until the provider says whether it has them, their requests are left alone.
    """

    batches: tuple[Batch, ...]
    under_way: int
    left_out: tuple[LeftOut, ...]
    unsure: tuple[Batch, ...]


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch brought. `missing` got no answer and stay to be asked; `failures` says why, by how often.

    `cost` sums what is known, at the batch's price; `unpriced` counts the answers whose price is unknown. `stray` answers belong
    to no request of the batch, and are not kept.
    """

    batch: Batch
    answered: int = 0
    refused: int = 0
    missing: int = 0
    stray: int = 0
    cost: float = 0.0
    unpriced: int = 0
    failures: dict[str, int] = {}


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that cannot be brought on now, and why. Its requests are left alone."""

    batch: Batch
    reason: str


class BroughtIn(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting` batches are under way, `collected` ones have been taken into the ledger now. `unsure`: see Submitted.

    `dropped` batches were begun by a run that died, and the provider does not have them: nothing was paid for them.
    `stuck` ones hinder no other.
    """

    waiting: tuple[BatchState, ...]
    collected: tuple[Collected, ...]
    unsure: tuple[Batch, ...]
    dropped: tuple[Batch, ...]
    stuck: tuple[Stuck, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a provider's results. `status` is that of the call, None where it was not made at all.

    `at` is its place among the requests, where a provider gives answers in their order and without their keys.
    """

    key: str
    status: int | None
    body: bytes
    reason: str = ""
    at: int | None = None
