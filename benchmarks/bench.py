"""Run every benchmark, one after the other, and print what is to be reached.

    python benchmarks/bench.py [--quick]

Each one compares lessonkit, in one run, with what a user would take instead.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BENCHES = (
    (
        "Function -> result in the full sandbox",
        "at most bare bwrap's time; at most a fifth of bwrap + Python",
        ["sandboxes.py"],
        ["--rounds", "10"],
    ),
    (
        "Tracing, for each fork",
        "every fork seen; cheaper than strace -f",
        ["tracing.py"],
        ["--forks", "100"],
    ),
    (
        "A photograph of all processes",
        "at most a third of psutil's time",
        ["snapshot.py"],
        ["--processes", "50,500"],
    ),
    ("import lessonkit", "at most 30 ms more than Python alone", ["importing.py"], []),
)


def main() -> int:
    """Run them; the exit code is that of the last one that failed, else 0."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, to see that it works")
    quick = parser.parse_args().quick
    status = 0
    for title, goal, words, fewer in BENCHES:
        print(f"\n== {title}\n   to reach: {goal}\n", flush=True)
        command = [sys.executable, str(HERE / words[0]), *words[1:], *(fewer if quick else [])]
        status = subprocess.run(command, check=False).returncode or status
    return status


if __name__ == "__main__":
    sys.exit(main())
