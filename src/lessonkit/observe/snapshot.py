"""Photograph the processes of this host as its user sees them."""

from __future__ import annotations

from lessonkit import procfs
from lessonkit.records import Snapshot

__all__ = ["snapshot"]


def snapshot(pid: int | None = None, *, cmdline: bool = False) -> Snapshot:
    """Photograph all processes, or only *pid* and the tree below it, in one pass.

    Processes that end meanwhile are left out. If *pid* is gone the snapshot is empty.

    Args:
        pid: the root of the tree; None for every process in `/proc`.
        cmdline: also read the arguments that each process was started with.

    Source: proc_pid_stat(5).
    """
    return procfs.snapshot(root_pid=pid, cmdline=cmdline)
