"""Scene 5.1: run each small bomb for real, count who lives and who ever was, ask population.

The bombs are bounded by their own rounds: at most 32 processes live at a time.

Facts: `counted`, for each program and n how many were alive and how many forks there had been;
`large`: True where the number goes on from those that were counted; `cases`: the answers.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, ask, at_rest, loaded, over, settle, steady

__all__ = ["PROGRAMS", "population"]

CALL_SECONDS = 5.0


class _Actor:
    """One process of a program; it tells init when it is born, and when it stays."""

    def __init__(self, says: int, gate: int) -> None:
        self._says = says
        self._gate = gate

    def fork(self) -> int:
        """As os.fork; a child tells first of all that it is there."""
        pid = os.fork()
        if pid == 0:
            announce(self._says, os.getpid(), 0)
        return pid

    def stay(self) -> NoReturn:
        """Sleep until init ends the program."""
        announce(self._says, os.getpid(), 1)
        os.read(self._gate, 1)
        os._exit(0)


def _loop(n: int, this: _Actor) -> None:
    for _ in range(n):
        if this.fork() == 0:
            this.stay()
    this.stay()


def _double(n: int, this: _Actor) -> None:
    for _ in range(n):
        this.fork()
    this.stay()


def _bomb(n: int, this: _Actor) -> None:
    if n == 0:
        this.stay()
    for _ in range(2):
        if this.fork() == 0:
            _bomb(n - 1, this)
    os._exit(0)


def _tree(n: int, this: _Actor) -> None:
    if n == 0:
        this.stay()
    for _ in range(2):
        if this.fork() == 0:
            _tree(n - 1, this)
    this.stay()


def _relay(n: int, this: _Actor) -> None:
    if n == 0:
        this.stay()
    if this.fork() == 0:
        _relay(n - 1, this)
    os._exit(0)


PROGRAMS: Mapping[str, Callable[[int, _Actor], None]] = {
    "loop": _loop,
    "double": _double,
    "bomb": _bomb,
    "tree": _tree,
    "relay": _relay,
}
"""What the text of the exercise shows."""

_SMALL = {
    "loop": range(3, 9),
    "double": range(3, 6),
    "bomb": range(2, 5),
    "tree": range(2, 5),
    "relay": range(3, 10),
}
"""For which n they are run: few enough processes for the box."""

_LARGE = range(20, 61)

_GOES_ON: Mapping[str, Callable[[int], tuple[int, int]]] = {
    "loop": lambda n: (n + 1, n),
    "double": lambda n: (2**n, 2**n - 1),
    "bomb": lambda n: (2**n, 2 ** (n + 1) - 2),
    "tree": lambda n: (2 ** (n + 1) - 1, 2 ** (n + 1) - 2),
    "relay": lambda n: (1, n),
}
"""Only for numbers that nobody can run; compared with all that was counted."""


def population(box: Box) -> None:
    """Count first, while the code is not there yet; then ask, the large numbers last."""
    counted: list[dict[str, Any]] = []
    for name, ns in _SMALL.items():
        for n in box.rng.sample(ns, 2):
            alive, forked = _count(box, name, n)
            if (alive, forked) != _GOES_ON[name](n):
                raise RuntimeError(f"{name} with n = {n}: {alive} alive, {forked} forks counted")
            counted.append(_row(name, n, alive, forked, large=False))
        n = box.rng.choice(_LARGE)
        counted.append(_row(name, n, *_GOES_ON[name](n), large=True))
    box.fact("counted", counted)
    if not loaded(box):
        return
    cases: list[dict[str, Any]] = []
    box.rng.shuffle(counted)
    for row in sorted(counted, key=lambda row: bool(row["large"])):
        reply, note = ask(box, None, row["program"], row["n"], seconds=CALL_SECONDS)
        cases.append({"program": row["program"], "n": row["n"], "call": note})
        box.fact("cases", cases)
        if over(reply):
            return
    box.finish()


def _row(name: str, n: int, alive: int, forked: int, *, large: bool) -> dict[str, Any]:
    return {"program": name, "n": n, "alive": alive, "forked": forked, "large": large}


def _count(box: Box, name: str, n: int) -> tuple[int, int]:
    """Run one program; when all that live stay, count and end them."""
    hears, says = os.pipe()
    gate, holds = os.pipe()
    session = box.spawn(_run, name, n, says, gate)
    for fd in (says, gate):
        os.close(fd)
    born: set[int] = set()
    stayed: set[int] = set()
    text = b""

    def members() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.sid == session and not p.is_zombie]

    def all_stay() -> bool:
        nonlocal text
        while select.select([hears], [], [], 0)[0] and (more := os.read(hears, 4096)):
            text += more
        for line in text.split(b"\n")[:-1]:
            pid, stays = map(int, line.split())
            (stayed if stays else born).add(pid)
        now = members()
        return bool(now) and at_rest(now) and {p.pid for p in now} == stayed

    settle(box, steady(all_stay), f"program {name} with n = {n} did not come to its end")
    found = members()
    for process in found:
        box.kill(process.pid, signal.SIGKILL)
    settle(box, lambda: not members(), f"program {name} did not go away")
    for fd in (hears, holds):
        os.close(fd)
    return len(found), len(born)


def _run(name: str, n: int, says: int, gate: int) -> None:
    act("program")
    PROGRAMS[name](n, _Actor(says, gate))
