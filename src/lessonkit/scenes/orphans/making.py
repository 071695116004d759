"""Scene 4.1: call orphan in turn with and without a subreaper among the ancestors.

Facts: `rounds`, one for each call: whether the student's process was a subreaper, what came
back, the new processes that were there then, how many had been made (None if not known).
"""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import (
    ask,
    at_rest,
    family,
    late_strays,
    loaded,
    noted,
)

__all__ = ["fixture_subreaper", "orphan"]

CALL_SECONDS = 4.0
SETTLE_SECONDS = 0.3
BUSY_SECONDS = 5.0
ROUNDS = 3
_PR_SET_CHILD_SUBREAPER = 36


def orphan(box: Box) -> None:
    """Call three times; at least once with, and at least once without a subreaper."""
    if not loaded(box):
        return
    plan = [True, False, box.rng.random() < 0.5]
    box.rng.shuffle(plan)
    rounds: list[dict[str, Any]] = []
    box.fact("rounds", rounds)
    for subreaper in plan:
        # The code of the student's process may do anything with this by now: the judge asks
        # who did adopt, and compares.
        ready = noted(box.fixture("subreaper", subreaper, []))
        this: dict[str, Any] = {"subreaper": subreaper, "call": ready}
        if ready["kind"] == "value":
            this = _round(box, subreaper)
        rounds.append(this)
        box.fact("rounds", rounds)
        if this["call"]["kind"] != "value":
            return


def fixture_subreaper(fds: list[int], flag: bool, ended: list[int]) -> None:
    """In the student's process: be a subreaper or not, and collect what init has ended."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(flag), 0, 0, 0)
    for pid in ended:
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            pass  # it was init's child, or is reaped already


def _round(box: Box, subreaper: bool) -> dict[str, Any]:
    """One call. The processes that it made are ended afterwards."""
    known = {p.identity for p in box.snapshot().processes}
    forks = box.forks()

    def new() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.identity not in known]

    reply, note = ask(box, None, seconds=CALL_SECONDS)
    if reply.kind == "value":
        # Who answers before the parent has ended was too early, not too slow: this only lets
        # those come to rest that are on their way to a file or to their end.
        box.wait_until(lambda: len(new()) == 1 and at_rest(new()), SETTLE_SECONDS)
        box.wait_until(lambda: at_rest(new()), BUSY_SECONDS)
    there = new()
    this = {
        "subreaper": subreaper,
        "call": note,
        "new": family(there),
        "forked": _difference(box.forks(), forks),
    }
    for process in there:
        box.kill(process.pid, signal.SIGKILL)
    box.wait_until(lambda: all(p.is_zombie for p in new()), BUSY_SECONDS)
    if reply.kind == "value":
        swept = box.fixture("subreaper", False, [process.pid for process in there])
        late_strays(note, swept)
    return this


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before
