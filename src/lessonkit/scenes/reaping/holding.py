"""Let a child be faster than its parent, always: an actor traces the parent during a call.

Whenever it has made a process, it stands still, within fork, until the newborn has ended (or a
second is over); its SIGCHLD is pending then. Without tracing that would need luck.

Source: ptrace(2), PTRACE_O_TRACEFORK, PTRACE_O_TRACEVFORKDONE; a tracer that ends lets all go.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import time

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, at_rest

__all__ = ["Holder"]

READY_SECONDS = 5.0
HOLD_SECONDS = 1.5
MOST_SECONDS = 4.5
"""The same for a child that only sleeps for a while first, so that it is not too fast; and for one
that is at work, or waits for a processor."""

POLL_SECONDS = 0.002
_SEIZE, _CONT, _DETACH, _EVENT_MESSAGE = 0x4206, 7, 17, 0x4201
_TRACE_FORK, _TRACE_VFORK, _TRACE_CLONE, _TRACE_VFORK_DONE = 2, 4, 8, 32
_FORK, _VFORK, _VFORK_DONE, _STOP = 1, 2, 5, 128
_LISTEN = 0x4208
_STOPPING = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
_WALL = 0x40000000


class Holder:
    """The actor, at work until its end."""

    def __init__(self, box: Box) -> None:
        """Begin to trace the student's process."""
        self._box = box
        self._hears, says = os.pipe()
        self._heard = b""
        stops, self._stop = os.pipe()
        self._pid = box.spawn(_hold, says, stops, str(box.student_pid))
        os.close(says)
        os.close(stops)
        box.wait_until(lambda: self._listen() or not self._lives(), READY_SECONDS)

    @property
    def traced(self) -> bool:
        """False if the student's process does not let itself be traced."""
        return self._heard.startswith(b"0\n")

    def end(self) -> int:
        """Let the process go; return how often it stood still until its child had ended.

        The actor is not killed: a signal that it had heard of, and not passed on yet, would be
        lost.
        """
        os.close(self._stop)
        if not self._box.wait_until(lambda: not self._lives(), READY_SECONDS):
            self._box.kill(self._pid, signal.SIGKILL)
        self._listen()
        os.close(self._hears)
        return max(0, self._heard.count(b"\n") - 1)

    def _lives(self) -> bool:
        process = self._box.process(self._pid)
        return process is not None and not process.is_zombie

    def _listen(self) -> bool:
        if select.select([self._hears], [], [], 0)[0]:
            self._heard = (self._heard + os.read(self._hears, 4096))[:4096]
        return b"\n" in self._heard


def _hold(says: int, stops: int, student: str) -> None:
    act("midwife")
    parent = int(student)
    options = _TRACE_FORK | _TRACE_VFORK | _TRACE_CLONE | _TRACE_VFORK_DONE
    seized = [_ptrace(_SEIZE, tid, 0, options) == 0 for tid in procfs.tasks(parent)]
    if not any(seized):
        return
    announce(says, 0)
    _Tracer(says, stops, parent).run()


class _Tracer:
    """Serve all threads of one process. Those that have forked stand still for a while."""

    def __init__(self, says: int, stops: int, parent: int) -> None:
        self._says = says
        self._stops = stops
        self._parent = parent
        self._born: dict[int, int] = {}
        self._held: dict[int, float] = {}
        self._latest: dict[int, float] = {}

    def run(self) -> None:
        """Until the process has ended, or nobody needs us any more and nobody waits for us."""
        while True:
            try:
                traced, status = os.waitpid(-1, _WALL | os.WNOHANG)
            except ChildProcessError:
                return
            if traced and os.WIFSTOPPED(status):
                self._stopped(traced, status)
            elif traced == self._parent:
                return
            elif not traced:
                self._let_go()
                if select.select([self._stops], [], [], POLL_SECONDS)[0] and not self._held:
                    return

    def _stopped(self, tid: int, status: int) -> None:
        if procfs.status_field(tid, "Tgid") != str(self._parent):
            _ptrace(_DETACH, tid, 0, 0)  # a newborn: free
            return
        event, deliver = status >> 16, 0
        if event in (_FORK, _VFORK):
            self._born[tid] = _message(tid)
        if event in (_FORK, _VFORK_DONE) and tid in self._born:
            self._held[tid] = time.monotonic() + HOLD_SECONDS
            self._latest[tid] = time.monotonic() + MOST_SECONDS
            return
        if event == _STOP and os.WSTOPSIG(status) in _STOPPING:
            _ptrace(_LISTEN, tid, 0, 0)
            return
        if event == 0:
            deliver = os.WSTOPSIG(status)
        _ptrace(_CONT, tid, 0, deliver)

    def _let_go(self) -> None:
        """Let those go on whose children have ended, or live on too long."""
        for tid, until in list(self._held.items()):
            born = procfs.read_process(self._born[tid])
            if born is None or born.is_zombie:
                announce(self._says, self._born[tid])
            elif time.monotonic() < until:
                if not at_rest([born]) or _naps(born.pid):
                    self._held[tid] = min(time.monotonic() + HOLD_SECONDS, self._latest[tid])
                continue
            del self._held[tid], self._born[tid]
            _ptrace(_CONT, tid, 0, 0)


def _naps(pid: int) -> bool:
    """True if it sleeps for a time, in nanosleep. Source: proc_pid_wchan(5)."""
    try:
        with open(f"/proc/{pid}/wchan", encoding="ascii") as file:
            return "sleep" in file.read()
    except OSError:
        return False  # it has ended


def _message(parent: int) -> int:
    number = ctypes.c_ulong()
    _ptrace(_EVENT_MESSAGE, parent, 0, ctypes.addressof(number))
    return number.value


def _ptrace(request: int, pid: int, address: int, data: int) -> int:
    ptrace = ctypes.CDLL(None).ptrace
    ptrace.restype = ctypes.c_long
    long = ctypes.c_long
    result: int = ptrace(long(request), long(pid), long(address), long(data))
    return result
