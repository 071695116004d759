"""Scene 0.1: ask the same function in several processes which process runs it.

Facts: `calls`, one for each call: `pid` (who ran it, as init saw it), `groups` (its session and its
process group), `again` (the process that was asked first), `call`; `left`: what is there at the end
that was not there before.
"""

from __future__ import annotations

import os
import time
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.elsewhere import start
from lessonkit.scenes.zombies.stage import ask, at_rest, family, loaded

__all__ = ["hello"]

CALL_SECONDS = 3.0
SETTLE_SECONDS = 1.0
OTHERS = 3
MOST_SKIPPED = 9


def hello(box: Box) -> None:
    """Ask in the student's process, in three others that are forked from it, and there again."""
    known = {p.identity for p in box.snapshot().processes}
    if not loaded(box):
        return
    calls: list[dict[str, Any]] = []
    for where in ("first", *["other"] * OTHERS, "again"):
        this = _in_another(box) if where == "other" else _in_the_same(box)
        calls.append({**this, "again": where != "other"})
        box.fact("calls", calls)
        if this["call"]["kind"] != "value":
            return

    def left() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.identity not in known]

    box.wait_until(lambda: not left(), SETTLE_SECONDS)
    box.wait_until(lambda: at_rest(left()), SETTLE_SECONDS)
    box.fact("left", family(left()))


def _in_the_same(box: Box) -> dict[str, Any]:
    process = box.process(box.student_pid)
    call = ask(box, None, seconds=CALL_SECONDS)[1]
    return {"pid": box.student_pid, "groups": _groups(process), "call": call}


def _groups(process: ProcessInfo | None) -> list[int]:
    """The numbers of its session and its process group."""
    return [] if process is None else [process.sid, process.pgid]


def _in_another(box: Box) -> dict[str, Any]:
    """A process whose number nobody can know before: some numbers are used up first."""
    for _ in range(box.rng.randint(0, MOST_SKIPPED)):
        used = box.spawn(os.getpid)  # it ends at once
        box.wait_until(lambda used=used: box.process(used) is None, SETTLE_SECONDS)  # type: ignore[misc]
    process, note = start(box, "plain", [])
    if process is None:
        return {"pid": None, "groups": [], "call": note}
    groups = _groups(box.process(process.pid))
    began = time.monotonic()
    process.let_go()
    box.wait_until(process.answered, CALL_SECONDS)
    call = process.note(time.monotonic() - began)
    call["strays"] += note["strays"]  # copies that came back late from the call before
    call["stray_errors"] += note["stray_errors"]
    process.end()
    return {"pid": process.pid, "groups": groups, "call": call}
