"""A manifest is written last: that it exists means that its table is complete."""

import hashlib
from pathlib import Path

import msgspec

from echoloop.records import Problem
from echoloop.workspace.placing import place_file, sync_folder


class PartFile(msgspec.Struct, frozen=True, kw_only=True):
    """One Parquet file of a table, with what is needed to notice that it was cut or changed."""

    file: str
    rows: int
    bytes: int
    sha256: str


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a table comes from: the act, the place in the loop, a hash of everything it was made from.

    `unanswered` counts rows whose question failed: such a table is whole, but its stage asks again next time.
    """

    fingerprint: str = ""
    act: str = ""
    position: int = 0
    unanswered: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a complete table is made of and where it comes from."""

    table: str
    record: str
    rows: int
    generation: str
    parts: tuple[PartFile, ...]
    origin: Origin = Origin()
    layout: int = 1

    @property
    def digest(self) -> str:
        """The content of the table, whatever it was made from."""
        return hashlib.sha256("".join(part.sha256 for part in self.parts).encode()).hexdigest()


class DamagedTable(Problem):
    """A table on disk is not what its manifest says."""


def read_manifest(path: Path) -> Manifest | None:
    """None when there is no complete table here."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise DamagedTable(
            f"the manifest does not read: {error}",
            where=path,
            remedy="Delete the table's folder and run the stage again; its receipts make that free.",
        ) from error


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step, after its bytes are on the disk; its name is there before this returns."""
    place_file(path, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    sync_folder(path.parent)
    sync_folder(path.parent.parent)
