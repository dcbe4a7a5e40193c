"""What importing costs: nothing heavy is loaded before it is needed."""

import subprocess
import sys

import pytest

HEAVY = "{'pyarrow', 'daft', 'ray', 'numpy', 'scipy', 'PIL', 'matplotlib', 'aiohttp', 'datasets'}"


@pytest.mark.parametrize("code", ["import echoloop", "from echoloop.cli.app import app; app.help_print([])"])
def test_nothing_heavy_is_imported(code: str) -> None:
    check = f"{code}\nimport sys; sys.exit(' '.join({HEAVY} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
