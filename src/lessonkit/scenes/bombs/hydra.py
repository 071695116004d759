"""A bomb that fights back, for 5.7: processes that watch each other and replace who is missing.

Bounded by construction: at most CAP processes live at a time, at most MOST_BIRTHS are ever made,
and each of them ends by itself after LIFE_SECONDS, whatever happens.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
from collections.abc import Sequence

from lessonkit.scenes.bombs.common import from_student
from lessonkit.scenes.zombies.stage import act

__all__ = ["CAP", "SIZE", "fixture_hydra"]

SIZE = 5
"""So many run."""

CAP = 12
"""So many are there, with the stopped ones."""

MOST_BIRTHS = 2000
LIFE_SECONDS = 120.0
PAUSE_SECONDS = 0.008
_NUMBER = struct.Struct("=i")


class _Board:
    """What they share: the number of births, then the pid of each, 0 where there is none.

    There is no lock: a stopped process could hold it. Who has the lowest pid of those that run may
    fork; should two of them think so for a moment, one more is there than has to be.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _NUMBER.size * (CAP + 1))

    def get(self, place: int) -> int:
        number: int = _NUMBER.unpack_from(self._memory, place * _NUMBER.size)[0]
        return number

    def put(self, place: int, number: int) -> None:
        _NUMBER.pack_into(self._memory, place * _NUMBER.size, number)


def fixture_hydra(fds: Sequence[int], name: str) -> list[int]:
    """In the student's process, before its code is loaded: start the bomb; return its pids."""
    board = _Board()
    return from_student(fds, SIZE, lambda number: _live(board, number, name))


def _live(board: _Board, number: int, name: str) -> None:
    act(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies: who is dead takes no room
    board.put(number + 1, os.getpid())
    until = time.monotonic() + LIFE_SECONDS
    while any(board.get(place) == 0 for place in range(1, SIZE + 1)):
        time.sleep(PAUSE_SECONDS)  # nobody looks before all of them are there
    while time.monotonic() < until:
        _look_around(board)
        time.sleep(PAUSE_SECONDS)


def _look_around(board: _Board) -> None:
    """Fork one more if one is missing; the child goes on like its parent."""
    pids = {place: board.get(place) for place in range(1, CAP + 1)}
    states = {place: _state(pid) for place, pid in pids.items()}
    free = [place for place, state in states.items() if state == "gone"]
    running = [pids[place] for place, state in states.items() if state == "runs"]
    if len(running) >= SIZE or not free or board.get(0) >= MOST_BIRTHS:
        return
    if os.getpid() != min(running, default=0):
        return
    board.put(0, board.get(0) + 1)
    pid = os.fork()
    board.put(free[0], pid or os.getpid())
    if pid == 0:
        os.setsid()


def _state(pid: int) -> str:
    """ "runs", "stopped" or "gone"."""
    if pid == 0:
        return "gone"
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            letter = file.read().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return "gone"
    return {b"Z": "gone", b"X": "gone", b"T": "stopped", b"t": "stopped"}.get(letter, "runs")
