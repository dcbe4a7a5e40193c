"""Errands on disk: what waits, what is done, what failed and why. This is how a run never loses its place."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from echoloop.collect.errands import Errand, ErrandKind

ErrandState: TypeAlias = Literal["waiting", "done", "failed", "limited"]
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Errand)
_ROUND = "round"


class Waiting(NamedTuple):
    """An errand under its number in the file."""

    number: int
    errand: Errand


class ErrandRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an errand. `cost` is None where nobody said what a read costs."""

    number: int
    errand: Errand
    state: ErrandState
    reason: str
    posts: int
    reads: int
    cost: float | None
    at: datetime | None


class PlatformTotal(msgspec.Struct, frozen=True, kw_only=True):
    """All errands of a platform. `cost` is None where reads were billed and nobody said at which price."""

    platform: str
    done: int
    waiting: int
    failed: int
    posts: int
    reads: int
    cost: float | None


class Errands:
    """A queue in which every errand stands once. Call it inside a transaction of the intake."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def round(self) -> int:
        """How often everything was asked for anew."""
        row = self._connection.execute("SELECT value FROM notes WHERE name = ?", (_ROUND,)).fetchone()
        return int(row[0]) if row else 0

    def begin_round(self) -> None:
        """From now on an errand that was done in an earlier round may be done again when it comes up."""
        self._connection.execute("REPLACE INTO notes VALUES (?, ?)", (_ROUND, self.round + 1))

    def add(self, errands: Iterable[Errand]) -> int:
        """Queue what is new (or was last done in an earlier round); how many that were."""
        now, added = self.round, 0
        for errand in errands:
            added += self._connection.execute(
                "INSERT INTO errands (key, platform, kind, thread, body, round, state) VALUES (?, ?, ?, ?, ?, ?, 'waiting') "
                "ON CONFLICT (key) DO UPDATE SET state = 'waiting', round = excluded.round, body = excluded.body, posts = 0, "
                "thread = excluded.thread WHERE errands.round < excluded.round",
                (_key(errand), errand.platform, errand.kind, errand.thread, _ENCODER.encode(errand), now),
            ).rowcount
        return added

    def renew(self, errands: Iterable[Errand]) -> None:
        """Queue these again though they are done; while some of them still wait, an interrupted run goes on with those."""
        keys = [(_key(errand),) for errand in errands]
        found = (
            self._connection.execute("SELECT state FROM errands WHERE key = ?", key).fetchone()
            for key in keys
        )
        if ("waiting",) not in found:
            self._connection.executemany("UPDATE errands SET state = 'waiting' WHERE key = ?", keys)

    def reopen(self) -> None:
        """A new run tries again what failed, and what a limit held back."""
        self._connection.execute(
            "UPDATE errands SET state = 'waiting', reason = '' WHERE state IN ('failed', 'limited')"
        )

    def waiting(self, platform: str, kinds: Iterable[ErrandKind], count: int) -> list[Waiting]:
        """The first so many in the order they came up."""
        wanted = tuple(kinds)
        rows = self._connection.execute(
            f"SELECT id, body FROM errands WHERE platform = ? AND state = 'waiting' "
            f"AND kind IN ({', '.join('?' * len(wanted))}) ORDER BY id LIMIT ?",
            (platform, *wanted, count),
        )
        return [Waiting(number, _DECODER.decode(body)) for number, body in rows]

    def settle(
        self,
        number: int,
        state: ErrandState,
        *,
        reason: str = "",
        posts: int = 0,
        reads: int = 0,
        cost: float | None = None,
    ) -> None:
        """What became of it."""
        self._connection.execute(
            "UPDATE errands SET state = ?, reason = ?, posts = posts + ?, reads = reads + ?, "
            "cost = CASE WHEN ? IS NULL THEN cost ELSE coalesce(cost, 0) + ? END, at = ? WHERE id = ?",
            (state, reason, posts, reads, cost, cost, datetime.now(UTC).isoformat(), number),
        )

    def rows(self, kinds: Iterable[ErrandKind] = ("search", "post", "above", "below")) -> Iterator[ErrandRow]:
        """Every errand of these kinds, in the order they came up."""
        wanted = tuple(kinds)
        for number, body, state, reason, posts, reads, cost, at in self._connection.execute(
            "SELECT id, body, state, reason, posts, reads, cost, at FROM errands "
            f"WHERE kind IN ({', '.join('?' * len(wanted))}) ORDER BY id",
            wanted,
        ):
            yield ErrandRow(
                number=number,
                errand=_DECODER.decode(body),
                state=state,
                reason=reason,
                posts=posts,
                reads=reads,
                cost=cost,
                at=datetime.fromisoformat(at) if at else None,
            )

    def posts_by_thread(self) -> dict[str, int]:
        """How many posts each conversation has brought so far, since everything was last asked for anew."""
        return dict(
            self._connection.execute(
                "SELECT thread, sum(posts) FROM errands WHERE thread != '' AND round = ? GROUP BY thread",
                (self.round,),
            ).fetchall()
        )

    def totals(self) -> list[PlatformTotal]:
        """A row a platform."""
        rows = self._connection.execute(
            "SELECT platform, sum(state = 'done'), sum(state IN ('waiting', 'limited')), sum(state = 'failed'), "
            "sum(posts), sum(reads), sum(cost), sum(reads > 0 AND cost IS NULL) FROM errands GROUP BY platform ORDER BY 1"
        )
        return [
            PlatformTotal(
                platform=name,
                done=done,
                waiting=waiting,
                failed=failed,
                posts=posts,
                reads=reads,
                cost=None if unpriced else cost or 0.0,
            )
            for name, done, waiting, failed, posts, reads, cost, unpriced in rows
        ]

    def counts(self) -> dict[tuple[str, ErrandState], int]:
        """Errands by platform and state."""
        rows = self._connection.execute("SELECT platform, state, count(*) FROM errands GROUP BY 1, 2")
        return {(platform, state): count for platform, state, count in rows}

    def note_limit(self, thread: str, said: str) -> None:
        """What a platform itself does not show: it stays true, unlike a limit of ours that a later run may raise."""
        self._connection.execute("INSERT OR IGNORE INTO limits VALUES (?, ?)", (thread, said))

    def failures(self) -> list[tuple[str, str, int]]:
        """Why requests failed, by platform, the most frequent reason first. A later run tries them again."""
        return self._connection.execute(
            "SELECT platform, reason, count(*) FROM errands WHERE state = 'failed' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
        ).fetchall()

    def limits(self) -> list[tuple[str, str]]:
        """Every limit that was met: which conversation it holds back (none for a search), and in which words."""
        return self._connection.execute(
            "SELECT thread, said FROM limits UNION SELECT thread, reason FROM errands WHERE state = 'limited' ORDER BY 1, 2"
        ).fetchall()


def _key(errand: Errand) -> bytes:
    """What is asked; not for which conversation, or how deep in it."""
    return hashlib.sha256(_ENCODER.encode(msgspec.structs.replace(errand, thread="", depth=0))).digest()
