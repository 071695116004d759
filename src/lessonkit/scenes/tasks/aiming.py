"""Scene 2.5: aim at processes, let some of them end, give the number of one to an impostor, shoot.

Facts: `reuse`: whether a number can be given away again here; `shots`, in the order of the calls:
which target (`case`), its `pid`, the calls that aimed and sent, the `signal`, the state before
(`was`) and after, the wait status of who was ended (`hit`), and whose state `changed` besides;
`hurt`: the state of one that nobody aimed at; `left`.
"""

from __future__ import annotations

import os
import select
import signal
from typing import Any

from lessonkit.scenes.api import Box, Reply
from lessonkit.scenes.tasks.renumbering import can_choose_numbers, spawn_as
from lessonkit.scenes.zombies.parents import start_actor
from lessonkit.scenes.zombies.stage import (
    ask,
    hear,
    left_over,
    loaded,
    over,
    rest,
    settle,
    sleeper,
    state,
)

__all__ = ["safe_kill"]

CALL_SECONDS = 3.0
HIT_SECONDS = 2.0
GONE_SECONDS = 5.0
TICK_SECONDS = 0.05
"""Long enough that start times differ: they are counted in hundredths of a second."""

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGINT)
_LIVING = ("one", "another")


def safe_kill(box: Box) -> None:
    """Aim at all of them first, then send; the dead, the gone and the impostor come last."""
    play = _Play(box)
    if not loaded(box):
        return
    play.known = {p.pid for p in box.snapshot().processes}
    order = list(play.pids)
    box.rng.shuffle(order)
    for case in order:
        if case != "neighbour" and not play.aim(case):
            return
    living = list(_LIVING)
    box.rng.shuffle(living)
    if not all(play.shoot_living(case) for case in living):
        return
    if not play.shoot_dead():
        return
    if "reused" in play.pids and not play.shoot_impostor():
        return
    play.aim("nobody", play.pids["ended"])
    play.finish()


