"""Time `import lessonkit` against Python's own start, in turns.

python benchmarks/importing.py [--rounds 40]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

CASES = {
    "python -c pass": "pass",
    "import lessonkit": "import lessonkit",
    "from lessonkit import run, check": "from lessonkit import run, check",
    "import psutil": "import psutil",
}


def main() -> None:
    """Measure and print medians in milliseconds, and what each costs above bare Python."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for number in range(rounds + 2):
        for name, code in CASES.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            if number >= 2:
                times[name].append((time.perf_counter() - began) * 1000)
    bare = statistics.median(times["python -c pass"])
    print(f"{'start, ms':<36} median  above bare Python  ratio")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:<36} {median:6.1f}  {median - bare:17.1f}  {median / bare:5.2f}")


if __name__ == "__main__":
    main()
