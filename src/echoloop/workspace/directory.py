"""One directory on disk that holds everything a run made and everything it paid for."""

from pathlib import Path
from types import TracebackType

from echoloop.records import Mistake
from echoloop.workspace.image_store import ImageStore
from echoloop.workspace.lock import WriterLock
from echoloop.workspace.tables import Tables

LAYOUT = "echoloop workspace 1\n"


class Workspace:
    """`tables/`, `images/`, `receipts.sqlite`, `releases/` and `report/` in one folder.

    Opening for writing takes the lock; reading never does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.tables = Tables(self.path / "tables")
        self.images = ImageStore(self.path / "images")
        self.lock = WriterLock(self.path / "writer.lock")

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
    """`with writing(path) as workspace:` makes the folder if need be and holds its lock."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def __enter__(self) -> Workspace:
        workspace = self.workspace
        _check_layout(workspace.path)
        for folder in ("tables", "images"):
            (workspace.path / folder).mkdir(parents=True, exist_ok=True)
        marker = workspace.path / "LAYOUT"
        workspace.lock.acquire()
        if not marker.exists():
            marker.write_text(LAYOUT)
        return workspace

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.workspace.lock.release()


def writing(path: Path) -> WritingWorkspace:
    """Open a workspace for writing."""
    return WritingWorkspace(Workspace(path))


def reading(path: Path) -> Workspace:
    """Open an existing workspace for reading."""
    if not (path / "LAYOUT").exists():
        raise Mistake(
            "this is not an echoloop workspace",
            where=path.absolute(),
            remedy="Run an act such as `echoloop collect` first, or name the folder with --workspace.",
        )
    _check_layout(path)
    return Workspace(path)


def _check_layout(path: Path) -> None:
    marker = path / "LAYOUT"
    if path.exists() and not path.is_dir():
        raise Mistake("a workspace is a folder, and this is a file", where=path.absolute())
    if marker.exists() and marker.read_text() != LAYOUT:
        raise Mistake(
            f"the workspace has layout {marker.read_text().strip()[:60]!r}, this version writes {LAYOUT.strip()!r}",
            where=marker,
            remedy="Use the version of echoloop that made it, or another --workspace.",
        )
