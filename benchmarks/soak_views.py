"""Run the browser tests of the views many times in a row, several rounds side by side.

    python benchmarks/soak_views.py [--rounds 60] [--beside 3] [arguments of pytest]

A round is every browser test but the long runs through whole lessons. Each of the runs side by
side has a JupyterLab, a port and a folder of its own, and a fresh browser in every round. What
fails is printed at once; who stops this with Ctrl+C sees how many rounds were through.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.tied import tied  # noqa: E402

__all__ = ["main"]

_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "tests/browser")
_THROUGH = re.compile(r"round \d+: \d+ tests, (\d+) failed")


class _Line:
    """One run of pytest; its rounds come one after the other."""

    def __init__(self, name: str, rounds: int, arguments: list[str]) -> None:
        self.failed: list[int] = []
        self._name = name
        self._process = subprocess.Popen(
            # When this is killed, each line ends as it would by Ctrl+C.
            tied(sys.executable, *_PYTEST, *arguments, signal_number=signal.SIGINT),
            cwd=ROOT,
            env={
                **os.environ,
                "LESSONKIT_BROWSER_REPEATS": str(max(2, rounds)),
                "PYTHONUNBUFFERED": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            print(f"{self._name} {line}", end="", flush=True)
            if found := _THROUGH.search(line):
                self.failed.append(int(found[1]))

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        self._reader.join()
        return self._process.wait()

    def interrupt(self) -> None:
        """Have it end as Ctrl+C would."""
        self._process.send_signal(signal.SIGINT)


def main() -> int:
    """Exit with 0 when no test failed in any round."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--beside", type=int, default=3, help="rounds at a time")
    options, arguments = parser.parse_known_args()
    beside = max(1, min(options.beside, options.rounds // 2))
    shares = [options.rounds // beside + (n < options.rounds % beside) for n in range(beside)]
    lines = [_Line(f"{number} |", share, arguments) for number, share in enumerate(shares, 1)]
    try:
        codes = [line.wait() for line in lines]
    except KeyboardInterrupt:
        for line in lines:
            line.interrupt()
        codes = [line.wait() for line in lines]
    failed = [count for line in lines for count in line.failed]
    print(f"{len(failed)} rounds, {sum(count > 0 for count in failed)} with failures")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
