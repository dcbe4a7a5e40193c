"""How long a person waits for nothing: `import echoloop` and `echoloop --help`, beside a bare interpreter."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 9
ECHOLOOP = Path(sys.executable).with_name("echoloop")


def seconds(*command: str) -> float:
    """The median wall time of a whole process."""
    times: list[float] = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    """Print the figures and what they must stay under."""
    bare = seconds(sys.executable, "-c", "pass")
    imported = seconds(sys.executable, "-c", "import echoloop")
    helped = seconds(str(ECHOLOOP), "--help")
    print(f"python -c pass      {bare:.3f} s")
    print(f"import echoloop     {imported:.3f} s  ({imported / bare:.1f} x bare; at most 0.15 s)")
    print(f"echoloop --help     {helped:.3f} s  ({helped / bare:.1f} x bare; at most 0.3 s)")


if __name__ == "__main__":
    main()
