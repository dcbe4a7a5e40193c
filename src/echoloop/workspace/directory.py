"""One directory on disk that holds everything a run made and everything it paid for."""

from pathlib import Path
from types import TracebackType

from echoloop.records import Mistake
from echoloop.workspace.image_store import ImageStore
from echoloop.workspace.lock import WriterLock
from echoloop.workspace.placing import CouldNotWrite, place_file
from echoloop.workspace.tables import Tables

LAYOUT = "echoloop workspace 1\n"
_MARKER = "LAYOUT"
_LOCK = "writer.lock"


class Workspace:
    """`tables/`, `images/`, `sightings.sqlite`, `receipts.sqlite`, `releases/` and `report/` in one folder.

    Opening for writing takes the lock; reading never does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.tables = Tables(self.path / "tables")
        self.images = ImageStore(self.path / "images")
        self.lock = WriterLock(self.path / _LOCK)

    @property
    def sightings(self) -> Path:
        """The file of everything that was collected, and of where collecting is."""
        return self.path / "sightings.sqlite"

    @property
    def receipts(self) -> Path:
        """The ledger's file."""
        return self.path / "receipts.sqlite"

    @property
    def releases(self) -> Path:
        """Where published versions of the benchmark are kept."""
        return self.path / "releases"

    @property
    def report(self) -> Path:
        """Where pages and figures are written."""
        return self.path / "report"


class WritingWorkspace:
    """`with writing(path) as workspace:` holds the lock of a workspace, and may make it first."""

    def __init__(self, workspace: Workspace, create: bool) -> None:
        self.workspace = workspace
        self.create = create

    def __enter__(self) -> Workspace:
        workspace = self.workspace
        if self.create:
            _check_ours_or_empty(workspace.path)
        else:
            _check_ours(workspace.path)
        try:
            workspace.path.mkdir(parents=True, exist_ok=True)
            workspace.lock.acquire()
            self._furnish()
        except OSError as error:
            workspace.lock.release()
            raise CouldNotWrite(
                f"the workspace cannot be written: {error.strerror or error}",
                where=workspace.path,
                remedy="Check its permissions and the space on its disk, or name another with --workspace.",
            ) from error
        return workspace

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.workspace.lock.release()

    def _furnish(self) -> None:
        path = self.workspace.path
        if not (path / _MARKER).exists():
            place_file(path / _MARKER, LAYOUT.encode())
        for folder in ("tables", "images"):
            (path / folder).mkdir(exist_ok=True)


def writing(path: Path, *, create: bool = True) -> WritingWorkspace:
    """Open a workspace for writing. With `create`, a new or an empty folder becomes one; no other folder ever does."""
    return WritingWorkspace(Workspace(path), create)


def reading(path: Path) -> Workspace:
    """Open an existing workspace for reading."""
    _check_ours(path)
    return Workspace(path)


def _check_ours(path: Path) -> None:
    if not (path / _MARKER).is_file():
        raise Mistake(
            "this is not an echoloop workspace",
            where=path.absolute(),
            remedy="Run an act such as `echoloop collect` first, or name the folder with --workspace.",
        )
    _check_layout(path / _MARKER)


def _check_ours_or_empty(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise Mistake("a workspace is a folder, and this is a file", where=path.absolute())
    if (path / _MARKER).is_file():
        _check_layout(path / _MARKER)
        return
    foreign = sorted(name for name in _names_in(path) if not _is_beginning(name))
    if foreign:
        raise Mistake(
            f"this folder is not a workspace, and it holds other things ({', '.join(foreign[:3])})",
            where=path.absolute(),
            remedy="Name a new or an empty folder with --workspace, or as `workspace` in echoloop.toml.",
        )


def _names_in(path: Path) -> list[str]:
    return [entry.name for entry in path.iterdir()] if path.exists() else []


def _is_beginning(name: str) -> bool:
    """What a run that was killed before it wrote LAYOUT may have left."""
    return name == _LOCK or name.startswith(f".{_MARKER}.")


def _check_layout(marker: Path) -> None:
    layout = marker.read_text("utf-8", "replace")
    if layout != LAYOUT:
        raise Mistake(
            f"the workspace has layout {layout.strip()[:60]!r}, this version writes {LAYOUT.strip()!r}",
            where=marker,
            remedy="Use the version of echoloop that made it, or another --workspace.",
        )
