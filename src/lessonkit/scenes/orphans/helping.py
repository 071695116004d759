"""Scene 4.7: made-up applications, with and without an init; the kernel answers first.

Facts: `cases` (app; `alone` and `init`: zombies, and whether SIGTERM ended it; call), `pid_1`:
False where nobody can make a pid namespace, so that "alone" was a subreaper only.
"""

from __future__ import annotations

from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.containers import outcome
from lessonkit.scenes.orphans.families import can_make_namespaces
from lessonkit.scenes.zombies.stage import ask, loaded, over

__all__ = ["would_init_help"]

CALL_SECONDS = 3.0
_WAITS = ("never", "own", "any")
_ON_SIGTERM = ("default", "handler", "ignored")


def would_init_help(box: Box) -> None:
    """Run all of them both ways, then ask for each what happened."""
    pid_1 = can_make_namespaces(box)
    box.fact("pid_1", pid_1)
    cases: list[dict[str, Any]] = []
    reactions = [*_ON_SIGTERM, *_ON_SIGTERM]
    box.rng.shuffle(reactions)
    for waits in _WAITS:
        for on_sigterm in (reactions.pop(), reactions.pop()):
            # Only pid 1 of a namespace is spared the default action.
            if on_sigterm == "default" and not pid_1:
                on_sigterm = "handler"
            app = {
                "children": box.rng.randint(1, 5),
                "orphans": box.rng.randint(1, 5),
                "waits": waits,
                "on_sigterm": on_sigterm,
            }
            cases.append({"app": app})
    box.rng.shuffle(cases)
    for case in cases:
        case["alone"] = outcome(box, case["app"], under_init=False)
        case["init"] = outcome(box, case["app"], under_init=True)
    if not loaded(box):
        return
    asked: list[dict[str, Any]] = []
    for case in cases:
        reply, note = ask(box, None, case["app"], seconds=CALL_SECONDS)
        asked.append({**case, "call": note})
        box.fact("cases", asked)
        if over(reply):
            return
