"""The checkpoints of a run: written whole or not at all, the last few kept, damaged ones passed over with a word."""

import shutil
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec
from torch import Tensor

from echoloop.train.checkpoints.publishing import settle
from echoloop.train.checkpoints.run_tensors import Rows, RunTensors, write_rows
from echoloop.train.checkpoints.writing import CouldNotSave, Written, write_pieces

_MANIFEST = "manifest.json"
_PIECE = 1 << 24


class Together(Protocol):
    """The ranks that save one checkpoint."""

    @property
    def rank(self) -> int: ...

    @property
    def count(self) -> int: ...

    def all_agree(self, yes: bool) -> bool: ...


class RankState(msgspec.Struct, frozen=True, kw_only=True):
    """What a rank knows beside its tensors: where it stands in the data, and how long its logs were."""

    position: str
    log_bytes: dict[str, int] = {}
    rows: dict[str, Rows] = {}
    tensors: Written | None = None


class RunManifest(msgspec.Struct, frozen=True, kw_only=True):
    """Written last: where it is, everything else is. `notes`: what a run must have in common with the one that goes on."""

    step: int
    ranks: int
    files: dict[str, Written]
    notes: dict[str, str]
    format: int = 1


class Checkpoint:
    """A complete checkpoint of a run."""

    def __init__(self, folder: Path, manifest: RunManifest) -> None:
        self.folder, self.manifest = folder, manifest

    @property
    def step(self) -> int:
        return self.manifest.step

    def fault(self, part: int = 0, parts: int = 1) -> str:
        """What is wrong with every `parts`-th file, read whole; "" where nothing is."""
        for name in sorted(self.manifest.files)[part::parts]:
            checksum = 0
            with (self.folder / name).open("rb") as file:
                while piece := file.read(_PIECE):
                    checksum = zlib.crc32(piece, checksum)
            if checksum != self.manifest.files[name].crc32:
                return f"{name} is not what was written"
        return ""

    def ranks(self) -> list[RankState]:
        """What each rank knew."""
        return [
            msgspec.json.decode((self.folder / _state(rank)).read_bytes(), type=RankState)
            for rank in range(self.manifest.ranks)
        ]

    def tensors(self) -> RunTensors:
        """What the ranks wrote."""
        files = [self.folder / _tensors(rank) for rank in range(self.manifest.ranks)]
        return RunTensors(files, [state.rows for state in self.ranks()])


class RunFolder:
    """`step-000123` folders below a run's own. `say` is told of what is passed over."""

    def __init__(self, root: Path, *, keep: int = 2, say: Callable[[str], None] = print) -> None:
        self.root, self.keep, self.say = root, keep, say

    def newest_first(self) -> list[Checkpoint]:
        """Complete checkpoints by manifest and sizes; whether the bytes are right, `Checkpoint.fault` says."""
        found: list[Checkpoint] = []
        for folder in sorted(self.root.glob("step-*"), reverse=True):
            manifest = _manifest(folder)
            if isinstance(manifest, str):
                self.say(f"{folder} is passed over: {manifest}")
            else:
                found.append(Checkpoint(folder, manifest))
        return found

    def save(
        self,
        step: int,
        tensors: Mapping[str, Tensor],
        state: RankState,
        notes: Mapping[str, str],
        together: Together,
    ) -> Path:
        """Called by all ranks at once. Raises CouldNotSave on all of them where one could not write."""
        draft, final = self.root / f".step-{step:06}.draft", self.root / f"step-{step:06}"
        _on_all(together, lambda: _fresh(draft) if together.rank == 0 else None)
        try:
            _on_all(together, lambda: _write_rank(draft, tensors, state, together.rank))
            _on_all(
                together,
                lambda: _complete(draft, final, step, notes, together) if together.rank == 0 else None,
            )
        except CouldNotSave:
            if together.rank == 0:
                shutil.rmtree(draft, ignore_errors=True)
            raise
        if together.rank == 0:
            self._forget_old(step)
        return final

    def _forget_old(self, step: int) -> None:
        """Older ones beyond the number kept, and folders from a future that this run has left."""
        folders = {int(folder.name.removeprefix("step-")): folder for folder in self.root.glob("step-*[0-9]")}
        for number in sorted((n for n in folders if n <= step), reverse=True)[max(1, self.keep) :]:
            shutil.rmtree(folders[number], ignore_errors=True)
        for number in folders:
            if number > step:
                shutil.rmtree(folders[number], ignore_errors=True)


def _on_all(together: Together, work: Callable[[], None]) -> None:
    """Do it, and go on only where every rank could."""
    failure: CouldNotSave | None = None
    try:
        work()
    except CouldNotSave as error:
        failure = error
    except OSError as error:
        failure = CouldNotSave(
            f"a checkpoint was not written: {error.strerror or error}",
            where=error.filename or "",
            remedy="Free some space and run the same command again; the last good checkpoint is untouched.",
        )
    if together.all_agree(failure is None):
        return
    raise failure or CouldNotSave(
        "a checkpoint was not written: another rank could not write its part",
        remedy="That rank says why. The last good checkpoint is untouched.",
    )


def _fresh(draft: Path) -> None:
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)


def _write_rank(draft: Path, tensors: Mapping[str, Tensor], state: RankState, rank: int) -> None:
    written, rows = write_rows(draft / _tensors(rank), tensors)
    full = msgspec.structs.replace(state, rows=rows, tensors=written)
    write_pieces(draft / _state(rank), [msgspec.json.encode(full)])


def _complete(draft: Path, final: Path, step: int, notes: Mapping[str, str], together: Together) -> None:
    """The manifest, then the name."""
    files: dict[str, Written] = {}
    for rank in range(together.count):
        text = (draft / _state(rank)).read_bytes()
        written = msgspec.json.decode(text, type=RankState).tensors
        assert written
        files[_tensors(rank)] = written
        files[_state(rank)] = Written(bytes=len(text), crc32=zlib.crc32(text))
    manifest = RunManifest(step=step, ranks=together.count, files=files, notes=dict(notes))
    write_pieces(draft / _MANIFEST, [msgspec.json.format(msgspec.json.encode(manifest))])
    settle(draft)
    if final.exists():
        shutil.rmtree(final)
    draft.rename(final)
    settle(final.parent)


def _manifest(folder: Path) -> RunManifest | str:
    """The manifest, or why the folder cannot be used."""
    try:
        manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=RunManifest)
    except OSError:
        return "its manifest is not there: it was never completed"
    except msgspec.DecodeError as error:
        return f"its manifest is damaged: {error}"
    for name, written in manifest.files.items():
        path = folder / name
        if Path(name).name != name or not path.exists():
            return f"{name} is not there"
        if path.stat().st_size != written.bytes:
            return f"{name} has {path.stat().st_size:,} of {written.bytes:,} bytes"
    return manifest


def _state(rank: int) -> str:
    return f"rank-{rank:05}.json"


def _tensors(rank: int) -> str:
    return f"rank-{rank:05}.safetensors"
