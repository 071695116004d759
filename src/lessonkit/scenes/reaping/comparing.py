"""Scene 6.8: eight ways to look after children; the kernel answers first, then the student's code.

Facts: `cases`, in the order of the calls: case, truth (what the kernel showed), call.
"""

from __future__ import annotations

from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.reaping.ways import WAYS, outcome
from lessonkit.scenes.zombies.stage import ask, loaded, over

__all__ = ["compare"]

CALL_SECONDS = 4.0


def compare(box: Box) -> None:
    """Build all eight, then ask for each what there is in the end."""
    cases: list[dict[str, Any]] = []
    for way in WAYS:
        ended = box.rng.randint(2, 4)
        case = {
            "way": way,
            "own": ended + box.rng.randint(1, 2),
            "ended": ended,
            # Which child one waitpid(-1) takes is up to the kernel: no question then.
            "library": 0 if way == "C" else box.rng.randint(1, 3),
        }
        cases.append({"case": case, "truth": outcome(box, case)})
    box.rng.shuffle(cases)
    if not loaded(box):
        return
    asked: list[dict[str, Any]] = []
    for one in cases:
        reply, note = ask(box, None, one["case"], seconds=CALL_SECONDS)
        asked.append({**one, "call": note})
        box.fact("cases", asked)
        if over(reply):
            return