class _Play:
    """What the steps of the scene share."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._hears, says = os.pipe()
        self._gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
        self._says = says
        self.known: set[int] = set()
        self.shots: list[dict[str, Any]] = []
        self._aimed: dict[str, dict[str, Any]] = {}
        self._handles: dict[str, int | None] = {}
        reuse = can_choose_numbers(box)
        box.fact("reuse", reuse)
        self.pids: dict[str, int] = {}
        roles = [*_LIVING, "ended"]
        box.rng.shuffle(roles)
        for role in roles:
            # The neighbour is a child of one of them, in the same process group.
            kind = "pair" if role == _LIVING[0] else "bystander"
            self.pids[role] = start_actor(box, kind, says, self._gate, self._gate)
            (said,) = hear(box, self._hears)
            if kind == "pair":
                self.pids["neighbour"] = said
        self._name = "worker"
        if reuse:
            self.pids["reused"] = box.spawn(sleeper, self._name, says, self._gate)
            hear(box, self._hears)
        settle(
            box,
            lambda: all(state(box, pid) == "S" for pid in self.pids.values()),
            "an actor did not rest",
        )

    def aim(self, case: str, pid: int | None = None) -> bool:
        """Call the function; keep what it returns."""
        number = self.pids[case] if pid is None else pid
        reply, note = ask(self._box, None, number, seconds=CALL_SECONDS)
        self._handles[case] = reply.handle
        if case == "nobody" and note["error"] and note["error"]["type"] == "ProcessLookupError":
            note["error"]["traceback"] = ""  # that is asked for, and nothing to be shown as a fault
        self._aimed[case] = {"case": case, "pid": number, "aim": note}
        if over(reply) or reply.handle is None or case == "nobody":
            self._write(case)
        return not over(reply)

    def shoot_living(self, case: str) -> bool:
        """Send to a process that lives; see which signal has ended it."""
        sig = self._box.rng.choice(_SIGNALS)
        since = len(self._box.adopted)
        pid = self.pids[case]
        reply = self._send(case, sig)
        if reply is None:
            return True

        def status() -> int | None:
            found = [c.wait_status for c in self._box.adopted[since:] if c.pid == pid]
            return found[0] if found else None

        self._box.wait_until(lambda: status() is not None, HIT_SECONDS)
        self._write(case, hit=status(), state=state(self._box, pid))
        return not over(reply)

    def shoot_dead(self) -> bool:
        """Send to a zombie, then to the same when it is gone."""
        box, pid = self._box, self.pids["ended"]
        with box.hold_reaping():
            box.kill(pid, signal.SIGKILL)
            box.wait_until(lambda: state(box, pid) in ("Z", None), GONE_SECONDS)
            reply = self._send("ended", self._box.rng.choice(_SIGNALS))
            if reply is not None:
                self._write("ended")
        box.wait_until(lambda: box.process(pid) is None, GONE_SECONDS)
        if reply is None:
            return True
        if over(reply):
            return False
        reply = self._send("ended", self._box.rng.choice(_SIGNALS))
        self._write("ended", name="gone")
        return reply is not None and not over(reply)

    def shoot_impostor(self) -> bool:
        """End the target, give its number and its name to another process; send; aim anew."""
        box, pid = self._box, self.pids["reused"]
        box.kill(pid, signal.SIGKILL)
        box.wait_until(lambda: box.process(pid) is None, GONE_SECONDS)
        box.wait_until(lambda: False, TICK_SECONDS)
        impostor = spawn_as(box, pid, sleeper, self._name, self._says, self._gate)
        said = impostor == pid and box.wait_until(self._impostor_speaks, GONE_SECONDS)
        if not said or not box.wait_until(lambda: state(box, pid) == "S", GONE_SECONDS):
            self._write("reused", staged=False)
            return True
        reply = self._send("reused", self._box.rng.choice(_SIGNALS))
        if reply is None:
            return True
        rest(box, [pid])
        self._write("reused", staged=True, state=state(box, pid))
        if over(reply) or state(box, pid) != "S":
            return not over(reply)
        if not self.aim("itself", pid):
            return False
        reply = self._send("itself", self._box.rng.choice(_SIGNALS))
        if reply is None:
            return True
        box.wait_until(lambda: box.process(pid) is None, HIT_SECONDS)
        self._write("itself", state=state(box, pid))
        return not over(reply)

    def _impostor_speaks(self) -> bool:
        """Not `hear`, which takes silence for our failure: it may be the student's doing."""
        return bool(select.select([self._hears], [], [], 0)[0])

    def finish(self) -> None:
        """See what became of all the others."""
        box = self._box
        rest(box, [self.pids["neighbour"]])
        box.fact("hurt", state(box, self.pids["neighbour"]))
        box.fact(
            "left",
            left_over(
                box, lambda: [p for p in box.snapshot().processes if p.pid not in self.known]
            ),
        )

    def _send(self, case: str, sig: int) -> Reply | None:
        """Call what was returned for this target; None if nothing that can be called was."""
        handle = self._handles.get(case)
        if handle is None:
            return None
        box, target = self._box, self._aimed[case]["pid"]
        was = state(box, target)
        others = [pid for pid in self.pids.values() if pid != target and state(box, pid) == "S"]
        reply, note = ask(box, handle, int(sig), seconds=CALL_SECONDS)
        rest(box, others)
        changed = [{"pid": pid, "state": state(box, pid)} for pid in others]
        changed = [other for other in changed if other["state"] != "S"]
        self._aimed[case] |= {"signal": int(sig), "was": was, "send": note, "changed": changed}
        return reply

    def _write(self, case: str, *, name: str = "", **seen: Any) -> None:
        """Write down one aim or shot, as it is known by now."""
        self.shots.append({**self._aimed[case], "case": name or case, **seen})
        self._box.fact("shots", self.shots)
