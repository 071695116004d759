"""Play the parents of 3.6 and their families: each has a zombie, for another reason.

They are started from the student's process and adopted by init, see `fixture_actor`. Which role
an actor plays, and the names of all, it reads from a pipe of init's: neither the student's
process nor a name tells.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Sequence
from typing import NoReturn

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, no_core_files, set_name

__all__ = ["NAMES", "fixture_actor", "start_actor"]


NAMES = (
    *("builder", "courier", "billing", "parcel", "invoice", "report", "starter", "worker"),
    *("mailer", "printer", "archive", "search", "resize", "upload", "index", "backup"),
    *("login", "queue", "cleaner", "checker", "fetcher", "spooler", "watcher", "helper"),
)
"""Anybody may have any of them: a parent, its zombie, its workers, a bystander."""


def start_actor(box: Box, role: str, says: int, gate: int, extra: int) -> int:
    """Start one of the roles of this file with these descriptors; return its pid."""
    script, writing = os.pipe()
    reply = box.fixture("actor", fds=[script, says, gate, extra])
    if reply.kind != "value":
        raise RuntimeError(f"an actor could not be started: {reply!r:.400}")
    os.write(writing, json.dumps([role, *box.rng.choices(NAMES, k=4)]).encode())
    os.close(script)
    os.close(writing)
    pid: int = reply.value
    return pid


def fixture_actor(fds: list[int]) -> int:
    """In the student's process, before its code is loaded: start an actor that init adopts.

    It is no child of the student's process then, but in the same domain, so the student's
    code may signal it in every tier. A Landlock domain may not signal its neighbours.
    """
    hears, says = os.pipe()
    middle = os.fork()
    if middle == 0:
        announce(says, _fork_actor(fds))
        os._exit(0)
    os.waitpid(middle, 0)
    pid = int(os.read(hears, 64))
    for fd in (hears, says, *fds):
        os.close(fd)
    return pid


def _fork_actor(fds: list[int]) -> int:
    pid = os.fork()
    if pid == 0:
        for fd in set(range(1024)) - set(fds):
            try:
                os.close(fd)  # with our channel among them
            except OSError:
                pass  # it was not open
        os.setsid()
        no_core_files()  # and so nobody traces it or takes its descriptors: ptrace(2)
        script, *others = fds
        role, name, *family = json.loads(os.read(script, 4096))
        os.close(script)
        act(name)
        _ACTORS[role](family, *others)
        os._exit(0)
    return pid


def _waiting_parent(names: Sequence[str], says: int, gate: int, end_gate: int) -> None:
    """Wait for any child, as one should; it is init that stops this process."""
    workers = _workers(names, gate)
    job = _fork(names[0], lambda: os.read(end_gate, 1))
    announce(says, job, *workers)
    while True:
        os.wait()


def _late_handler(names: Sequence[str], says: int, gate: int, _: int) -> None:
    """Install the handler after a child has ended already: that signal was lost."""
    workers = _workers(names, gate)
    job = _dead_child(names[0])

    def reap(*_: object) -> None:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass

    signal.signal(signal.SIGCHLD, reap)
    announce(says, job, *workers)
    _serve(gate)


def _polite_parent(names: Sequence[str], says: int, gate: int, goodbye: int) -> None:
    """Never wait; on SIGTERM say goodbye, then end."""
    workers = _workers(names, gate)
    job = _dead_child(names[0])

    def leave(*_: object) -> None:
        announce(goodbye, os.getpid())
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    announce(says, job, *workers)
    _serve(gate)


def _leave_behind(names: Sequence[str], says: int, _: int, end_gate: int) -> None:
    """End before the child does, so that init adopts it."""
    announce(says, _fork(names[0], lambda: os.read(end_gate, 1)))


def _workers(names: Sequence[str], gate: int) -> list[int]:
    return [_fork(name, lambda: _serve(gate)) for name in names[1:]]


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


def _bystander(_: Sequence[str], says: int, gate: int, __: int) -> None:
    announce(says, os.getpid())
    _serve(gate)


def _pair(names: Sequence[str], says: int, gate: int, __: int) -> None:
    """Two in one process group; the child is announced."""
    announce(says, _fork(names[0], lambda: _serve(gate)))
    _serve(gate)


_ACTORS: dict[str, Callable[..., None]] = {
    "stopped": _waiting_parent,
    "missed": _late_handler,
    "never": _polite_parent,
    "adopted": _leave_behind,
    "bystander": _bystander,
    "pair": _pair,
}
