"""Measure time as the program had it: what it waited for a processor does not count.

A limit in seconds of wall time says "it hangs" or "it is slow" of a program. On a host that is
busy with others it says so of the host, and would cost a student points. So a deadline moves by
the time that the student's process, or init, stood ready to run while no processor was free; not
for ever, because a program may also be kept waiting by many processes of its own.

Source: the kernel's Documentation/scheduler/sched-stats, /proc/PID/schedstat, second field.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

__all__ = ["MOST", "MOST_OF_ALL", "Deadline"]

MOST = 3.0
"""A step's deadline moves by at most so many times its own length."""

MOST_OF_ALL = 1.0
"""And that of a whole scene, of many steps, by so many."""


class Deadline:
    """So many seconds from now, and longer where the host was busy."""

    def __init__(self, seconds: float, waited: Callable[[], float], *, most: float = MOST) -> None:
        """waited: seconds spent ready to run without a processor, since any fixed moment."""
        self._until = time.monotonic() + seconds
        self._most = most * seconds
        self._waited = waited
        self._before = 0.0 if math.isinf(seconds) else waited()

    def left(self) -> float:
        """Seconds that are left at least; 0.0 when time is up."""
        left = self._until - time.monotonic()
        if left > 0:
            return left
        moved = min(max(0.0, self._waited() - self._before), self._most)
        return max(0.0, left + moved)
