"""Scene 0.2: let the function end its process with an exit code, three times.

Each call has a process of its own, which init adopts: so init is who learns how it ended.

Facts: `ends`, one for each call: `pid`, `code` (what was asked for), `call`, `wait_status`.
"""

from __future__ import annotations

import time
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.elsewhere import start
from lessonkit.scenes.zombies.stage import at_rest, loaded, steady

__all__ = ["goodbye"]

CALL_SECONDS = 3.0
SETTLE_SECONDS = 2.0


def goodbye(box: Box) -> None:
    """Codes are drawn when the student's process exists already; one of them is 0."""
    codes = [0, box.rng.randint(2, 120), box.rng.randint(130, 254)]
    box.rng.shuffle(codes)
    if not loaded(box):
        return
    ends: list[dict[str, Any]] = []
    for code in codes:
        ends.append(_one(box, code))
        box.fact("ends", ends)
        if ends[-1]["call"]["kind"] != "gone":
            return


def _one(box: Box, code: int) -> dict[str, Any]:
    """One process that calls goodbye(code). When the function comes back, it says so, and stays."""
    known = {p.identity for p in box.snapshot().processes}
    process, note = start(box, "plain", [code])
    if process is None:
        return {"pid": None, "code": code, "call": note, "wait_status": None}
    began = time.monotonic()
    process.let_go()
    box.wait_until(process.answered, CALL_SECONDS)
    # A copy that it has left may be on its way back yet.
    box.wait_until(
        steady(lambda: at_rest(p for p in box.snapshot().processes if p.identity not in known)),
        SETTLE_SECONDS,
    )
    this = {
        "pid": process.pid,
        "code": code,
        "call": process.note(time.monotonic() - began),
        "wait_status": process.wait_status(),
    }
    process.end()
    return this
