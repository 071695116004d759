"""Say what a process does with the time that it has, on a host that is busy with others, too.

Who sleeps in between, and is woken up, waits for its turn there, and is in state R as long as that:
nearly as often as one who never sleeps. What it does when it has its turn tells them apart.

Source: the kernel's Documentation/scheduler/sched-stats, /proc/PID/schedstat; proc_pid_status(5),
voluntary_ctxt_switches.
"""

from __future__ import annotations

import time

from lessonkit import procfs

__all__ = ["Turns", "waited_seconds"]


class Turns:
    """A process from now on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._naps = {tid: _naps(tid) for tid in procfs.tasks(pid)}
        self._ran = {tid: _ran_seconds(tid) for tid in procfs.tasks(pid)}
        self._asleep = 0.0
        self._since: tuple[int, float] | None = None

    def look(self) -> bool:
        """To be called every few milliseconds; True if its main thread slept since the last look.

        Each time that a thread goes to sleep the kernel counts one more; so if both looks found it
        asleep and the number is the same, it has slept in between, however busy the host is.
        """
        now, process = time.monotonic(), procfs.read_process(self._pid)
        before, self._since = self._since, None
        if process is None or process.state == "R":
            return False
        naps = _naps(self._pid)
        self._since = naps, time.monotonic()
        if before is None or before[0] != naps:
            return False
        self._asleep += now - before[1]
        return True

    def own(self) -> float | None:
        """The part of its time that its main thread ran, what it waited for others left out.

        1.0 if it ran and was never seen asleep; None where the kernel does not count.
        """
        ran, before = _ran_seconds(self._pid), self._ran.get(self._pid)
        if not ran or before is None:
            return None
        return (ran - before) / max(ran - before + self._asleep, 1e-9)

    def ran(self) -> float | None:
        """Seconds that its busiest thread ran, so far; None where the kernel does not count."""
        found = [
            now - (self._ran.get(tid) or 0.0)
            for tid in procfs.tasks(self._pid)
            if (now := _ran_seconds(tid))
        ]
        return max(found, default=None)

    def naps(self) -> int:
        """How often it has gone to sleep, so far: the thread that did so most often."""
        tids = procfs.tasks(self._pid)
        return max((_naps(tid) - self._naps.get(tid, 0) for tid in tids), default=0)


def _ran_seconds(task: int) -> float | None:
    """Since its birth; None when it is gone."""
    found = procfs.schedule_seconds(task)
    return None if found is None else found[0]


def _naps(task: int) -> int:
    return int(procfs.status_field(task, "voluntary_ctxt_switches") or 0)


def waited_seconds(task: int) -> float:
    """Seconds that a task has stood in line; 0.0 when it is gone, or the kernel does not count."""
    found = procfs.schedule_seconds(task)
    return 0.0 if found is None else found[1]
