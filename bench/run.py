"""Every benchmark, one after the other: ratios against a floor that is measured in the same run."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run each file beside this one and say which failed."""
    failed: list[str] = []
    for script in sorted(HERE.glob("*.py")):
        if script.name != Path(__file__).name and not script.name.startswith("_"):
            print(f"\n== {script.stem}", flush=True)
            if subprocess.run([sys.executable, str(script)], check=False).returncode:
                failed.append(script.stem)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
