"""Hold a newborn child before it has done anything, as long as its parent does not wait for it.

Whether exec has worked a parent can be told by the child, or can guess: sleep for a while, and take
it for started if it still lives. Here the child stands still until its parent waits for something,
has come back, or has asked again and again. Only the guess is wrong then.

Source: ptrace(2), PTRACE_O_TRACEFORK and PTRACE_O_TRACEVFORK; a tracer that ends lets all go.
"""

from __future__ import annotations

import ctypes
import os
import select
import time
from dataclasses import dataclass

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import napping
from lessonkit.scenes.forking.patience import WAKES, wakes
from lessonkit.scenes.turns import waited_seconds
from lessonkit.scenes.zombies.stage import act, announce, state

__all__ = ["Delayer"]

READY_SECONDS = 5.0
HOLD_SECONDS = 2.5
POLL_SECONDS = 0.002
STEADY = 3
"""So many looks in a row have to say that the parent waits. One of them may fall between its going
to sleep and its sleeping, or meet something else that it had to wait for."""

_SEIZE, _CONT, _DETACH = 0x4206, 7, 17
_TRACE_FORK, _TRACE_VFORK, _TRACE_CLONE = 2, 4, 8
_WALL = 0x40000000


class Delayer:
    """The actor, at work until its end. Where nobody may trace it does nothing."""

    def __init__(self, box: Box) -> None:
        """Begin with the children that the student's process will have from now on."""
        self._box = box
        hears, says = os.pipe()
        stops, self._stop = os.pipe()
        self._pid = box.spawn(_delay, says, stops, str(box.student_pid))
        os.close(says)
        os.close(stops)
        box.wait_until(
            lambda: bool(select.select([hears], [], [], 0)[0]) or not self._lives(), READY_SECONDS
        )
        os.close(hears)

    def end(self) -> None:
        """Let all go."""
        os.close(self._stop)
        self._box.wait_until(lambda: not self._lives(), READY_SECONDS)
        self._box.kill(self._pid, 9)

    def _lives(self) -> bool:
        return state(self._box, self._pid) not in (None, "Z", "X")


@dataclass(kw_only=True, slots=True)
class _Held:
    """A newborn that stands still: until when, and until its parent has woken up so often."""

    until: float
    most: int
    waits: int = 0


def _delay(says: int, stops: int, student: str) -> None:
    act("midwife")
    parent = int(student)
    options = _TRACE_FORK | _TRACE_VFORK | _TRACE_CLONE
    seized = [_ptrace(_SEIZE, tid, options) == 0 for tid in procfs.tasks(parent)]
    if not any(seized):
        return
    announce(says, 0)
    held: dict[int, _Held] = {}
    while True:
        try:
            traced, status = os.waitpid(-1, _WALL | os.WNOHANG)
        except ChildProcessError:
            return
        if not traced:
            _let_go(parent, held)
            if select.select([stops], [], [], POLL_SECONDS)[0] and not held:
                return
        elif not os.WIFSTOPPED(status):
            held.pop(traced, None)
        elif procfs.status_field(traced, "Tgid") != str(parent):
            # What the parent waits for a processor comes on top: it looks later for that.
            until = time.monotonic() + HOLD_SECONDS - waited_seconds(parent)
            held[traced] = _Held(until=until, most=wakes(parent) + WAKES)
        else:
            _ptrace(_CONT, traced, 0 if status >> 16 else os.WSTOPSIG(status))


def _let_go(parent: int, held: dict[int, _Held]) -> None:
    """Let those newborns go on whose parent waits, or for whom the time is up."""
    for tid, one in list(held.items()):
        now = time.monotonic() - waited_seconds(parent)
        if now < one.until and wakes(parent) < one.most:
            one.waits = 0 if napping(parent) else one.waits + 1
            if one.waits < STEADY:
                continue
        del held[tid]
        _ptrace(_DETACH, tid, 0)


def _ptrace(request: int, pid: int, data: int) -> int:
    ptrace = ctypes.CDLL(None).ptrace
    ptrace.restype = ctypes.c_long
    long = ctypes.c_long
    result: int = ptrace(long(request), long(pid), long(0), long(data))
    return result
