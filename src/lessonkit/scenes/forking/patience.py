"""Tell who waits from who sleeps for a while and hopes.

    patience = Patience(box, inspector)
    if patience.over(pid):
        ...  # open the gate

A function that sleeps long enough, and then looks, gets right what it should have waited for. So
the gate stays closed as long as a process does nothing but sleep. Who waits for an event (a child,
a pipe, a lock), asks again and again, or is at work is not held up.

Source: proc_pid_wchan(5), proc_pid_status(5).
"""

from __future__ import annotations

import os
import time

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.turns import waited_seconds

__all__ = ["WAKES", "Patience", "wakes"]

WAKES = 12
"""Who has woken up so often asks again and again; a nap of 50 ms is usual between two looks."""

WORK_SECONDS = 0.03
MOST_SECONDS = 2.5
UNKNOWN_SECONDS = (0.2, 0.6)
"""How long a gate stays closed where the kernel does not say what a process sleeps in."""

_TICK = os.sysconf("SC_CLK_TCK")


class Patience:
    """Decide when a gate may be opened; it begins with the first question."""

    def __init__(
        self, box: Box, inspector: Inspector, *, most_seconds: float = MOST_SECONDS
    ) -> None:
        """most_seconds: then the gate is opened whatever the process does, so that one that
        sleeps first and waits afterwards is in time. What it waits for a processor comes on top."""
        self._box = box
        self._inspector = inspector
        self._most = most_seconds
        self._unknown = box.rng.uniform(*UNKNOWN_SECONDS)
        self._began: float | None = None
        self._wakes = 0
        self._ticks = 0
        self._waited = 0.0

    def over(self, pid: int) -> bool:
        """True once this process has shown that it waits, or its time is up. Never blocks long."""
        now = time.monotonic()
        if self._began is None:
            self._began, self._wakes, self._ticks = now, wakes(pid), _cpu_ticks(pid)
            self._waited = waited_seconds(pid)
        if now >= self._began + self._most + max(0.0, waited_seconds(pid) - self._waited):
            return True
        if wakes(pid) >= self._wakes + WAKES:
            return True
        if _cpu_ticks(pid) >= self._ticks + WORK_SECONDS * _TICK:
            return True
        naps = self._inspector.naps(pid)
        return now >= self._began + self._unknown if naps is None else not naps


def wakes(pid: int) -> int:
    """How often its threads have given up the CPU by themselves."""
    fields = [procfs.status_field(tid, "voluntary_ctxt_switches") for tid in procfs.tasks(pid)]
    return sum(int(field) for field in fields if field)


def _cpu_ticks(pid: int) -> int:
    process = procfs.read_process(pid)
    return 0 if process is None else process.user_ticks + process.system_ticks
