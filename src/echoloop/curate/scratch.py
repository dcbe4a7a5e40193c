"""A workspace for what is tried and looked at: its tables are thrown away, its receipts and pictures are those of the real one."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from echoloop.workspace import Workspace, writing

_PREFIX = ".scratch-"
_RENDITIONS = "renditions"


@contextmanager
def scratch_workspace(real: Workspace) -> Generator[Workspace]:
    """Needs the real one's lock. What is asked here is paid once for both; what a killed run left is removed first."""
    for left in real.path.glob(f"{_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=real.path))
    try:
        with writing(folder) as scratch:
            scratch.images.folder.rmdir()
            for name in (real.images.folder.name, _RENDITIONS):
                shared = real.path / name
                shared.mkdir(exist_ok=True)
                (folder / name).symlink_to(shared, target_is_directory=True)
            scratch.receipts.symlink_to(real.receipts)
            yield scratch
    finally:
        shutil.rmtree(folder, ignore_errors=True)
