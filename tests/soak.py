"""Fresh seeds: what the tests assert on fixed ones, on towns that nobody has seen. `make soak`, or a seed as argument."""

import secrets
import sys
import tempfile
from pathlib import Path

from echoloop.cli.demo_run import DemoPlan, run_demo

TOWNS = 3


def main() -> None:
    """Run faulty towns and a faultless one; leave with 1 if anything is red."""
    first = int(sys.argv[1]) if len(sys.argv) > 1 else secrets.randbelow(2**31)
    plans = [(first + number, True) for number in range(TOWNS)] + [(first, False)]
    failed = 0
    for seed, faulty in plans:
        with tempfile.TemporaryDirectory() as folder:
            plan = DemoPlan(folder=str(Path(folder) / "demo"), seed=seed, faulty=faulty)
            result = run_demo(plan, style="quiet")
        red = [check.line for check in result.checks if not check.passed]
        failed += bool(red)
        print(
            f"seed {seed}, {'faulty' if faulty else 'faultless'}: {len(red)} red, {result.seconds:.0f} s",
            flush=True,
        )
        for line in red:
            print(f"  {line}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
