import subprocess
import sys


def test_importing_the_door_imports_nothing_heavy() -> None:
    code = (
        "import sys, echoloop.calls; "
        "print([name for name in ('aiohttp', 'pydantic', 'pyarrow', 'daft', 'genai_prices', 'json_repair') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
