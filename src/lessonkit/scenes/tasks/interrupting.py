"""Let a process vanish from a chain exactly while the student's function walks along it.

To hit that moment by luck would fail on a busy host. So an actor traces the student's process
during the call. When that has opened a file below /proc of the one that is to vanish, it stands
still, the process ends and is reaped, and only then the function goes on to read.

Source: ptrace(2), PTRACE_SEIZE; proc_pid_fd(5); PR_SET_PTRACER(2const).
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import time
from collections.abc import Sequence

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, set_name, state

__all__ = ["Interrupter", "can_trace", "fixture_let_trace"]

READY_SECONDS = 5.0
_SEIZE, _INTERRUPT, _SYSCALL, _DETACH = 0x4206, 0x4207, 24, 17
_TRACESYSGOOD = 1
_TRACE_CLONE = 8
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_EVENT_STOP = 128
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
    heard = _line(box, hears, None)
    os.close(hears)
    return heard == [1]


class Interrupter:
    """An actor with a chain of three below it; one of them vanishes during the next call.

    chain: pids of the three, the eldest first. The actor itself is their ancestor.
    """

    def __init__(self, box: Box, names: Sequence[str], victim: int) -> None:
        """victim: which of the three is to vanish."""
        self._box = box
        self._hears, says = os.pipe()
        go, self._go = os.pipe()
        self.pid = box.spawn(_be, says, go, str(box.student_pid), str(victim), *names)
        for fd in (says, go):
            os.close(fd)
        self.chain = _line(box, self._hears, self.pid) or []

    def begin(self) -> bool:
        """Trace the student's process from here on; False if that cannot be done."""
        try:
            os.write(self._go, b"!")
        except BrokenPipeError:
            return False  # it was ended by the student's code
        return _line(self._box, self._hears, self.pid) == [1]

    def end(self) -> bool:
        """Let go of the student's process, end all; True if it was interrupted."""
        hit = bool(select.select([self._hears], [], [], 0)[0]) and bool(os.read(self._hears, 64))
        for pid in (self.pid, *self.chain):
            self._box.kill(pid, signal.SIGKILL)
        for fd in (self._hears, self._go):
            os.close(fd)
        pids = {self.pid, *self.chain}
        self._box.wait_until(
            lambda: not any(p.pid in pids for p in self._box.snapshot().processes), READY_SECONDS
        )
        return hit


def _line(box: Box, fd: int, pid: int | None) -> list[int] | None:
    """One line of an actor; None when it says nothing any more."""
    text = b""

    def done() -> bool:
        nonlocal text
        if select.select([fd], [], [], 0)[0]:
            more = os.read(fd, 256)
            text += more
            return not more or text.endswith(b"\n")
        return pid is not None and state(box, pid) in (None, "Z", "X", "T")

    box.wait_until(done, READY_SECONDS)
    return [int(word) for word in text.split()] if text.endswith(b"\n") else None


def _try(says: int, student: str) -> None:
    act("clerk")
    # Whoever ends lets go of whom it traces: nothing has to be undone.
    announce(says, int(_ptrace(_SEIZE, int(student), 0) == 0))


def _be(says: int, go: int, student: str, victim: str, *names: str) -> None:
    act(names[0])
    chain = _make_chain(names[1:])
    announce(says, *chain)
    os.read(go, 1)
    pid = int(student)
    # The threads that it has, and those that it starts later: any of them may do the looking.
    threads = [
        tid for tid in procfs.tasks(pid) if _ptrace(_SEIZE, tid, _TRACESYSGOOD | _TRACE_CLONE) == 0
    ]
    if pid not in threads:
        announce(says, 0)
        os.read(go, 1)
        os._exit(0)
    for tid in threads:
        _ptrace(_INTERRUPT, tid, 0)
        os.waitpid(tid, _WALL)
        _ptrace(_SYSCALL, tid, 0)
    announce(says, 1)
    _run_until_opened(pid, chain[int(victim)])
    os.kill(chain[int(victim)], signal.SIGKILL)
    while os.path.exists(f"/proc/{chain[int(victim)]}"):
        try:
            os.waitpid(chain[0], os.WNOHANG)  # the eldest is ours to collect
        except ChildProcessError:
            pass
        time.sleep(0.0005)
    announce(says, 1)
    _let_go(pid)
    os.read(go, 1)


def _make_chain(names: Sequence[str]) -> list[int]:
    """Fork a child that forks a child, and so on; each collects its own. Return the pids."""
    hears, says = os.pipe()
    if os.fork() == 0:
        for number, name in enumerate(names):
            set_name(name)
            announce(says, number, os.getpid())
            if number + 1 == len(names):
                signal.pause()
            if os.fork() != 0:
                os.wait()
                signal.pause()
        os._exit(0)
    os.close(says)
    pids: dict[int, int] = {}
    with os.fdopen(hears) as lines:
        while len(pids) < len(names):
            number, pid = map(int, lines.readline().split())
            pids[number] = pid
    return [pids[number] for number in sorted(pids)]


def _run_until_opened(pid: int, victim: int) -> None:
    """Let it run from system call to system call until a file of the victim's is open.

    The thread that has opened it stands still then.
    """
    while True:
        traced, status = os.waitpid(-1, _WALL)
        if not os.WIFSTOPPED(status):
            if traced == pid:
                os._exit(0)  # it has ended; init learns of it when its tracer is gone
            continue  # a thread of it has ended, or one of the chain
        stop, deliver = os.WSTOPSIG(status), 0
        if stop == _SYSCALL_STOP:
            if _has_open(pid, f"/proc/{victim}"):
                return
        elif status >> 16 == 0:
            deliver = stop
        _ptrace(_SYSCALL, traced, deliver)


def _let_go(pid: int) -> None:
    """Detach from each of its threads; those that run have to be stopped for that."""
    left = {tid for tid in procfs.tasks(pid) if _ptrace(_DETACH, tid, 0) != 0}
    for tid in left:
        _ptrace(_INTERRUPT, tid, 0)
    until = time.monotonic() + READY_SECONDS
    while left and time.monotonic() < until:
        traced, status = os.waitpid(-1, _WALL | os.WNOHANG)
        if traced in left:
            stop = os.WSTOPSIG(status) if os.WIFSTOPPED(status) else 0
            deliver = stop if stop != _SYSCALL_STOP and status >> 16 == 0 else 0
            _ptrace(_DETACH, traced, deliver)
            left.discard(traced)
        elif not traced:
            left.intersection_update(procfs.tasks(pid))
            time.sleep(0.0005)


def _has_open(pid: int, directory: str) -> bool:
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            path = os.readlink(f"/proc/{pid}/fd/{name}")
            if path == directory or path.startswith(directory + "/"):
                return True
    except OSError:
        return False  # closed in this moment by another thread, or not for us to see
    return False


def _ptrace(request: int, pid: int, data: int) -> int:
    ptrace = ctypes.CDLL(None).ptrace
    ptrace.restype = ctypes.c_long
    long = ctypes.c_long
    result: int = ptrace(long(request), long(pid), long(0), long(data))
    return result
