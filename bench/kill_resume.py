"""What does kill -9 cost? A run is killed at 20 random moments and each time resumed, against a server that counts calls.

Usage: python bench/kill_resume.py [--posts 800] [--kills 20] [--concurrency 32] [--seed 0]
"""

import argparse
import sys
import tempfile
from pathlib import Path

SUPPORT = Path(__file__).parents[1] / "tests" / "support"


def main() -> None:
    """Print what was paid twice beside what may be."""
    sys.path.insert(0, str(SUPPORT))
    from kill_runs import kill_and_resume

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=800)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        found = kill_and_resume(
            Path(room),
            posts=chosen.posts,
            kills=chosen.kills,
            concurrency=chosen.concurrency,
            seed=chosen.seed,
        )
    bound, most = sum(found.bounds), max(found.bounds)
    print(f"kills               {found.kills}")
    print(f"calls               {found.calls:,} for {found.distinct:,} questions")
    print(f"paid twice          {found.paid_twice:,} (sent and not committed at the kills: {bound:,})")
    print(f"most at one kill    {most} (at most 2 x concurrency = {2 * found.concurrency})")
    print(f"acknowledged, lost  {found.lost}")
    print(f"tables              {found.tables}, identical: {'no' if found.differing else 'yes'}")
    if found.differing or found.lost or found.paid_twice > bound or most > 2 * found.concurrency:
        sys.exit(1)


if __name__ == "__main__":
    main()
