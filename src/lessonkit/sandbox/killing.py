"""End every process of a box, and prove that none is left.

Where the box has a pid namespace, or a Landlock domain of its own, kill(-1) reaches
exactly what is inside and is atomic against fork. For a box that has a user of its
own, kill(-1) by that user does the same. Elsewhere a walk stops and kills what
descends from this process until nothing is left. The walk does not reap meanwhile: the
zombies eat up the process limit of a bomb, so it cannot outrun the walk.

Source: kill(2), PR_SET_CHILD_SUBREAPER(2const).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from lessonkit.sandbox.tracer import WALL

__all__ = ["end_all", "is_childless"]

_PATIENCE_SECONDS = 5.0


def end_all(
    settings: dict[str, Any], on_status: Callable[[int, int], object] | None = None
) -> list[ProcessInfo]:
    """Kill and reap all descendants of this process; return those that are still alive.

    The caller is pid 1 of the box, or its subreaper. At most 5 seconds. *on_status* gets
    every (pid, wait status): a tracer must let those go that stop once more while dying.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_childless():
        if _alone(settings):
            with suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # never this process itself: kill(2)
        elif settings["unused_uid"] and not settings["pid_ns"]:
            _kill_as(settings["host_uid"])
        else:
            _walk_and_kill(until)
        if _reap_all(until, on_status):
            return []
        if time.monotonic() > until:
            left = procfs.snapshot(root_pid=os.getpid()).processes
            return [p for p in left if p.pid != os.getpid() and _lives(p)]
    return []


def is_childless() -> bool:
    """True if this process has no child at all, not even a zombie or a tracee.

    Said by pid 1 of a box or by its subreaper, it means that nothing else is left in the box,
    nor can be: whatever loses its parent becomes the child of somebody in the box, and every
    line of parents ends here. One system call, where a look into /proc takes dozens.
    """
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT | WALL)
    except ChildProcessError:
        return True
    return False


def _alone(settings: dict[str, Any]) -> bool:
    """Whether kill(-1) can reach the box only. Asked of what is, not of what was planned:
    from a process that is not confined, it would end everything that this user runs."""
    if settings["pid_ns"]:
        return os.getpid() == 1
    return bool(settings.get("in_keeper_domain"))


def _kill_as(uid: int) -> None:
    """Kill all that runs as *uid*, a user that only this box has: atomic against fork."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def _walk_and_kill(until: float) -> None:
    seen_alive = True
    while seen_alive and time.monotonic() < until:
        seen_alive = False
        for process in procfs.snapshot(root_pid=os.getpid()).processes:
            if process.pid != os.getpid() and _lives(process):
                seen_alive = True
                _signal(process, signal.SIGKILL)


def _lives(process: ProcessInfo) -> bool:
    """A process in state Z can still run: in threads that outlive its main thread."""
    return not process.is_zombie or process.threads > 1


def _signal(process: ProcessInfo, number: int) -> None:
    try:
        fd = os.pidfd_open(process.pid)
    except (ProcessLookupError, OSError):
        return  # it ended first
    try:
        now = procfs.read_process(process.pid)
        # The pid may have been given to somebody else since the walk: compare start times.
        if now is not None and now.identity == process.identity:
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(fd, number)
    finally:
        os.close(fd)


def _reap_all(until: float, on_status: Callable[[int, int], object] | None) -> bool:
    """Reap until there are no children at all; False when some outlive a short wait."""
    patience = min(until, time.monotonic() + 0.5)
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG | WALL)
        except ChildProcessError:
            return True
        if pid and on_status is not None:
            on_status(pid, status)
        if pid == 0:
            if time.monotonic() > patience:
                return False
            time.sleep(0.0005)
