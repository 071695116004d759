"""How much of its time a busy host has kept from a scene: what is late for that is nobody's fault.

Source: the kernel's Documentation/scheduler/sched-stats, /proc/PID/schedstat, second field: the
time that a task stood ready to run, and others had the processors.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from lessonkit import procfs
from lessonkit.scenes.turns import waited_seconds

__all__ = ["AT_A_TIME", "Losses"]

AT_A_TIME = 0.05
"""Two looks of an undisturbed init are closer to each other than that, in seconds."""


class Losses:
    """Seconds since it was made that init, the student's process and others had to wait.

    Init's own are what its looks are too far apart: so what a virtual machine's host keeps from all
    of them counts as well. Waiting at the same time counts for each, and so does waiting that held
    up nobody: it is a bound, not a measure. Where /proc is not the box's own, only init's count.
    """

    def __init__(self, student_pid: int) -> None:
        self._student = student_pid
        self._stalled = 0.0
        self._before = {task: waited_seconds(task) for task in procfs.tasks(student_pid)}
        self._threads = dict(self._before)
        self._others: dict[int, float] = {}
        self._looked = time.monotonic()

    def look(self, pids: Iterable[int] = ()) -> None:
        """To be called every few milliseconds; *pids* are the others, born since it was made."""
        now = time.monotonic()
        self._stalled += max(0.0, now - self._looked - AT_A_TIME)
        self._looked = now
        for tasks, among in ((procfs.tasks(self._student), self._threads), (pids, self._others)):
            for task in tasks:
                among[task] = max(waited_seconds(task), among.get(task, 0.0))

    def so_far(self, pid: int | None = None) -> float:
        """Seconds until the last look: init's, the student's process's, and those of *pid*."""
        waited = sum(self._threads.values()) - sum(self._before.values())
        return self._stalled + waited + (0.0 if pid is None else self._others.get(pid, 0.0))

    def in_all(self) -> float:
        """Seconds until the last look, those of all others included."""
        return self.so_far() + sum(self._others.values())
