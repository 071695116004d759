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
from lessonkit.scenes.zombies.stage import act, announce, state

__all__ = ["MODES", "Flicker", "fixture_allow_tracing"]

VANISHING = 2
LATEST_SECONDS = 0.002
READY_SECONDS = 5.0
"""How long the actor may take; it is ready at once, unless the host is in trouble."""

MODES = ("listed", "opened", "random")
_CALLS = {"x86_64": (217, 257, 46), "aarch64": (61, 56, 211)}
_GETDENTS64, _OPENAT, _SENDMSG = _CALLS.get(os.uname().machine, (-1, -1, -1))
_SEIZE, _INTERRUPT, _SYSCALL, _DETACH, _SYSCALL_INFO = 0x4206, 0x4207, 24, 17, 0x420E
_TRACESYSGOOD = 1
_MOST_HEARD = 4096
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_EVENT_STOP = 128
_ENTRY, _EXIT = 1, 2
_WALL = 0x40000000
_PR_SET_PTRACER = 0x59616D61
_ANY = ctypes.c_ulong(-1)


class Flicker:
    """The actor. Its children vanish during the call after each cue.

    traceable: whether the actor can trace the student's process, as it is before the code is
    loaded. problems: what the student's code has done to the actor, or against it.
    """

    def __init__(self, box: Box, name: str) -> None:
        """Start the actor; the student's code must not be loaded yet."""
        self._box = box
        self._heard = b""
        self._hears, says = os.pipe()
        cue, self._cue = os.pipe()
        box.fixture("allow_tracing")
        self.pid = box.spawn(_flicker, name, says, cue, box.student_pid)
        first, second = self._news(), self._news()
        if first is None or second is None:
            raise RuntimeError("the actor whose children vanish did not begin")
        self.traceable = first == b"1"
        self._ready = True
        self.problems: list[str] = []

    def cue(self, mode: str) -> None:
        """Let some vanish during the call that comes next; returns when all is ready for it."""
        if not self.ready():
            return
        self._ready = False
        os.write(self._cue, bytes([MODES.index(mode)]))
        traced = self._news()  # the actor traces the student's process now, or it cannot
        if traced == b"0" and self.traceable and mode != "random":
            self.problems.append("untraceable")

    def ready(self) -> bool:
        """True once those that were to vanish have vanished, and others are there.

        The student's code may have ended or stopped the actor: then nobody vanishes.
        """
        if not self._ready and self._news() is None:
            self.problems.append("gone")
            return False
        self._ready = True
        return True

    def end(self) -> None:
        """End the actor. The student's process is free then, whatever state it was in."""
        self._box.kill(self.pid, signal.SIGKILL)

    def _news(self) -> bytes | None:
        """Wait for the next line of the actor; None if none comes."""
        self._box.wait_until(lambda: self._listen() or not self._lives(), READY_SECONDS)
        line, end, rest = self._heard.partition(b"\n")
        if not end:
            return None
        self._heard = rest
        return line

    def _listen(self) -> bool:
        """Take what there is, once: who floods the pipe does not keep init from its clock."""
        if b"\n" not in self._heard and select.select([self._hears], [], [], 0)[0]:
            self._heard = self._heard[:_MOST_HEARD] + os.read(self._hears, _MOST_HEARD)
        return b"\n" in self._heard

    def _lives(self) -> bool:
        return state(self._box, self.pid) not in (None, "Z", "X", "T")


def fixture_allow_tracing(fds: list[int]) -> None:
    """In the student's process: let a sister trace it, where Yama asks for that."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY, 0, 0, 0)


def _flicker(name: str, says: int, cue: int, student_pid: int) -> None:
    act(name)
    can_trace = _seize(student_pid)
    if can_trace:
        _let_go_of(student_pid)
    announce(says, int(can_trace))
    while True:
        pids = [_fork_one() for _ in range(VANISHING)]
        announce(says, *pids)
        mode = MODES[os.read(cue, 1)[0]]
        traced = mode != "random" and _seize(student_pid)
        announce(says, int(traced))
        if traced:
            _run_until(mode, student_pid, pids)
        else:
            select.select([], [], [], random.random() * LATEST_SECONDS)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        if traced:
            _ptrace(_DETACH, student_pid, 0, 0)


def _let_go_of(pid: int) -> None:
    """End the tracing of a process that `_seize` has let run into its system call."""
    _ptrace(_INTERRUPT, pid, 0, 0)
    os.waitpid(pid, _WALL)
    _ptrace(_DETACH, pid, 0, 0)


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
