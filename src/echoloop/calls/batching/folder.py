"""Where batches are remembered: one small file a batch, replaced as a whole, and beside it the requests that it carries."""

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from echoloop.calls.batching.batch import Batch, BatchLine, BatchProblem
from echoloop.calls.requests import Purpose

_ID = re.compile(r"echoloop-[0-9a-f]{24}")


class BatchFolder:
    """The folder `batches/` of a workspace. Whoever may write the workspace may write this."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def new_id(self) -> str:
        """A name that no other batch has, here or at the provider."""
        return f"echoloop-{os.urandom(12).hex()}"

    def all(self) -> list[Batch]:
        """Every batch that is remembered, oldest first."""
        found = [self._read(path) for path in self.path.glob("*.json") if _ID.fullmatch(path.stem)]
        return sorted(found, key=lambda batch: (batch.at, batch.id))

    def open(self) -> list[Batch]:
        """Those that are not collected yet."""
        return [batch for batch in self.all() if batch.stage != "collected"]

    def keys_under_way(self) -> frozenset[str]:
        """What was ordered, or may have been, and is not in the ledger yet: for `Door.hold_back`."""
        ordered = (batch for batch in self.open() if batch.stage != "prepared")
        return frozenset(line.key for batch in ordered for line in self.lines(batch))

    def save(self, batch: Batch) -> Batch:
        """On the disk when this returns, and whole whenever the machine stops."""
        self._place(self.path / f"{batch.id}.json", msgspec.json.format(msgspec.json.encode(batch), indent=1))
        return batch

    def save_lines(self, batch_id: str, lines: Iterable[BatchLine]) -> None:
        """The requests of a batch, before anybody else has them."""
        self._place(self._lines(batch_id), msgspec.json.Encoder().encode_lines(list(lines)))

    def lines(self, batch: Batch) -> list[BatchLine]:
        """The requests that a batch carries."""
        try:
            return msgspec.json.Decoder(BatchLine).decode_lines(self._lines(batch.id).read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise BatchProblem(
                f"the requests of batch {batch.id} cannot be read: {error}",
                where=self._lines(batch.id),
                remedy="Without them its answers cannot be filed. Remove its files to ask its requests again.",
            ) from None

    def upload(self, batch_id: str) -> Path:
        """Where the bytes that go to the provider lie while they go."""
        return self._side(batch_id, "upload")

    def results(self, batch_id: str) -> Path:
        """Where the provider's results lie while they are read."""
        return self._side(batch_id, "results")

    def close(self, batch: Batch) -> Batch:
        """It is collected: what it asked goes, that it was there stays."""
        closed = self.save(msgspec.structs.replace(batch, stage="collected"))
        self._clear(batch.id)
        return closed

    def drop(self, batch: Batch) -> None:
        """Forget that it was ever begun: first what stands for it, then what belongs to it."""
        (self.path / f"{batch.id}.json").unlink(missing_ok=True)
        self._clear(batch.id)

    def sweep(self) -> None:
        """Clear what a run left behind that died before it had a batch."""
        known = {batch.id for batch in self.all()}
        for path in self.path.glob("echoloop-*"):
            if _ID.fullmatch(path.name.partition(".")[0]) and path.name.partition(".")[0] not in known:
                path.unlink(missing_ok=True)

    def withdraw(self, posts: Collection[str]) -> int:
        """Take requests that come from these posts out of every open batch, so that no answer to them is kept."""
        gone = 0
        for batch in self.open():
            lines = self.lines(batch)
            kept = [
                _emptied(line) if set(line.purpose.source_posts).intersection(posts) else line
                for line in lines
            ]
            if kept != lines:
                gone += sum(one is not other for one, other in zip(kept, lines, strict=True))
                self.save_lines(batch.id, kept)
        return gone

    def _read(self, path: Path) -> Batch:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Batch)
        except (OSError, msgspec.DecodeError) as error:
            raise BatchProblem(
                f"a batch's file cannot be read: {error}",
                where=path,
                remedy="Move it away; what it ordered may be paid again then.",
            ) from None

    def _lines(self, batch_id: str) -> Path:
        return self.path / f"{batch_id}.lines"

    def _side(self, batch_id: str, kind: str) -> Path:
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path / f"{batch_id}.{kind}"

    def _clear(self, batch_id: str) -> None:
        for path in self.path.glob(f"{batch_id}.*"):
            if path.suffix != ".json":
                path.unlink(missing_ok=True)

    def _place(self, path: Path, data: bytes) -> None:
        partial = path.with_name(path.name + ".partial")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise BatchProblem(
                f"a batch could not be noted down: {error}",
                where=path,
                remedy="Free space on the workspace's disk, then run again.",
            ) from error


def _emptied(line: BatchLine) -> BatchLine:
    """Its place stays, for answers may come without their keys."""
    return BatchLine(key=line.key, request="", purpose=Purpose(""))
