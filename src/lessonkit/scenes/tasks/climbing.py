"""Scene 2.4: ask for the ancestors of processes; then let ancestors end, between calls and in them.

Before and after each call init walks the chain itself: an answer is right if it is the chain as it
was at one of the two moments.

Facts: `traceable`; `cases`: what was asked about (`case`), its `pid`, the chains `was` and `now`,
the answer; `interrupted`: the same for calls in which one of the chain vanished, and whether the
function had opened a file of it (`hit`), and whether it could be traced.
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.tasks.interrupting import Interrupter, can_trace
from lessonkit.scenes.zombies.parents import NAMES
from lessonkit.scenes.zombies.stage import (
    act,
    announce,
    ask,
    hear,
    loaded,
    over,
    set_name,
    settle,
    zombie_keeper,
)

__all__ = ["ancestry"]

CALL_SECONDS = 3.0
HURRIED_CALL_SECONDS = 10.0
"""Who is stopped at each system call gets more time: on a busy host each stop takes its own."""

MOVE_SECONDS = 5.0
VICTIMS = (("parent", 1), ("grandparent", 0), ("itself", 2))
_NASTY = ("x) S 1 (y", "a) R 1 (b", "(q) Z 0 (")
_MOST_STEPS = 64
_PR_SET_CHILD_SUBREAPER = 36


def ancestry(box: Box) -> None:
    """Stage the chains, ask about each, shorten two of them, ask again, then interrupt."""
    traceable = can_trace(box)
    box.fact("traceable", traceable)
    chains, questions = _stage(box)
    interrupters = []
    if traceable:
        for _, victim in VICTIMS:
            interrupters.append(Interrupter(box, box.rng.choices(NAMES, k=4), victim))
            if len(interrupters[-1].chain) != 3:
                raise RuntimeError("an actor did not build its chain")
    if not loaded(box):
        return
    cases: list[dict[str, Any]] = []

    def one(kind: str, pid: int) -> bool:
        case, going_on = _asked(box, kind, pid)
        cases.append(case)
        box.fact("cases", cases)
        return going_on

    questions["middle"] = chains["deep"].pids[box.rng.randint(1, 3)]
    questions["own"] = box.student_pid
    if box.init_pid == 1:
        questions["root"] = 1  # elsewhere the root is not ours
    order = list(questions)
    box.rng.shuffle(order)
    for kind in order:
        if not one(kind, questions[kind]):
            return
    for kind in ("moving", "inheriting"):
        chains[kind].end_of_parent(box)
        if not one(f"{kind}: later", questions[kind]):
            return
    interrupted: list[dict[str, Any]] = []
    for (kind, _), interrupter in zip(VICTIMS, interrupters, strict=False):
        pid = interrupter.chain[-1]
        was = _walk(pid)
        traced = interrupter.begin()
        case, going_on = _asked(box, kind, pid, seconds=HURRIED_CALL_SECONDS)
        case["was"] = was
        interrupted.append({**case, "traced": traced, "hit": interrupter.end()})
        box.fact("interrupted", interrupted)
        if not going_on:
            return


def _asked(
    box: Box, kind: str, pid: int, *, seconds: float = CALL_SECONDS
) -> tuple[dict[str, Any], bool]:
    was = _walk(pid)
    reply, note = ask(box, None, pid, seconds=seconds)
    return {"case": kind, "pid": pid, "was": was, "now": _walk(pid), "call": note}, not over(reply)


def _walk(pid: int) -> list[int]:
    """The chain as the kernel has it; all of it stands still."""
    chain: list[int] = []
    while pid and len(chain) < _MOST_STEPS:
        process = procfs.read_process(pid)
        if process is None:
            break
        chain.append(pid)
        pid = process.ppid
    return chain


@dataclass(frozen=True, slots=True)
class _Chain:
    """A line of processes below init, the eldest first; each ends at a word of ours."""

    pids: list[int]
    gates: list[int]

    def end_of_parent(self, box: Box) -> None:
        """Let the parent of the last one end, and be reaped."""
        try:
            os.write(self.gates[-2], b"!")
        except BrokenPipeError:
            pass  # it has ended already, by the hand of the student's code
        box.wait_until(lambda: box.process(self.pids[-2]) is None, MOVE_SECONDS)


def _stage(box: Box) -> tuple[dict[str, _Chain], dict[str, int]]:
    """Make the chains, and what else is asked about: kind -> pid."""
    chains: dict[str, _Chain] = {}
    questions: dict[str, int] = {}

    def chain(kind: str, length: int, *, nasty: bool = False, subreaper: bool = False) -> None:
        names = box.rng.choices(NAMES, k=length)
        if nasty:
            names[1:] = box.rng.choices(_NASTY, k=length - 1)
        chains[kind] = _start_chain(box, names, subreaper=subreaper)
        questions[kind] = chains[kind].pids[-1]

    def zombie() -> None:
        hears, says = os.pipe()
        gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
        box.spawn(zombie_keeper, box.rng.choice(NAMES), [box.rng.choice(NAMES)], says, gate)
        (questions["zombie"],) = hear(box, hears)

    def gone() -> None:
        questions["gone"] = box.spawn(_nothing)
        settle(box, lambda: box.process(questions["gone"]) is None, "an actor did not end")

    steps: list[Callable[[], None]] = [
        lambda: chain("deep", box.rng.randint(5, 7)),
        lambda: chain("names", 4, nasty=True),
        lambda: chain("moving", 3),
        lambda: chain("inheriting", 4, subreaper=True),
        zombie,
        gone,
    ]
    box.rng.shuffle(steps)
    for step in steps:
        step()
    return chains, questions


def _start_chain(box: Box, names: Sequence[str], *, subreaper: bool) -> _Chain:
    hears, says = os.pipe()
    gates = [os.pipe() for _ in names]
    reading = [gate for gate, _ in gates]
    box.spawn(_line, list(names), subreaper, says, *reading)
    found: dict[int, int] = {}
    while len(found) < len(names):
        numbers = hear(box, hears)  # one line or more
        found.update(zip(numbers[::2], numbers[1::2], strict=True))
    for fd in (hears, says, *reading):
        os.close(fd)
    return _Chain([found[number] for number in sorted(found)], [gate for _, gate in gates])


def _line(names: Sequence[str], subreaper: bool, says: int, *gates: int) -> None:
    act(names[0])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whose child ends keeps no zombie of it
    if subreaper:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number, name in enumerate(names):
        set_name(name)
        announce(says, number, os.getpid())
        if number + 1 == len(names) or os.fork() != 0:
            os.read(gates[number], 1)
            return


def _nothing() -> None:
    """End at once."""
