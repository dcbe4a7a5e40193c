"""When to stop knocking: an endpoint that cannot work must not be tried ten thousand times."""

_IN_A_ROW = 3
_LOCKED = frozenset({401, 402})
_ABSENT = frozenset({403, 404})


class Health:
    """Remembers why an endpoint is broken.

    A bad key (401) or an empty account (402) breaks it at once. A 403 or 404 breaks it at once when nothing was ever
    answered; later one of them may be about a single request, so it takes three in a row.
    """

    def __init__(self) -> None:
        self.broken: str | None = None
        self._answered = False
        self._in_a_row = 0

    def answered(self) -> None:
        self._answered = True
        self._in_a_row = 0

    def rejected(self, status: int, reason: str, *, exhausted: bool = False) -> None:
        """`exhausted`: the server said that the account, not the moment, is at its limit."""
        if status in _LOCKED or exhausted:
            self.broken = reason
        elif status in _ABSENT:
            self._in_a_row += 1
            if not self._answered or self._in_a_row >= _IN_A_ROW:
                self.broken = reason
