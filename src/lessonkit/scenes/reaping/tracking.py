"""Scene 6.6: children that have ended before fork returns to their parent.

Facts: `start` (the call), `traceable`, `steps`, in order (kind "ordinary" or "fast"; argv, `call`:
the start, `ran`: the processes with that argv, `blocked`: SIGCHLD was blocked in it,
`while_it_ran`: the table then, `code`, `left`: it stayed a zombie, `table`: the call afterwards,
`traced`: the parent could be traced, `held`: how often it stood still until its child had ended).
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.gates import place, running, tell
from lessonkit.scenes.orphans.midwife import can_trace
from lessonkit.scenes.reaping.bursts import at_rest, collected
from lessonkit.scenes.reaping.holding import Holder
from lessonkit.scenes.zombies.stage import ask, family, loaded, over, rest, state

__all__ = ["no_lost_child"]

CALL_SECONDS = 6.0
START_SECONDS = 4.0
STEP_SECONDS = 2.0
FAST = 3


def no_lost_child(box: Box) -> None:
    """One that takes its time, then some that are faster than their parent."""
    names = [f"{box.rng.getrandbits(16):04x}" for _ in range(1 + FAST)]
    folder = place(box, *names)
    box.fact("traceable", traceable := can_trace(box))
    if not loaded(box):
        return
    reply, note = ask(box, None)
    box.fact("start", note)
    if reply.handle is None:
        return
    play = _Play(box, reply.handle, traceable=traceable)
    if play.ordinary(f"{folder}/{names[0]}"):
        for name in names[1:]:
            if not play.fast(f"{folder}/{name}"):
                break
    box.finish()


class _Play:
    def __init__(self, box: Box, handle: int, *, traceable: bool) -> None:
        self._box = box
        self._handle = handle
        self._traceable = traceable
        self._steps: list[dict[str, Any]] = []

    def ordinary(self, gate: str) -> bool:
        """Start one, see that it runs, let it end; False if there is nothing to build on."""
        box = self._box
        this = self._new(gate, "ordinary")
        self._start(this)
        pids = self._wait_for(this)
        if not pids:
            return False
        blocked = int(box.status_field(pids[0], "SigBlk") or "0", 16)
        this["blocked"] = bool(blocked >> (signal.SIGCHLD - 1) & 1)
        reply, this["while_it_ran"] = ask(box, self._handle)
        if over(reply):
            return False
        at_rest(box)
        box.wait_until(lambda: tell(gate, str(this["code"])), STEP_SECONDS)
        return self._end(this, pids)

    def fast(self, gate: str) -> bool:
        """Start one that has ended before its parent knows its pid."""
        box = self._box
        this = self._new(gate, "fast")
        holder = Holder(box) if self._traceable else None
        told = False

        def let_it_end() -> bool:
            nonlocal told
            this["ran"] = this["ran"] or family(running(box.snapshot(), this["argv"]))
            told = told or (bool(this["ran"]) and tell(gate, str(this["code"])))
            return told

        self._start(this, let_it_end)
        this["traced"] = holder is not None and holder.traced
        this["held"] = 0 if holder is None else holder.end()
        box.wait_until(let_it_end, STEP_SECONDS)
        return self._end(this, [p["pid"] for p in this["ran"]])

    def _new(self, gate: str, kind: str) -> dict[str, Any]:
        this: dict[str, Any] = {
            "kind": kind,
            "argv": ["sh", "-c", f"read code < {gate}; exit $code"],
            "code": self._box.rng.randint(1, 255),
            "ran": [],
        }
        self._steps.append(this)
        return this

    def _start(
        self, this: dict[str, Any], while_waiting: Callable[[], object] | None = None
    ) -> None:
        this["call"] = ask(
            self._box,
            self._handle,
            this["argv"],
            seconds=CALL_SECONDS,
            while_waiting=while_waiting,
        )[1]
        self._box.fact("steps", self._steps)

    def _wait_for(self, this: dict[str, Any]) -> list[int]:
        """The one process that runs the argv, as a child; nothing if it is not so."""
        box = self._box
        box.wait_until(lambda: bool(running(box.snapshot(), this["argv"])), START_SECONDS)
        found = running(box.snapshot(), this["argv"])
        this["ran"] = family(found)
        box.fact("steps", self._steps)
        if len(found) != 1 or found[0].ppid != box.student_pid:
            return []
        return [found[0].pid]

    def _end(self, this: dict[str, Any], pids: list[int]) -> bool:
        """It has ended, or does so now: is it collected, and what says the table?"""
        box = self._box
        box.wait_until(lambda: all(state(box, pid) in (None, "Z") for pid in pids), STEP_SECONDS)
        this["left"] = collected(box, pids)
        rest(box, [box.student_pid])
        if state(box, box.student_pid) is None:
            box.fact("steps", self._steps)
            return False
        reply, this["table"] = ask(box, self._handle)
        box.fact("steps", self._steps)
        return reply.kind == "value" and not this["left"]
