"""Say how rounds of tests go while they run: who stops a long run has the reports so far.

With every round stands what it cost: seconds of processor time of the tests, Lab, kernels and
browsers together, a little too few as what ended unseen is not in it. On a busy machine that says
more than the minutes that went by.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from lessonkit import procfs

__all__ = ["Rounds", "processor_seconds"]

_ROUND = re.compile(r"round(\d+)")
_TICKS = os.sysconf("SC_CLK_TCK")


class Rounds:
    """Counts the tests of each round, and prints failures at once and rounds at their end."""

    def __init__(self, config: pytest.Config) -> None:
        self._begun = time.monotonic()
        self._used, self._cost = processor_seconds(), 0.0
        self._done: Counter[int] = Counter()
        self._failed: Counter[int] = Counter()
        self._size = 0
        self._config = config

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn how many tests a round has."""
        found = [_ROUND.search(item.nodeid) for item in session.items]
        self._size = max(Counter(match[1] for match in found if match).values(), default=0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a phase of a test that is through."""
        # Less than before: some have ended, and nobody who is left has waited for them.
        before, self._used = self._used, processor_seconds()
        self._cost += max(0.0, self._used - before)
        found = _ROUND.search(report.nodeid)
        number = int(found[1]) if found else 0
        if report.failed:
            self._failed[number] += 1
            self._say(f"FAILED in {report.when}: {report.nodeid}\n{report.longreprtext}")
            for name, text in report.sections:
                self._say(f"{name}\n{text[-3000:]}")
        if report.when == "teardown" and number:
            self._done[number] += 1
            if self._done[number] == self._size:
                cost, self._cost = self._cost, 0.0
                self._say(
                    f"round {number}: {self._size} tests, {self._failed[number]} failed; "
                    f"{len([n for n in self._done.values() if n == self._size])} rounds in "
                    f"{(time.monotonic() - self._begun) / 60:.1f} min; "
                    f"processor {cost:.0f} s"
                )

    def _say(self, text: str) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(text)


def processor_seconds() -> float:
    """CPU time so far of this process, of all below it, and of those that they have reaped."""
    processes = procfs.snapshot().processes
    pids = {os.getpid()} | {process.pid for process in procfs.tree_below(os.getpid(), processes)}
    return sum(_used_by(pid) for pid in pids)


def _used_by(pid: int) -> float:
    """utime, stime, cutime and cstime of a process: proc_pid_stat(5); 0 if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / _TICKS
