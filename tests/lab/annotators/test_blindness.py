"""Annotators, painters and the endpoint have no way to the truth."""

import ast
import sys
from pathlib import Path

import pytest

import echoloop.lab.endpoint

LAB = Path(echoloop.lab.endpoint.__file__).parent
FILES = sorted(
    [
        *(LAB / "annotators").rglob("*.py"),
        *(LAB / "painters").rglob("*.py"),
        *(LAB / "scenes").rglob("*.py"),
        *LAB.glob("endpoint*.py"),
        *LAB.glob("protocol*.py"),
        *LAB.glob("serve*.py"),
    ]
)
ALLOWED = ("echoloop.records", "echoloop.images", "echoloop.calls", "echoloop.lab.scenes", "echoloop.lab.painters",
           "echoloop.lab.annotators", "echoloop.lab.endpoint", "echoloop.lab.protocol", "echoloop.lab.serve")  # fmt: skip


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LAB)))
def test_only_ground_calls_scenes_and_painters_are_imported(path: Path) -> None:
    ours = {name for name in imported(path) if name.split(".")[0] == "echoloop"}
    assert [name for name in sorted(ours) if not name.startswith(ALLOWED)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LAB)))
def test_no_file_reads_a_truth_or_imports_by_name(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not called & {"open", "__import__", "eval", "exec", "load_truth"}
    assert "importlib" not in imported(path)


def test_the_endpoint_opens_without_the_town() -> None:
    import subprocess

    code = "import sys; from echoloop.lab.endpoint import open_lab; open_lab(); print([m for m in sys.modules if 'lab.town' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
