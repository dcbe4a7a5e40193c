"""What can go wrong, said so that a person can act on it: what, where, and what to do.

A mistake of the user ends a command with status 2, a failure of the world with status 1; neither shows a traceback.
"""

from typing import ClassVar


class Problem(Exception):
    """A failure: a full disk, a damaged file, a server that is down."""

    exit_status: ClassVar[int] = 1

    def __init__(self, what: str, *, where: object = "", remedy: str = "") -> None:
        self.what = what
        self.where = str(where)
        self.remedy = remedy
        super().__init__(what, self.where, remedy)

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        remedy = f"\n  {self.remedy}" if self.remedy else ""
        return f"{self.what}{where}{remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.remedy))


class Mistake(Problem):
    """Something the user can put right: a misspelt key, an unknown role, a missing file."""

    exit_status: ClassVar[int] = 2


def _rebuild(kind: type[Problem], what: str, where: str, remedy: str) -> Problem:
    return kind(what, where=where, remedy=remedy)
