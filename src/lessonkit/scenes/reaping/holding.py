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
from lessonkit.scenes.zombies.stage import act, announce

__all__ = ["Holder"]

READY_SECONDS = 5.0
HOLD_SECONDS = 1.5
POLL_SECONDS = 0.002
_SEIZE, _CONT, _DETACH, _EVENT_MESSAGE = 0x4206, 7, 17, 0x4201
_TRACE_FORK, _TRACE_VFORK, _TRACE_CLONE, _TRACE_VFORK_DONE = 2, 4, 8, 32
_FORK, _VFORK, _CLONE, _VFORK_DONE, _STOP = 1, 2, 3, 5, 128
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
        self._pid = box.spawn(_hold, says, str(box.student_pid))
        os.close(says)
        box.wait_until(lambda: self._listen() or not self._lives(), READY_SECONDS)

    def end(self) -> int:
        """Let the process go; return how often it stood still until its child had ended."""
        self._box.kill(self._pid, signal.SIGKILL)
        self._box.wait_until(lambda: not self._lives(), READY_SECONDS)
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


def _hold(says: int, student: str) -> None:
    act("midwife")
    parent = int(student)
    options = _TRACE_FORK | _TRACE_VFORK | _TRACE_CLONE | _TRACE_VFORK_DONE
    if _ptrace(_SEIZE, parent, 0, options) != 0:
        return
    announce(says, 0)
    born = 0
    while True:
        traced, status = os.waitpid(-1, _WALL)
        if not os.WIFSTOPPED(status):
            if traced == parent:
                return
            continue
        if traced != parent:
            _ptrace(_DETACH, traced, 0, 0)  # a newborn, or a new thread: free
            continue
        event, deliver = status >> 16, 0
        if event in (_FORK, _VFORK):
            born = _message(parent)
        if event in (_FORK, _VFORK_DONE) and _set_free(born) and _has_ended(born):
            announce(says, born)
        if event == _STOP and os.WSTOPSIG(status) in _STOPPING:
            _ptrace(_LISTEN, parent, 0, 0)
            continue
        if event == 0:
            deliver = os.WSTOPSIG(status)
        _ptrace(_CONT, parent, 0, deliver)


def _message(parent: int) -> int:
    number = ctypes.c_ulong()
    _ptrace(_EVENT_MESSAGE, parent, 0, ctypes.addressof(number))
    return number.value


def _set_free(born: int) -> bool:
    """Let go of a newborn, which stands still at first; True, it is free now."""
    until = time.monotonic() + HOLD_SECONDS
    while time.monotonic() < until:
        try:
            traced, status = os.waitpid(born, _WALL | os.WNOHANG)
        except ChildProcessError:  # it was let go already
            return True
        if traced == born and os.WIFSTOPPED(status):
            _ptrace(_DETACH, born, 0, 0)
            return True
        time.sleep(POLL_SECONDS)
    return True


def _has_ended(born: int) -> bool:
    """Wait until it is a zombie; False if it lives on too long."""
    until = time.monotonic() + HOLD_SECONDS
    while time.monotonic() < until:
        process = procfs.read_process(born)
        if process is None or process.is_zombie:
            return True
        time.sleep(POLL_SECONDS)
    return False


def _ptrace(request: int, pid: int, address: int, data: int) -> int:
    ptrace = ctypes.CDLL(None).ptrace
    ptrace.restype = ctypes.c_long
    long = ctypes.c_long
    result: int = ptrace(long(request), long(pid), long(address), long(data))
    return result
