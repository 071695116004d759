"""Scene 1.1: children that wait at gates; init decides when and how each of them ends.

Each child's number comes through its gate, so nobody in the box knows it before the child. While
one ends, its parent stands still (SIGSTOP), so that its zombie can be looked at.

The last gate stays closed while the parent only sleeps (see `Patience`).

Facts: `rounds`, one for each call: how many gates (`n`), the processes that stood at them
(`most` at any time, and `standing` once all were there), the threads of their parent, how each
one ended (`ended`: pid, what init did, wait status), what the call returned, what it left.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.forking.patience import Patience
from lessonkit.scenes.forking.programs import count_strays
from lessonkit.scenes.zombies.stage import (
    ask,
    at_rest,
    family,
    loaded,
    over,
    stands_still,
    state,
    steady,
)

__all__ = ["fixture_gates", "spawn_codes"]

CALL_SECONDS = 6.0
STEP_SECONDS = 1.0
LAST_SECONDS = 2.0
"""So much time is left for the last child and the answer, whatever came before."""

END_SECONDS = 3.0
BUSY_SECONDS = 1.0
LOOK_SECONDS = 0.01
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP, signal.SIGALRM)


def spawn_codes(box: Box) -> None:
    """Try a few children, then some more; once with one that a signal ends."""
    inspector = Inspector(box)
    counts = [box.rng.randint(2, 3), box.rng.randint(4, 6)]
    pipes = [[os.pipe() for _ in range(count)] for count in counts]
    reply = box.fixture("gates", fds=[read for some in pipes for read, _ in some])
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    for some in pipes:
        for read, _ in some:
            os.close(read)
    gates = list(reply.value)
    if not loaded(box):
        return
    rounds: list[dict[str, Any]] = []
    for count, some in zip(counts, pipes, strict=True):
        mine, gates = gates[:count], gates[count:]
        this = _Round(box, inspector, [write for _, write in some], fatal=len(some) > 3)
        clean = this.play(mine)
        rounds.append(this.facts)
        box.fact("rounds", rounds)
        if not clean:
            return
    box.finish()


def fixture_gates(fds: list[int]) -> list[int]:
    """In the student's process, before its code is loaded: the numbers of its new descriptors."""
    return fds


def _mixed(steps: Sequence[int | None], writes: Sequence[int]) -> bool:
    """True if the order of the ends is not that of the gates, even when one ends in another way.

    By chance it could be, and then who mixes up the two orders would be right.
    """
    without = [None, *writes] if len(writes) > 3 else [None]
    return all([s for s in steps if s != w] != [s for s in writes if s != w] for w in without)


class _Round:
    """One call: first all children stand at their gates, then they end one after the other."""

    def __init__(self, box: Box, inspector: Inspector, writes: list[int], *, fatal: bool) -> None:
        self._box = box
        self._inspector = inspector
        self._count = len(writes)
        self._steps: list[int | None] = [*writes]
        while not _mixed(self._steps, writes):
            box.rng.shuffle(self._steps)
        if fatal:
            self._steps.insert(box.rng.randrange(len(writes)), None)
        self._old = {p.identity for p in box.snapshot().processes}
        self._all_there = steady(self._standing)
        self._since: float | None = None
        self._adopted = len(box.adopted)
        self._alive: list[int] = []
        self._done = False
        self._began = 0.0
        self.facts: dict[str, Any] = {"n": self._count, "most": [], "threads": 1, "ended": []}

    def play(self, gates: list[int]) -> bool:
        """Call the function; False if another call would start from a mess."""
        box = self._box
        self._began = time.monotonic()
        reply, self.facts["call"] = ask(
            box, None, gates, seconds=CALL_SECONDS, while_waiting=self._direct
        )
        box.wait_until(lambda: at_rest(p for p in self._new() if not p.is_zombie), STEP_SECONDS)
        count_strays(box, reply, self.facts["call"])
        if not over(reply):  # else its children have another parent by now
            self._count_most()
        left = self._new()
        self.facts["left"] = family(left)
        self.facts["adopted"] = len(box.adopted) - self._adopted
        return not (over(reply) or left or self.facts["call"]["strays"]) and self._done

    def _new(self) -> list[ProcessInfo]:
        return [p for p in self._box.snapshot().processes if p.identity not in self._old]

    def _count_most(self) -> list[ProcessInfo]:
        new = self._new()
        if len(new) >= len(self.facts["most"]):  # the last look counts: they may have ended
            self.facts["most"] = family(new)
        parent = self._box.process(self._box.student_pid)
        if parent is not None:
            self.facts["threads"] = max(self.facts["threads"], parent.threads)
        return new

    def _standing(self) -> bool:
        """True if exactly the wanted children are there, alive and asleep.

        Their parent waits as well, or has been at work for a while: before that it may be about to
        come back, or to ask whether they have ended.
        """
        new, now = self._count_most(), time.monotonic()
        there = (
            len(new) == self._count
            and all(p.ppid == self._box.student_pid and not p.is_zombie for p in new)
            and at_rest(new)
        )
        self._since = (self._since or now) if there else None
        waits = state(self._box, self._box.student_pid) not in ("R", "D")
        return there and (waits or now > (self._since or now) + BUSY_SECONDS)

    def _direct(self) -> None:
        """During the call: when all stand at their gates, end them one by one."""
        if self._done or not self._all_there():
            return
        self._done = True
        new = self._new()
        self.facts["standing"] = family(new)
        self._alive = [p.pid for p in new]
        for write in self._steps[:-1]:
            self._end_one(write)
        latest = CALL_SECONDS - LAST_SECONDS - (time.monotonic() - self._began)
        patience = Patience(self._box, self._inspector, most_seconds=latest)
        while not patience.over(self._box.student_pid):
            self._box.wait_until(lambda: False, LOOK_SECONDS)
        self._end_one(self._steps[-1])

    def _end_one(self, write: int | None) -> None:
        """Send a number through a gate (or a signal), while the parent stands still."""
        box, parent = self._box, self._box.student_pid
        box.kill(parent, signal.SIGSTOP)
        box.wait_until(lambda: stands_still(box, parent), STEP_SECONDS)
        if write is None:
            number = box.rng.choice(_SIGNALS)
            cause = -int(number)
            box.kill(box.rng.choice(self._alive), number)
        else:
            cause = box.rng.randint(0, 255)
            try:
                os.write(write, bytes([cause]))
            except BrokenPipeError:
                pass  # its reader has ended, and so has the student's process
        ended: list[int] = []

        def over_or_nobody() -> bool:
            ended[:] = [pid for pid in self._alive if state(box, pid) in ("Z", "X", None)]
            living = [p for p in box.snapshot().processes if p.pid in self._alive]
            return bool(ended) or at_rest(living)  # it has no reader any more: a signal took it

        box.wait_until(steady(over_or_nobody), END_SECONDS)
        for pid in ended:
            self._alive.remove(pid)
            self.facts["ended"].append({"pid": pid, "cause": cause, "status": self._status_of(pid)})
        box.kill(parent, signal.SIGCONT)
        box.wait_until(
            steady(lambda: state(box, parent) == "S" or not self._is_there(ended)), STEP_SECONDS
        )

    def _is_there(self, pids: list[int]) -> bool:
        return any(state(self._box, pid) is not None for pid in pids)

    def _status_of(self, pid: int) -> int | None:
        """The wait status that its zombie holds; None if it was collected already."""
        process = self._box.process(pid)
        if process is None or not process.is_zombie:
            return None
        if process.exit_status is not None:
            return process.exit_status
        look = self._inspector.look(pid)
        return None if look is None else look.get("exit_status")
