"""Scene 6.7: children are stopped, continued and ended; what is told of it?

Between two steps init waits until the student's process has nothing to do: two pieces of news of
one child that come too fast are one for the kernel.

Facts: `start` (the call), `steps`, in order (kind; `happened`: pid, what, number; `left`: zombies
that stayed; `news`: the call), `living`: states of those that live on.
"""

from __future__ import annotations

import signal
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.reaping.bursts import FATAL, at_work, collected, continued, held
from lessonkit.scenes.zombies.stage import (
    Child,
    ask,
    children_in_student,
    loaded,
    over,
    rest,
    state,
    steady,
)

__all__ = ["events"]

NEWS_SECONDS = 3.0
STEP_SECONDS = 2.0
REST_SECONDS = 3.0
_CHILD_BIT = signal.SIGCHLD - 1
Happened = list[tuple[int, str, int]]


def events(box: Box) -> None:
    """One ends; one is stopped, continued, ended; several at once; one both stopped and ended."""
    children = children_in_student(box, 9)
    box.rng.shuffle(children)
    if not loaded(box):
        return
    reply, note = ask(box, None)
    box.fact("start", note)
    if reply.handle is None:
        return
    play = _Play(box, reply.handle)
    one, two, three, four, five, six, seven, eight, nine = children
    stop, go, exit_, hit = play.stop, play.go, play.exit, play.hit
    plan = [
        ("ends", [exit_(one)]),
        ("a signal", [hit(two)]),
        ("stopped", [stop(three)]),
        ("continued", [go(three)]),
        ("several at once", [stop(four), stop(five), exit_(six), hit(seven)]),
        ("stopped again", [stop(three), go(four)]),
        ("the stopped one ends", [hit(five), exit_(four)]),
        ("stopped and ended at once", [play.stop_and_hit(eight)]),
    ]
    for kind, happens in plan:
        if not play.step(kind, happens):
            break
    rest(box, [three.pid, nine.pid])
    box.fact("living", {child.pid: state(box, child.pid) for child in (three, nine)})
    box.finish()


class _Play:
    """The steps; what is planned is done while the student's process stands still."""

    def __init__(self, box: Box, handle: int) -> None:
        self._box = box
        self._handle = handle
        self._steps: list[dict[str, Any]] = []

    def stop(self, child: Child) -> tuple[Child, str, int]:
        """Stop it."""
        return child, "stopped", int(signal.SIGSTOP)

    def go(self, child: Child) -> tuple[Child, str, int]:
        """Continue it."""
        return child, "continued", int(signal.SIGCONT)

    def exit(self, child: Child) -> tuple[Child, str, int]:
        """Let it end with a code."""
        return child, "exited", self._box.rng.randint(1, 255)

    def hit(self, child: Child) -> tuple[Child, str, int]:
        """End it by a signal. Of those, a stopped child hears only SIGKILL at once."""
        return child, "signaled", int(self._box.rng.choice(FATAL))

    def stop_and_hit(self, child: Child) -> tuple[Child, str, int]:
        """Stop it and end it: the kernel tells of the end only."""
        return child, "stopped and signaled", int(signal.SIGKILL)

    def step(self, kind: str, happens: list[tuple[Child, str, int]]) -> bool:
        """Do these, then see what is told; False if the process cannot go on."""
        box = self._box
        held(box)
        happened = [self._do(*one) for one in happens]
        continued(box)
        ended = [pid for pid, what, _ in happened if what in ("exited", "signaled")]
        left = collected(box, ended)
        self._at_rest()
        reply, note = ask(box, self._handle, seconds=NEWS_SECONDS)
        self._steps.append({"kind": kind, "happened": happened, "left": left, "news": note})
        box.fact("steps", self._steps)
        return not over(reply) and not left

    def _do(self, child: Child, what: str, number: int) -> tuple[int, str, int]:
        box, pid = self._box, child.pid

        def until(states: tuple[str | None, ...]) -> None:
            box.wait_until(lambda: state(box, pid) in states, STEP_SECONDS)

        if what == "stopped and signaled":
            box.kill(pid, signal.SIGSTOP)
            until(("T", "Z", None))
            what = "signaled"
        if what == "stopped":
            box.kill(pid, signal.SIGSTOP)
            until(("T", "Z", None))
        elif what == "continued":
            box.kill(pid, signal.SIGCONT)
            until(("S", "R", "Z", None))
        elif what == "exited":
            child.exit(number)
            until(("Z", "X", None))
        else:
            if state(box, pid) == "T":
                number = int(signal.SIGKILL)
            box.kill(pid, number)
            until(("Z", "X", None))
        return pid, what, number

    def _at_rest(self) -> None:
        """Wait until the process has heard what was sent, and sleeps again."""
        box, pid = self._box, self._box.student_pid

        def idle() -> bool:
            fields = [box.status_field(pid, name) for name in ("SigPnd", "ShdPnd", "SigBlk")]
            pending = int(fields[0] or "0", 16) | int(fields[1] or "0", 16)
            waits = pending & ~int(fields[2] or "0", 16)
            return not waits >> _CHILD_BIT & 1 and not at_work(pid)

        rest(box, [pid])
        box.wait_until(steady(idle), REST_SECONDS)
