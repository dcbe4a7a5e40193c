"""The stores of a run, watched: what cannot be kept must not be bought, so the first failed write stops all buying.

Without this a full disk would let every call of a batch be paid before the first one is reported as lost.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from echoloop.calls import ReceiptStore
from echoloop.records import Problem, Receipt
from echoloop.workspace import ImageStore


class GuardedLedger:
    """A ReceiptStore that says at once when a receipt was not committed."""

    def __init__(self, ledger: ReceiptStore, give_up: Callable[[BaseException], None]) -> None:
        self._ledger = ledger
        self._give_up = give_up

    def get_many(self, keys: Sequence[str]) -> dict[str, Receipt]:
        return self._ledger.get_many(keys)

    def append(self, receipt: Receipt) -> Future[None]:
        committed = self._ledger.append(receipt)
        committed.add_done_callback(self._look)
        return committed

    def _look(self, committed: Future[None]) -> None:
        error = committed.exception()
        if error is not None:
            self._give_up(error)


class GuardedImages:
    """The picture store as a door uses it: a picture that was paid for and cannot be stored ends the buying."""

    def __init__(self, images: ImageStore, give_up: Callable[[BaseException], None]) -> None:
        self._images = images
        self._give_up = give_up

    def read(self, sha256: str) -> bytes:
        return self._images.read(sha256)

    def put(self, data: bytes) -> str:
        try:
            return self._images.put(data)
        except (OSError, Problem) as error:
            self._give_up(error)
            raise
