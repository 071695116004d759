"""Scene 3.4: let children of the student's process end, a few at a time, and call reap_ready.

Facts: `calls`, one for each call, in order: what was ready (`expected`: pid -> code, as drawn by
init), what came back, and the children before and after.
"""

from __future__ import annotations

import signal
from typing import Any

from lessonkit.scenes.api import Box, Reply
from lessonkit.scenes.zombies.stage import (
    Child,
    ask,
    children_in_student,
    family,
    loaded,
    over,
    rest,
    settle,
    state,
)

__all__ = ["reap_ready"]

CALL_SECONDS = 2.0
DEAD_SECONDS = 5.0
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP, signal.SIGALRM)


def reap_ready(box: Box) -> None:
    """Call with several ready, with none, with one, with all that are left, with no child."""
    first, last = box.rng.randint(3, 4), box.rng.randint(2, 3)
    children = children_in_student(box, first + 1 + last)
    box.rng.shuffle(children)
    some, one, rest = children[:first], children[first : first + 1], children[first + 1 :]
    stopped = rest[0]
    box.kill(stopped.pid, signal.SIGSTOP)
    settle(box, lambda: state(box, stopped.pid) == "T", "a child did not stop")
    box.fact("stopped", stopped.pid)
    if not loaded(box):
        return

    calls: list[dict[str, Any]] = []
    for kind, dying in (
        ("some", some),
        ("none ready", []),
        ("one", one),
        ("none ready", []),
        ("the rest", rest),
        ("no child", []),
    ):
        this, reply = _call(box, kind, _let_end(box, dying))
        calls.append(this)
        box.fact("calls", calls)
        if over(reply) or not _as_expected(this):
            return
    box.finish()


def _let_end(box: Box, dying: list[Child]) -> dict[int, int]:
    """End these children, one in a group by a signal; return pid -> code."""
    expected: dict[int, int] = {}
    for number, child in enumerate(dying):
        if number == 0 and len(dying) > 1:
            fatal = box.rng.choice(_SIGNALS)
            box.kill(child.pid, fatal)
            box.kill(child.pid, signal.SIGCONT)  # a stopped one hears of it only now
            expected[child.pid] = -fatal
        else:
            expected[child.pid] = box.rng.randint(0, 255)
            child.exit(expected[child.pid])
    # Not `settle`: code that was loaded by now may collect them, or keep them from ending.
    box.wait_until(
        lambda: all(state(box, child.pid) in (None, "Z") for child in dying), DEAD_SECONDS
    )
    return expected


def _call(box: Box, kind: str, expected: dict[int, int]) -> tuple[dict[str, Any], Reply]:
    before = family(box.snapshot().children_of(box.student_pid))
    reply, note = ask(box, None, seconds=CALL_SECONDS)
    rest(box, [child["pid"] for child in before])
    this = {
        "case": kind,
        "expected": expected,
        "call": note,
        "before": before,
        "after": family(box.snapshot().children_of(box.student_pid)),
    }
    return this, reply


def _as_expected(this: dict[str, Any]) -> bool:
    """True if the dead are gone and the living are there: the next step has its stage."""
    pids = {child["pid"] for child in this["before"]} - set(this["expected"])
    return {child["pid"] for child in this["after"]} == pids
