"""SHA256SUMS: which files a release has, and what each must be."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

SUMS = "SHA256SUMS"


def sum_of(path: Path) -> str:
    """The SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums_of(folder: Path) -> dict[str, str]:
    """Every file but SHA256SUMS, by its path."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: sum_of(folder / name) for name in files if name != SUMS}


def sums_text(sums: Mapping[str, str]) -> str:
    """As `sha256sum --check` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def read_sums(folder: Path) -> dict[str, str] | None:
    """What the file says; None where there is none, or it is no such file."""
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    pairs = [line.partition("  ") for line in lines]
    return {name: digest for digest, gap, name in pairs if gap} if all(gap for _, gap, _ in pairs) else None


def differences(folder: Path, said: Mapping[str, str]) -> list[str]:
    """Files that are not what is said of them, that are missing, or that nobody mentions."""
    found = sums_of(folder)
    names = sorted(found.keys() | said.keys())
    return [name for name in names if found.get(name) != said.get(name)]
