"""Scene 2.2: a child in the state that was asked for, one call for each, and some twice.

A state is seen once or many times: only the second says that the child stays in it.

Facts: `rounds`, one for each call: the `letter`, the answer, the processes that are `new`, the
states in which the child was seen (`seen`, a text of letters), and `others`: what was new besides
the child and its helpers; `kept`: the states of the earlier children in the end.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import ask, family, loaded, over, rest, state, steady

__all__ = ["LETTERS", "make_state", "watched"]

CALL_SECONDS = 4.0
APPEAR_SECONDS = 1.0
BUSY_SECONDS = 4.0
ATTEMPTS = 2
LOOKS = 20
LOOK_SECONDS = 0.008
LETTERS = ("S", "R", "T", "Z", "D")


def make_state(box: Box) -> None:
    """Ask for every letter, and for two of them again; look at each child many times."""
    if not loaded(box):
        return
    letters = [*LETTERS, *box.rng.sample("STZ", 2)]
    box.rng.shuffle(letters)
    rounds: list[dict[str, Any]] = []
    kept: dict[int, str] = {}
    for letter in letters:
        before = {p.identity for p in box.snapshot().processes}
        reply, note = ask(box, None, letter, seconds=CALL_SECONDS)
        this: dict[str, Any] = {"letter": letter, "call": note, "seen": "", "new": []}
        this["others"] = []
        rounds.append(this)
        box.fact("rounds", rounds)
        if over(reply):
            return
        if reply.kind != "value":
            continue
        _look(box, this, before)
        box.fact("rounds", rounds)
        if letter == "R":
            # It would use up the time of all; ended by us, it is a zombie of the student's.
            for process in this["new"]:
                box.kill(process["pid"], signal.SIGKILL)
        elif this["seen"].endswith(letter):
            kept[this["call"]["value"]] = letter
    rest(box, [pid for pid, letter in kept.items() if letter != "D"])
    box.fact(
        "kept",
        [{"pid": pid, "letter": letter, "state": state(box, pid)} for pid, letter in kept.items()],
    )
    box.finish()


def _look(box: Box, this: dict[str, Any], before: set[tuple[int, int]]) -> None:
    """Give the child a moment to be in its state, then look again and again."""
    pid, letter = this["call"]["value"], this["letter"]

    def new() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.identity not in before]

    def child() -> ProcessInfo | None:
        found = box.process(pid) if type(pid) is int and 0 < pid < 2**22 else None
        return found if found is not None and found.identity not in before else None

    def posing() -> bool:
        found = child()
        return found is None or found.state == letter

    def at_work() -> bool:
        found = child()
        return found is not None and found.state in ("R", "D") and letter != found.state

    for _ in range(ATTEMPTS):
        box.wait_until(steady(posing), APPEAR_SECONDS)
        if at_work():  # the host is busy: who is on its way there gets time
            box.wait_until(steady(posing), BUSY_SECONDS)
        this["seen"] = watched(box, child, letter)
        if this["seen"].count(letter) in (0, LOOKS):
            break  # else it may have been on its way
    there = new()
    this["new"] = family(there)
    helpers = _below(pid, there)
    this["others"] = family(p for p in there if p.pid not in helpers)


def watched(box: Box, child: Callable[[], ProcessInfo | None], letter: str) -> str:
    """The states of the child, one look after the other.

    Who sleeps again and again waits for a processor each time that it wakes up, and is in state R
    as long as that: on a busy host nearly always. So where R was asked for, it is S when the kernel
    has counted that it went to sleep since the last look. Source: proc_pid_status(5),
    voluntary_ctxt_switches.
    """
    seen = ""
    naps = None
    for _ in range(LOOKS):
        found = child()
        if found is None or found.ppid != box.student_pid:
            break
        before, naps = naps, box.status_field(found.pid, "voluntary_ctxt_switches")
        if letter == found.state == "R" and None not in (before, naps) and naps != before:
            seen += "S"
        else:
            # A main thread that has ended before the others shows Z too; it is no zombie yet.
            seen += "z" if found.state == "Z" and found.threads > 1 else found.state
        box.wait_until(lambda: False, LOOK_SECONDS)
    return seen


def _below(pid: Any, processes: Sequence[ProcessInfo]) -> set[int]:
    """The child itself and what is below it."""
    found = {pid} if type(pid) is int else set()
    for _ in processes:
        found |= {p.pid for p in processes if p.ppid in found}
    return found
