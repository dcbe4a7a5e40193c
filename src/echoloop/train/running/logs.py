"""What is said of a step: a terminal line now and then, `log.jsonl` for every step, TensorBoard, losses of single samples."""

from collections.abc import Callable, Iterable, Mapping
from io import BufferedWriter
from pathlib import Path
from typing import Any

import msgspec

from echoloop.train.running.distributed import Ranks
from echoloop.train.running.sample_losses import SampleLoss
from echoloop.train.running.settings import Logging


class StepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `log.jsonl`. `skipped`: the gradient was not finite and the step was not taken."""

    step: int
    loss: float
    mse: float | None
    ce: float | None
    gradient: float | None
    rate: float
    tokens: int
    fill: float
    seconds: float
    skipped: bool = False


class Logs:
    """The files of a run, cut back to where a checkpoint left them when the run goes on from there."""

    def __init__(
        self,
        folder: Path,
        logging: Logging,
        steps: int,
        ranks: Ranks,
        say: Callable[[str], None],
        until: Mapping[str, int],
    ) -> None:
        self.logging, self.steps, self.say = logging, steps, say
        self.first = ranks.first
        self._files: dict[str, BufferedWriter] = {}
        if ranks.first:
            self._open(folder, "log.jsonl", until)
        if logging.samples:
            self._open(folder, f"samples-{ranks.rank:05}.jsonl", until)
        self._board: Any = _tensorboard(folder) if logging.tensorboard and ranks.first else None

    def step(self, record: StepRecord) -> None:
        """Tell of a step."""
        if not self.first:
            return
        self._write("log.jsonl", record)
        if self._board:
            for name in ("loss", "mse", "ce", "gradient", "rate", "tokens", "fill", "seconds"):
                value = getattr(record, name)
                if value is not None:
                    self._board.add_scalar(name, value, record.step)
        if record.step % self.logging.every == 0 or record.step in (1, self.steps) or record.skipped:
            self.say(line(record, self.steps))

    def samples(self, records: Iterable[SampleLoss]) -> None:
        """Tell of single samples."""
        for name in self._files:
            if name.startswith("samples"):
                for record in records:
                    self._write(name, record)

    def lengths(self) -> dict[str, int]:
        """How long each file is now, which a checkpoint remembers."""
        for file in self._files.values():
            file.flush()
        return {name: file.tell() for name, file in self._files.items()}

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        if self._board:
            self._board.close()

    def _open(self, folder: Path, name: str, until: Mapping[str, int]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / name).open("ab")
        file.truncate(until.get(name, 0))
        file.seek(0, 2)
        self._files[name] = file

    def _write(self, name: str, record: msgspec.Struct) -> None:
        self._files[name].write(msgspec.json.encode(record) + b"\n")


def line(record: StepRecord, steps: int) -> str:
    """A step for a person."""
    parts = [f"step {record.step:>{len(str(steps))}}/{steps}", f"loss {record.loss:.4f}"]
    parts += [
        f"{name} {value:.4f}" for name, value in (("mse", record.mse), ("ce", record.ce)) if value is not None
    ]
    if record.skipped:
        return "  ".join([*parts, "gradient not finite: the step is skipped"])
    left = record.seconds * (steps - record.step)
    parts += [
        f"gradient {record.gradient:.3f}",
        f"rate {record.rate:.2e}",
        f"{record.tokens / record.seconds:,.0f} tokens/s",
        f"fill {record.fill:.0%}",
        f"about {_span(left)} left",
    ]
    return "  ".join(parts)


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
    )


def _tensorboard(folder: Path) -> Any:
    """Imported only where it is asked for: it is slow to come, and not everybody has it."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"))
