"""Photograph a tree again and again, without touching it.

Reading `/proc` neither stops nor slows the processes it shows, but what is born and reaped
between two photographs is not in them. `timeline_from_snapshots` says how much that was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from lessonkit import procfs
from lessonkit.records import Snapshot

__all__ = ["photographs"]


def photographs(
    root_pid: int,
    *,
    sample_seconds: float = 0.01,
    seconds: float = 10.0,
    done: Callable[[], bool] = lambda: False,
) -> Iterator[Snapshot]:
    """Yield a snapshot of the tree below *root_pid* every *sample_seconds*.

    Stops when *root_pid* is gone (its last, empty snapshot is yielded too), when *done*
    returns True (asked after each one), or after *seconds*. A photograph that took longer
    than the pace allows is followed by the next one at once: none is made up for.

    An orphan leaves the tree, and so looks gone, unless *root_pid* adopts it (as init or
    as a child subreaper).
    """
    ends_at = time.monotonic() + seconds
    next_at = time.monotonic()
    while True:
        photograph = procfs.snapshot(root_pid=root_pid)
        yield photograph
        next_at = max(next_at + sample_seconds, time.monotonic())
        if not photograph.processes or done() or next_at >= ends_at:
            return
        time.sleep(max(0.0, next_at - time.monotonic()))
