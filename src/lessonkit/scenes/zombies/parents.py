"""Play the parents of 3.6 and their families: each has a zombie, for another reason.

They are started from the student's process and adopted by init, see `fixture_actor`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import NoReturn

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, set_name, sleeper

__all__ = ["fixture_actor", "start_actor"]


def start_actor(box: Box, name: str, *fds: int) -> int:
    """Start one of the roles of this file with these descriptors; return its pid."""
    reply = box.fixture("actor", name, fds=fds)
    if reply.kind != "value":
        raise RuntimeError(f"an actor could not be started: {reply!r:.400}")
    pid: int = reply.value
    return pid


def fixture_actor(fds: list[int], name: str) -> int:
    """In the student's process, before its code is loaded: start an actor that init adopts.

    It is no child of the student's process then, but in the same domain, so the student's
    code may signal it in every tier. A Landlock domain may not signal its neighbours.
    """
    hears, says = os.pipe()
    middle = os.fork()
    if middle == 0:
        announce(says, _fork_actor(fds, name))
        os._exit(0)
    os.waitpid(middle, 0)
    pid = int(os.read(hears, 64))
    for fd in (hears, says, *fds):
        os.close(fd)
    return pid


def _fork_actor(fds: list[int], name: str) -> int:
    pid = os.fork()
    if pid == 0:
        for fd in set(range(1024)) - set(fds):
            try:
                os.close(fd)  # with our channel among them
            except OSError:
                pass  # it was not open
        os.setsid()
        _ACTORS[name](*fds)
        os._exit(0)
    return pid


def _waiting_parent(says: int, gate: int, end_gate: int) -> None:
    """Wait for any child, as one should; it is init that stops this process."""
    act("builder")
    workers = _workers(gate)
    job = _fork("job", lambda: os.read(end_gate, 1))
    announce(says, job, *workers)
    while True:
        os.wait()


def _late_handler(says: int, gate: int) -> None:
    """Install the handler after a child has ended already: that signal was lost."""
    act("courier")
    workers = _workers(gate)
    job = _dead_child("parcel")

    def reap(*_: object) -> None:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass

    signal.signal(signal.SIGCHLD, reap)
    announce(says, job, *workers)
    _serve(gate)


def _polite_parent(says: int, gate: int, goodbye: int) -> None:
    """Never wait; on SIGTERM say goodbye, then end."""
    act("billing")
    workers = _workers(gate)
    job = _dead_child("invoice")

    def leave(*_: object) -> None:
        announce(goodbye, os.getpid())
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    announce(says, job, *workers)
    _serve(gate)


def _leave_behind(says: int, end_gate: int) -> None:
    """End before the child does, so that init adopts it."""
    act("starter")
    announce(says, _fork("report", lambda: os.read(end_gate, 1)))


def _workers(gate: int) -> list[int]:
    return [_fork("worker", lambda: _serve(gate)) for _ in range(2)]


def _dead_child(name: str) -> int:
    pid = _fork(name, lambda: None)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid


def _fork(name: str, body: Callable[[], object]) -> int:
    pid = os.fork()
    if pid == 0:
        set_name(name)
        body()
        os._exit(0)
    return pid


def _serve(gate: int) -> NoReturn:
    while True:
        os.read(gate, 1)


def _bystander(says: int, gate: int) -> None:
    sleeper("bystander", says, gate)


_ACTORS: dict[str, Callable[..., None]] = {
    "stopped": _waiting_parent,
    "missed": _late_handler,
    "never": _polite_parent,
    "adopted": _leave_behind,
    "bystander": _bystander,
}
