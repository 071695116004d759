"""Scene 5.2: a program under a limit of its own; whose limit is it, and who else has it?

Facts: `before`, the limit of the student's process; `rounds`, one for each call: what was seen
while the program stood at its gate, and afterwards.
"""

from __future__ import annotations

import signal
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.bombs.common import new_since, nproc
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.forking.patience import Patience
from lessonkit.scenes.forking.programs import count_strays
from lessonkit.scenes.orphans.gates import place, running, tell
from lessonkit.scenes.zombies.stage import ask, at_rest, family, loaded, over, state, steady

__all__ = ["limited"]

CALL_SECONDS = 5.0
SETTLE_SECONDS = 1.0
SOON_SECONDS = 0.1
_LOWEST, _HIGHEST = 20, 56
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1)


class _Look:
    """During one call: look when the program stands at its gate, then let it end."""

    def __init__(
        self, box: Box, inspector: Inspector, argv: list[str], gate: str, code: int
    ) -> None:
        self._box = box
        self._argv = argv
        self._gate = gate
        self._code = code
        self.before = nproc(box.student_pid) or ["?", "?"]
        self.old = {p.identity for p in box.snapshot().processes}
        self.seen: dict[str, Any] | None = None
        self.released = False
        self._ready = steady(self._at_gate)
        self._patience = Patience(box, inspector)

    def _at_gate(self) -> bool:
        found = running(self._box.snapshot(), self._argv)
        return bool(found) and at_rest(found)

    def during(self) -> None:
        """Called again and again while the student's function has not come back."""
        if self.seen is None:
            if not self._ready():
                return
            found = running(self._box.snapshot(), self._argv)
            if not found:
                return
            program = found[0]
            self.seen = {
                "pid": program.pid,
                "ppid": program.ppid,
                "program": nproc(program.pid),
                "student": nproc(self._box.student_pid),
                "others": family(p for p in self.new() if p.pid != program.pid),
            }
        elif not self.released and self._patience.over(self._box.student_pid):
            if self._code < 0:
                self._box.kill(self.seen["pid"], -self._code)
                self.released = True
            else:
                self.released = tell(self._gate, str(self._code))

    def new(self) -> list[ProcessInfo]:
        """What has come since this look began."""
        return new_since(self._box, self.old)

    def settle(self) -> None:
        """Give what is on its way out the time for that."""
        self._box.wait_until(lambda: not self.new(), SOON_SECONDS)
        self._box.wait_until(lambda: at_rest(self.new()), SETTLE_SECONDS)


def limited(box: Box) -> None:
    """Call twice, with different numbers; one of the programs is ended by a signal."""
    inspector = Inspector(box)
    folder = place(box, "gate-0", "gate-1")
    before = nproc(box.student_pid)
    if before is None:
        raise RuntimeError("the limits of the student's process cannot be read")
    box.fact("before", before)
    if not loaded(box):
        return
    highest = _HIGHEST if before[1] == "unlimited" else min(_HIGHEST, int(before[1]) - 1)
    # The larger one last: a caller that has lowered its own hard limit cannot come back to it.
    numbers = sorted(box.rng.sample(range(min(_LOWEST, highest - 2), highest), 2))
    killed = box.rng.randrange(2)
    rounds: list[dict[str, Any]] = []
    for which, n in enumerate(numbers):
        code = -box.rng.choice(_SIGNALS) if which == killed else box.rng.randint(1, 255)
        gate = f"{folder}/gate-{which}"
        argv = ["sh", "-c", f"read code < {gate}; exit $code"]
        look = _Look(box, inspector, argv, gate, code)
        reply, note = ask(box, None, argv, n, seconds=CALL_SECONDS, while_waiting=look.during)
        if not over(reply):
            look.settle()
            count_strays(box, reply, note)
        rounds.append(
            {
                "n": n,
                "argv": argv,
                "code": code,
                "before": look.before,
                "call": note,
                "seen": look.seen,
                "after": nproc(box.student_pid),
                "left": family(look.new()),
            }
        )
        box.fact("rounds", rounds)
        if over(reply) or look.seen is None or note["strays"]:
            return
        for process in look.new():
            box.kill(process.pid, signal.SIGKILL)
        box.wait_until(lambda: state(box, box.student_pid) != "R", SETTLE_SECONDS)
