"""Say how long the processes of a session were kept waiting by a busy host, as init sees it.

Every process of the box counts, those that have ended among them: a function that waits for its
child is as late as the child is. It is a bound, not a measure, because waiting at the same time
counts for each; `patience.Deadline` takes off what the box has used itself, and ends in any case.

Source: the kernel's Documentation/scheduler/sched-stats, /proc/PID/schedstat, second field.
"""

from __future__ import annotations

from lessonkit.records import Snapshot
from lessonkit.sandbox.keeper import Keeper
from lessonkit.sandbox.patience import Deadline

__all__ = ["Waiting"]


class Waiting:
    """Adds it up with each of the snapshots that are taken to enforce limits."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._living: dict[tuple[int, int], float] = {}
        self._gone = 0.0
        keeper.on_sample = self._see

    def so_far(self) -> tuple[float, float]:
        """Seconds waited, and seconds of processor time used, as of the last snapshot."""
        return self._gone + sum(self._living.values()), self._keeper.used_seconds

    def deadline(self, seconds: float) -> Deadline:
        """So many seconds from now, and longer where the host was busy with others.

        Nothing is looked up unless they are over: most requests take milliseconds.
        """
        looks = [self.so_far]

        def look() -> tuple[float, float]:
            return looks.pop()() if looks else self._look()

        return Deadline(seconds, look)

    def _look(self) -> tuple[float, float]:
        self._see(self._keeper.snapshot())
        return self.so_far()

    def _see(self, snapshot: Snapshot) -> None:
        now, view = {}, self._keeper.view
        for process in snapshot.processes:
            key = (process.pid, process.start_ticks)
            one = process.threads <= 1
            waited = (view.waited_seconds if one else view.waited_seconds_of_threads)(process.pid)
            now[key] = max(waited, self._living.get(key, 0.0))
        self._gone += sum(waited for key, waited in self._living.items() if key not in now)
        self._living = now
