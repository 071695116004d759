"""Measure the time of a submission so that a busy host costs it nothing.

A limit in seconds says "this hangs" of a student's code, or of a test. Where others had the
processors meanwhile, it would say that of the host. So time in which the student's processes, or
the thread that runs the tests, stood ready to run and had no processor is given back: at most
`MOST_OF_ALL` times a limit for tests and the whole, `MOST` times one for a cell or a call
(`lessonkit.sandbox.patience`), so that what never ends is ended all the same.

Source: the kernel's Documentation/scheduler/sched-stats, /proc/PID/schedstat, second field.
"""

from __future__ import annotations

import os
import threading

from lessonkit import procfs
from lessonkit.sandbox.patience import MOST_OF_ALL, Deadline

__all__ = ["Clock", "waited_seconds"]

Look = tuple[float, float]
"""Seconds waited for a processor, and seconds of processor time that the box has used."""


class Clock:
    """What the processes of one submission have waited for. Made by the thread that judges."""

    def __init__(self) -> None:
        self._thread = threading.get_native_id()
        self._own = waited_seconds(self._thread)
        self._before: Look = (0.0, 0.0)
        self._session: Look = (0.0, 0.0)

    def hear(self, waited: float, used: float) -> None:
        """What init tells of the session that is at work, since that began."""
        self._session = (waited, used)

    def begin_session(self, seconds: float) -> None:
        """There is a new session, which counts from zero. To make it took so many seconds, which
        are nobody's: on a busy host a launcher that has to load everything first takes long."""
        (waited, used), (more_waited, more_used) = self._before, self._session
        self._before = (waited + more_waited + seconds, used + more_used)
        self._session = (0.0, 0.0)

    def look(self) -> Look:
        """Since the clock was made; never less than before, where the kernel counts at all."""
        own = max(0.0, waited_seconds(self._thread) - self._own)
        waited, used = self.of_boxes()
        return own + waited, used

    def of_boxes(self) -> Look:
        """The same without the thread that judges, which costs nothing to look at."""
        return self._before[0] + self._session[0], self._before[1] + self._session[1]

    def deadline(self, seconds: float) -> Deadline:
        """So many seconds from now, and longer where the host was busy with others."""
        return Deadline(seconds, self.look, most=MOST_OF_ALL)

    def own_seconds(self, wall_seconds: float, since: Look) -> float:
        """Of so many seconds, which have passed since that look `of_boxes`, those of no others."""
        waited, used = (now - then for now, then in zip(self.of_boxes(), since, strict=True))
        by_others = 1.0 - used / max(1e-9, len(os.sched_getaffinity(0)) * wall_seconds)
        return max(0.0, wall_seconds - max(0.0, waited * by_others))


def waited_seconds(task: int) -> float:
    """How long a thread of this process, or the first one of another, stood ready to run without a
    processor; 0.0 if it is gone or the kernel does not count."""
    found = procfs.schedule_seconds(task)
    return 0.0 if found is None else found[1]
