"""One live line a stage; plain lines where there is no terminal; JSON events for machines."""

import sys
import threading
import time
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from echoloop.engine.tally import Counts

Style: TypeAlias = Literal["live", "plain", "json", "quiet"]
_TICK_SECONDS = 0.2
_PLAIN_EVERY_SECONDS = 10.0


class StageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints, one a line."""

    event: Literal["start", "progress", "end", "fresh", "note"]
    act: str = ""
    stage: str = ""
    total: int | None = None
    counts: Counts = Counts()
    in_flight: int = 0
    kept: int | None = None
    dropped: int | None = None
    seconds: float = 0.0
    message: str = ""


class Progress:
    """Shows one stage at a time. `read` gives the counts and the calls in flight while the stage runs."""

    def __init__(self, style: Style | None = None) -> None:
        self.style: Style = style or ("live" if sys.stderr.isatty() else "plain")
        self._ticker: threading.Thread | None = None
        self._ended = threading.Event()
        self._width = 0

    def start(self, act: str, stage: str, total: int | None, read: Callable[[], tuple[Counts, int]]) -> None:
        """Begin a stage's line."""
        self._ended = threading.Event()
        if self.style == "json":
            self._emit(StageEvent(event="start", act=act, stage=stage, total=total))
        if self.style != "quiet":
            self._ticker = threading.Thread(
                target=self._tick, args=(act, stage, total, read, self._ended), name="progress", daemon=True
            )
            self._ticker.start()

    def end(self, act: str, stage: str, kept: int, dropped: int, counts: Counts, seconds: float) -> None:
        """Close the stage's line with what came out."""
        self.pause()
        if self.style == "json":
            self._emit(
                StageEvent(
                    event="end",
                    act=act,
                    stage=stage,
                    kept=kept,
                    dropped=dropped,
                    counts=counts,
                    seconds=seconds,
                )
            )
        elif self.style != "quiet":
            self._line(f"{_title(act, stage)} {_outcome(kept, dropped, counts, seconds)}", final=True)

    def fresh(self, act: str, stage: str, rows: int) -> None:
        """The stage had nothing to do."""
        if self.style == "json":
            self._emit(StageEvent(event="fresh", act=act, stage=stage, kept=rows))
        elif self.style != "quiet":
            self._line(f"{_title(act, stage)} {rows:>6,} rows, fresh", final=True)

    def note(self, message: str) -> None:
        """Something a person should know now."""
        if self.style == "json":
            self._emit(StageEvent(event="note", message=message))
        else:
            self._line(message, final=True)

    def pause(self) -> None:
        """Stop ticking, so that something else can be printed."""
        self._ended.set()
        if self._ticker is not None:
            self._ticker.join()
            self._ticker = None

    def _tick(
        self,
        act: str,
        stage: str,
        total: int | None,
        read: Callable[[], tuple[Counts, int]],
        ended: threading.Event,
    ) -> None:
        begun = time.monotonic()
        every = _TICK_SECONDS if self.style == "live" else _PLAIN_EVERY_SECONDS
        while not ended.wait(every):
            counts, in_flight = read()
            seconds = time.monotonic() - begun
            if self.style == "json":
                self._emit(
                    StageEvent(
                        event="progress",
                        act=act,
                        stage=stage,
                        total=total,
                        counts=counts,
                        in_flight=in_flight,
                        seconds=seconds,
                    )
                )
            else:
                line = f"{_title(act, stage)} {_state(total, counts, in_flight, seconds)}"
                self._line(line, final=self.style == "plain")

    def _line(self, text: str, *, final: bool) -> None:
        if self.style != "live":
            print(text, file=sys.stderr, flush=True)
            return
        padded = text.ljust(self._width)
        self._width = 0 if final else len(text)
        print(f"\r{padded}", end="\n" if final else "", file=sys.stderr, flush=True)

    @staticmethod
    def _emit(event: StageEvent) -> None:
        print(msgspec.json.encode(event).decode(), file=sys.stderr, flush=True)


def _title(act: str, stage: str) -> str:
    return f"  {act + ' · ' + stage:<26}"


def _outcome(kept: int, dropped: int, counts: Counts, seconds: float) -> str:
    words = [f"{kept:>6,} kept"]
    if dropped:
        words.append(f"{dropped:,} dropped")
    words += _absences(counts)
    words.append(_calls(counts.paid_calls) if counts.paid_calls else "")
    words.append(_money(counts))
    words.append(f"{seconds:.1f} s")
    return ", ".join(word for word in words if word)


def _state(total: int | None, counts: Counts, in_flight: int, seconds: float) -> str:
    rate = counts.done / seconds if seconds else 0.0
    words = [f"{counts.done:>6,}/{total:,}" if total else f"{counts.done:>6,}", f"{rate:,.0f}/s"]
    words += _absences(counts)
    words.append(f"{in_flight} in flight" if in_flight else "")
    words.append(_money(counts))
    if total and rate:
        words.append(f"{max(0.0, (total - counts.done) / rate):,.0f} s left")
    return ", ".join(word for word in words if word)


def _absences(counts: Counts) -> list[str]:
    named = (("refused", counts.refused), ("unparsed", counts.unparsed), ("failed", counts.failed))
    return [f"{number:,} {name}" for name, number in named if number]


def _calls(number: int) -> str:
    return f"{number:,} call" if number == 1 else f"{number:,} calls"


def _money(counts: Counts) -> str:
    known = f"${counts.cost:.2f}" if counts.cost else ""
    unknown = f"{_calls(counts.unpriced)} of unknown price" if counts.unpriced else ""
    return " + ".join(word for word in (known, unknown) if word)
