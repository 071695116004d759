"""Let processes vanish in the middle of a call, exactly where it hurts.

To end them at a lucky moment would fail on a busy host. So an actor traces the student's
process during the call, and ends them while it stands still: after /proc was listed ("listed"),
or after one of their files was opened and before it is read ("opened"). For functions that
leave the looking to another program, and where tracing is not allowed, they vanish at a
random moment ("random").

Source: ptrace(2), PTRACE_SEIZE and PTRACE_GET_SYSCALL_INFO; getdents(2); PR_SET_PTRACER(2const).
"""

from __future__ import annotations

import ctypes
import os
import random
import select
import signal
import struct
from collections.abc import Sequence

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, hear

__all__ = ["MODES", "Flicker", "fixture_allow_tracing"]

VANISHING = 2
LATEST_SECONDS = 0.002
READY_SECONDS = 0.5

MODES = ("listed", "opened", "random")
_CALLS = {"x86_64": (217, 257, 46), "aarch64": (61, 56, 211)}
_GETDENTS64, _OPENAT, _SENDMSG = _CALLS.get(os.uname().machine, (-1, -1, -1))
_SEIZE, _INTERRUPT, _SYSCALL, _DETACH, _SYSCALL_INFO = 0x4206, 0x4207, 24, 17, 0x420E
_TRACESYSGOOD = 1
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_EVENT_STOP = 128
_ENTRY, _EXIT = 1, 2
_WALL = 0x40000000
_PR_SET_PTRACER = 0x59616D61
_ANY = ctypes.c_ulong(-1)


class Flicker:
    """The actor. Its children vanish during the call after each cue."""

    def __init__(self, box: Box) -> None:
        """Start the actor; the student's code must not be loaded yet."""
        self._box = box
        self._hears, says = os.pipe()
        cue, self._cue = os.pipe()
        box.fixture("allow_tracing")
        self.pid = box.spawn(_flicker, says, cue, box.student_pid)
        hear(box, self._hears)
        self._ready = True

    def cue(self, mode: str) -> None:
        """Let some vanish during the call that comes next; returns when all is ready for it."""
        # The student's code may have ended the actor: then nobody vanishes, and nobody waits.
        if not self._ready and not self._news():
            return
        self._ready = False
        os.write(self._cue, bytes([MODES.index(mode)]))
        self._news()  # the actor traces the student's process now, or it cannot

    def end(self) -> None:
        """End the actor. The student's process is free then, whatever state it was in."""
        self._box.kill(self.pid, signal.SIGKILL)

    def _news(self) -> bool:
        """Wait for the actor to say something; False if it does not."""
        if not self._box.wait_until(self._can_hear, READY_SECONDS):
            return False
        os.read(self._hears, 1)
        while self._can_hear() and os.read(self._hears, 1) != b"\n":
            pass
        return True

    def _can_hear(self) -> bool:
        return bool(select.select([self._hears], [], [], 0)[0])


def fixture_allow_tracing(fds: list[int]) -> None:
    """In the student's process: let a sister trace it, where Yama asks for that."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY, 0, 0, 0)


def _flicker(says: int, cue: int, student_pid: int) -> None:
    act("flicker")
    while True:
        pids = [_fork_one() for _ in range(VANISHING)]
        announce(says, *pids)
        mode = MODES[os.read(cue, 1)[0]]
        traced = mode != "random" and _seize(student_pid)
        announce(says, traced)
        if traced:
            _run_until(mode, student_pid, pids)
        else:
            select.select([], [], [], random.random() * LATEST_SECONDS)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        if traced:
            _ptrace(_DETACH, student_pid, 0, 0)


def _fork_one() -> int:
    pid = os.fork()
    if pid == 0:
        signal.pause()
        os._exit(0)
    return pid


def _seize(pid: int) -> bool:
    """Begin to trace a process that waits in its next system call; leave it stopped."""
    if _GETDENTS64 < 0 or _ptrace(_SEIZE, pid, 0, _TRACESYSGOOD) != 0:
        return False
    _ptrace(_INTERRUPT, pid, 0, 0)
    os.waitpid(pid, _WALL)
    _ptrace(_SYSCALL, pid, 0, 0)
    return True


def _run_until(mode: str, pid: int, vanishing: Sequence[int]) -> None:
    """Let it run until it is where *mode* says; then it stands still, stopped.

    Also when it is about to send its reply: it has not looked there itself.
    """
    number = argument = -1
    while True:
        status = os.waitpid(pid, _WALL)[1]
        if not os.WIFSTOPPED(status):
            os._exit(0)  # it has ended; init learns of it when its tracer is gone
        stop, deliver = os.WSTOPSIG(status), 0
        if stop == _SYSCALL_STOP:
            info = _syscall(pid)
            if info[0] == _ENTRY:
                number, argument = info[1:]
                if number == _SENDMSG:
                    return
            elif info[0] == _EXIT and _is_there(mode, pid, vanishing, (number, argument, info[1])):
                return
        elif status >> 16 != _EVENT_STOP:
            deliver = stop
        _ptrace(_SYSCALL, pid, 0, deliver)


def _is_there(mode: str, pid: int, vanishing: Sequence[int], call: tuple[int, int, int]) -> bool:
    number, argument, result = call
    if mode == "listed":
        return number == _GETDENTS64 and result > 0 and _path(pid, argument) == "/proc"
    if number != _OPENAT or result < 0:
        return False
    return _path(pid, result).startswith(tuple(f"/proc/{one}/" for one in vanishing))


def _syscall(pid: int) -> tuple[int, int, int]:
    """Entry: its number and first argument. Exit: what it returned."""
    info = ctypes.create_string_buffer(88)
    _ptrace(_SYSCALL_INFO, pid, len(info), ctypes.addressof(info))
    kind, number, argument = struct.unpack_from("=B23xqq", info.raw)
    return kind, number, argument


def _path(pid: int, fd: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}")
    except OSError:
        return ""


def _ptrace(request: int, pid: int, address: int, data: int) -> int:
    ptrace = ctypes.CDLL(None).ptrace
    ptrace.restype = ctypes.c_long
    long = ctypes.c_long
    result: int = ptrace(long(request), long(pid), long(address), long(data))
    return result
