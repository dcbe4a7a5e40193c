"""Half-price answers: what the ledger lacks goes to a provider as batches, and comes back into the ledger as receipts."""

from echoloop.calls.batching.batch import (
    Batch,
    BatchProblem,
    BatchState,
    BroughtIn,
    Collected,
    LeftOut,
    Stuck,
    Submitted,
)
from echoloop.calls.batching.bringing_in import bring_in
from echoloop.calls.batching.folder import BatchFolder
from echoloop.calls.batching.providers import takes_no_batches
from echoloop.calls.batching.submitting import submit
from echoloop.calls.prices import batch_factor

__all__ = [
    "Batch",
    "BatchFolder",
    "BatchProblem",
    "BatchState",
    "BroughtIn",
    "Collected",
    "LeftOut",
    "Stuck",
    "Submitted",
    "batch_factor",
    "bring_in",
    "submit",
    "takes_no_batches",
]
