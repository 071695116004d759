"""End a process exactly when its child is born, before the child has done anything.

An actor traces the process and stops it at its fork; the newborn stands still too. Then the
process is killed, and only when it is dead the newborn may go on. To hit that moment without
tracing would need luck.

Source: ptrace(2), PTRACE_O_TRACEFORK and PTRACE_O_TRACEVFORK; a tracer that ends lets all go.
"""

from __future__ import annotations

import ctypes
import os
import signal

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce

__all__ = ["can_trace", "fixture_let_trace", "start_midwife"]

_SEIZE, _CONT, _EVENT_MESSAGE = 0x4206, 7, 0x4201
_TRACE_FORK, _TRACE_VFORK, _TRACE_CLONE = 2, 4, 8
_FORK, _VFORK, _CLONE, _STOP = 1, 2, 3, 128
_WALL = 0x40000000
_PR_SET_PTRACER = 0x59616D61


def fixture_let_trace(fds: list[int]) -> None:
    """In the student's process: let others trace it, where Yama asks for that."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)


def can_trace(box: Box) -> bool:
    """True if actors can trace the student's process; ask before its code is loaded."""
    box.fixture("let_trace")
    hears, says = os.pipe()
    box.spawn(_try, says, str(box.student_pid))
    os.close(says)
    said = b""
    while more := _read(box, hears):
        said += more
    os.close(hears)
    return said == b"1\n"


def start_midwife(box: Box, pid: int, which: int) -> int:
    """Trace that process and kill it at its fork number *which*; return a pipe to read.

    The first line is 0 when the tracing has begun. The second is the number of its forks: with
    that of *which* it was killed, else it has ended before.
    """
    hears, says = os.pipe()
    box.spawn(_midwife, says, str(pid), str(which))
    os.close(says)
    return hears


def _read(box: Box, fd: int) -> bytes:
    os.set_blocking(fd, False)
    found: list[bytes] = []

    def readable() -> bool:
        try:
            found.append(os.read(fd, 64))
        except BlockingIOError:
            return False
        return True

    return found[0] if box.wait_until(readable, 5.0) else b""


def _try(says: int, pid: str) -> None:
    act("midwife")
    # Whoever ends lets go of whom it traces: nothing has to be undone.
    announce(says, int(_ptrace(_SEIZE, int(pid), 0, 0) == 0))


def _midwife(says: int, pid: str, which: str) -> None:
    act("midwife")
    parent = int(pid)
    if _ptrace(_SEIZE, parent, 0, _TRACE_FORK | _TRACE_VFORK | _TRACE_CLONE) != 0:
        return
    announce(says, 0)
    births, announced, held = 0, {parent}, set[int]()
    while True:
        traced, status = os.waitpid(-1, _WALL)
        if traced == parent and not os.WIFSTOPPED(status):
            announce(says, births)
            return
        if not os.WIFSTOPPED(status):
            continue
        if traced not in announced:
            held.add(traced)  # a newborn may be heard before the one that made it
            continue
        event, deliver = status >> 16, 0
        if event in (_FORK, _VFORK, _CLONE):
            born = _born(traced)
            is_process = event != _CLONE or _is_process(born)
            births += is_process
            if is_process and births == int(which):
                _kill(parent, born)
                announce(says, births)
                return
            announced.add(born)
            if born in held:
                _ptrace(_CONT, born, 0, 0)
        elif event != _STOP:
            deliver = os.WSTOPSIG(status)
        _ptrace(_CONT, traced, 0, deliver)


def _kill(parent: int, born: int) -> None:
    """End the parent while the newborn stands still; it has ended when all its threads have."""
    os.kill(parent, signal.SIGKILL)
    while True:
        traced, status = os.waitpid(-1, _WALL)
        if not os.WIFSTOPPED(status):
            if traced == parent:
                return
        elif traced != born:
            _ptrace(_CONT, traced, 0, 0 if status >> 16 else os.WSTOPSIG(status))


def _born(parent: int) -> int:
    number = ctypes.c_ulong()
    _ptrace(_EVENT_MESSAGE, parent, 0, ctypes.addressof(number))
    return number.value


def _is_process(born: int) -> bool:
    """False if what was made is one more thread."""
    return procfs.status_field(born, "Tgid") == str(born)


def _ptrace(request: int, pid: int, address: int, data: int) -> int:
    ptrace = ctypes.CDLL(None).ptrace
    ptrace.restype = ctypes.c_long
    long = ctypes.c_long
    result: int = ptrace(long(request), long(pid), long(address), long(data))
    return result
