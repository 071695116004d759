"""Measure time as the program had it: what it waited for a processor does not count.

A limit in seconds of wall time says "it hangs" or "it is slow" of a program. On a host that is
busy with others it says so of the host, and would cost a student points. So a deadline moves by
the time that the student's process, or init, stood ready to run while others had the processors.
Where it was the box itself that kept them busy, as a fork bomb does, it does not move; and it never
moves for ever.

Source: the kernel's Documentation/scheduler/sched-stats, /proc/PID/schedstat, second field.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable

__all__ = ["MOST", "MOST_OF_ALL", "Deadline"]

MOST = 3.0
"""A step's deadline moves by at most so many times its own length."""

MOST_OF_ALL = 2.0
"""And that of a whole scene, of many steps, by so many."""


class Deadline:
    """So many seconds from now, and longer where the host was busy with others."""

    def __init__(
        self,
        seconds: float,
        look: Callable[[], tuple[float, float]],
        *,
        most: float = MOST,
    ) -> None:
        """look: seconds spent ready to run without a processor, and seconds of processor time that
        the whole box has used, both since any fixed moment."""
        self._began = time.monotonic()
        self._seconds = seconds
        self._most = most * seconds
        self._look = look
        self._before = (0.0, 0.0) if math.isinf(seconds) else look()

    def left(self) -> float:
        """Seconds that are left at least; 0.0 when time is up."""
        gone = time.monotonic() - self._began
        return self._seconds - gone if gone < self._seconds else self.left_in_all()

    def left_in_all(self) -> float:
        """The same, with what has been given back by now, also before it is needed."""
        gone = time.monotonic() - self._began
        waited, used = (now - then for now, then in zip(self._look(), self._before, strict=True))
        by_others = 1.0 - used / (_processors() * max(gone, 1e-9))
        moved = min(max(0.0, waited * by_others), self._most)
        return max(0.0, self._seconds + moved - gone)


def _processors() -> int:
    return len(os.sched_getaffinity(0))
