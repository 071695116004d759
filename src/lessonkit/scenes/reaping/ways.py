"""Build a process that looks after its children in one of eight ways; count what the kernel shows.

    found = outcome(box, {"way": "D", "own": 5, "ended": 3, "library": 2})

Everything here is trusted and runs before the student's code is loaded. The children wait at
pipes; the process is stopped while some of them end. What it knows it tells through a pipe.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, hear, settle, state, steady

__all__ = ["WAYS", "outcome"]

WAYS = "ABCDEFGH"
BUSY_SECONDS = 0.1

QUIET_SECONDS = 0.15
_RUN, _KNOWN = 1, 2


def outcome(box: Box, case: Mapping[str, Any]) -> dict[str, Any]:
    """What there is when all is quiet: runs, zombies, known, library, busy."""
    hears, says = os.pipe()
    gates = [os.pipe() for _ in range(case["own"] + case["library"])]
    reads = [read for read, _ in gates]
    pid = box.spawn(_be, case["way"], case["own"], says, *reads)
    for fd in (says, *reads):
        os.close(fd)
    children = hear(box, hears)[1:]
    own, library = children[: case["own"]], children[case["own"] :]
    # A signal on the last instructions before a system call would be heard after that only.
    box.wait_until(steady(lambda: state(box, pid) == "S"), 0.05 if case["way"] == "F" else 5.0)
    box.kill(pid, signal.SIGSTOP)
    settle(box, lambda: state(box, pid) == "T", "a made-up parent did not stop")
    ending = [*own[: case["ended"]], *library]
    codes = {child: box.rng.randint(1, 255) for child in ending}
    for child, (_, write) in zip(children, gates, strict=True):
        if child in codes:
            os.write(write, bytes([codes[child]]))
    # With way B, and only there, they vanish at once.
    settle(
        box,
        lambda: all(state(box, child) in ("Z", None) for child in ending),
        "the children of a made-up parent did not end",
    )
    box.kill(pid, signal.SIGCONT)
    told: list[list[int]] = []
    zombies = _when_quiet(box, pid, hears, told)
    busy = _is_busy(box, pid)
    known = {line[1]: line[2] for line in told if line[0] == _KNOWN}
    found = {
        "runs": sum(line[0] == _RUN for line in told),
        "zombies": len(zombies),
        "known": sum(known.get(child) == codes[child] for child in own if child in codes),
        "library": sum(child in zombies for child in library),
        "busy": busy,
    }
    for process in (*box.snapshot().children_of(pid), box.process(pid)):
        if process is not None:
            box.kill(process.pid, signal.SIGKILL)
    settle(box, lambda: state(box, pid) is None, "a made-up parent did not end")
    for fd in (hears, *(write for _, write in gates)):
        os.close(fd)
    return found


def _is_busy(box: Box, pid: int) -> bool:
    """Whether it goes on using the CPU when there is nothing left to collect."""
    seen: list[str | None] = []

    def look() -> bool:
        seen.append(state(box, pid))
        return False

    box.wait_until(look, BUSY_SECONDS)
    return seen.count("R") > len(seen) / 2


def _ticks(box: Box, pid: int) -> int:
    process = box.process(pid)
    return 0 if process is None else process.user_ticks + process.system_ticks


def _when_quiet(box: Box, pid: int, hears: int, told: list[list[int]]) -> list[int]:
    """The zombies that stay; what the parent tells meanwhile goes into *told*."""
    text = b""
    found: list[int] = []
    since, ticks = time.monotonic(), _ticks(box, pid)

    def quiet() -> bool:
        nonlocal text, since, found
        # First this: what it does after it was looked at shall not be missed below.
        had_its_turn = state(box, pid) == "S" or _ticks(box, pid) - ticks >= 2
        now = [p.pid for p in box.snapshot().children_of(pid) if p.is_zombie]
        news = bool(select.select([hears], [], [], 0)[0])
        if news:
            text += os.read(hears, 4096)
        if news or now != found:
            found, since = now, time.monotonic()
        return had_its_turn and time.monotonic() - since > QUIET_SECONDS

    settle(box, quiet, "a made-up parent does not come to rest")
    told += [[int(word) for word in line.split()] for line in text.splitlines()]
    return found


def _be(way: str, own: int, says: int, *gates: int) -> None:
    act("parent")
    pids = [_child(gate, gates) for gate in gates]
    mine = pids[:own]
    tell = _teller(says)
    if way in _HANDLERS:
        _HANDLERS[way](mine, tell)
    announce(says, os.getpid(), *pids)
    if way == "F":
        while True:
            tell(*os.waitpid(-1, os.WNOHANG))
    elif way == "G":
        while True:
            tell(*os.wait())
    elif way == "H":
        fds = {os.pidfd_open(pid): pid for pid in mine}
        while fds:
            for fd in select.select(list(fds), [], [])[0]:
                tell(*os.waitpid(fds.pop(fd), 0))
    while True:
        signal.pause()


def _child(gate: int, gates: tuple[int, ...]) -> int:
    pid = os.fork()
    if pid == 0:
        byte = os.read(gate, 1)
        os._exit(byte[0] if byte else 0)
    return pid


_Tell = Callable[[int, int], bool]


def _teller(says: int) -> _Tell:
    def tell(pid: int, status: int) -> bool:
        """True if somebody was collected."""
        if pid:
            announce(says, _KNOWN, pid, os.waitstatus_to_exitcode(status))
        return pid != 0

    def counted(pid: int, status: int) -> bool:
        if pid < 0:
            announce(says, _RUN)
            return True
        return tell(pid, status)

    return counted


def _ignore(mine: list[int], tell: _Tell) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def _once(mine: list[int], tell: _Tell) -> None:
    def handler(number: int, frame: object) -> None:
        tell(-1, 0)
        tell(*os.waitpid(-1, os.WNOHANG))

    signal.signal(signal.SIGCHLD, handler)


def _all(mine: list[int], tell: _Tell) -> None:
    def handler(number: int, frame: object) -> None:
        tell(-1, 0)
        while tell(*os.waitpid(-1, os.WNOHANG)):
            continue

    signal.signal(signal.SIGCHLD, handler)


def _own(mine: list[int], tell: _Tell) -> None:
    def handler(number: int, frame: object) -> None:
        tell(-1, 0)
        for pid in [*mine]:
            if tell(*os.waitpid(pid, os.WNOHANG)):
                mine.remove(pid)

    signal.signal(signal.SIGCHLD, handler)


_HANDLERS: Mapping[str, Callable[[list[int], _Tell], None]] = {
    "B": _ignore,
    "C": _once,
    "D": _all,
    "E": _own,
}
