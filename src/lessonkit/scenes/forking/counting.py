"""Scene 1.3: run each small program for real, count its processes, ask how_many.

Facts: `counted`, the number of processes that were there for each program and n; `cases`, what
the function answered.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Mapping
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.programs import CALL_SECONDS
from lessonkit.scenes.zombies.stage import act, announce, ask, at_rest, loaded, over, settle, steady

__all__ = ["PROGRAMS", "how_many"]

_ASLEEP = "sleep"


def _a(n: int) -> None:
    for _ in range(n):
        os.fork()


def _b(n: int) -> None:
    for _ in range(n):
        if os.fork() == 0:
            break


def _c(n: int) -> None:
    for _ in range(n):
        if os.fork() == 0:
            os.fork()
            break


def _d(n: int) -> None:
    for _ in range(n):
        os.fork() and os.fork()


def _e(n: int) -> None:
    for _ in range(n):
        os.fork()
        os.execvp(_ASLEEP, [_ASLEEP, "60"])


def _f(n: int) -> None:
    for _ in range(n):
        (os.fork() and os.fork()) or os.fork()


PROGRAMS: Mapping[str, Callable[[int], None]] = {
    "A": _a,
    "B": _b,
    "C": _c,
    "D": _d,
    "E": _e,
    "F": _f,
}
"""What the text of the exercise shows."""

_VALUES = {
    "A": range(3, 5),
    "B": range(3, 9),
    "C": range(3, 7),
    "D": range(2, 4),
    "E": range(2, 10),
    "F": range(1, 3),
}
"""For which n they are run: enough to tell formulas apart, few enough for the box."""


def how_many(box: Box) -> None:
    """Count first, while the code is not there yet; then ask, in random order."""
    chosen = [(name, n) for name, ns in _VALUES.items() for n in box.rng.sample(ns, 2)]
    counted = [{"program": name, "n": n, "count": _count(box, name, n)} for name, n in chosen]
    box.fact("counted", counted)
    if not loaded(box):
        return
    box.rng.shuffle(chosen)
    cases: list[dict[str, Any]] = []
    for name, n in chosen:
        reply, note = ask(box, None, name, n, seconds=CALL_SECONDS)
        cases.append({"program": name, "n": n, "call": note})
        box.fact("cases", cases)
        if over(reply):
            return
    box.finish()


def _count(box: Box, name: str, n: int) -> int:
    """Run one program; when all its processes are at their end, count and end them."""
    hears, says = os.pipe()
    gate, holds = os.pipe()
    session = box.spawn(_run, name, n, says, gate)
    for fd in (says, gate):
        os.close(fd)
    done: set[int] = set()
    text = b""

    def members() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.sid == session]

    def all_done() -> bool:
        nonlocal text
        while select.select([hears], [], [], 0)[0] and (more := os.read(hears, 4096)):
            text += more
        done.update(map(int, text.split()))
        now = members()
        return bool(now) and at_rest(now) and all(p.pid in done or p.comm == _ASLEEP for p in now)

    settle(box, steady(all_done), f"program {name} with n = {n} did not come to its end")
    found = members()
    for process in found:
        box.kill(process.pid, signal.SIGKILL)
    settle(box, lambda: not members(), f"program {name} did not go away")
    for fd in (hears, holds):
        os.close(fd)
    return len(found)


def _run(name: str, n: int, says: int, gate: int) -> None:
    act("program")
    PROGRAMS[name](n)
    announce(says, os.getpid())
    os.read(gate, 1)
