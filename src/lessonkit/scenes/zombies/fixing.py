"""Scene 3.6: four zombies for four reasons; which harm does fix do, and what does it heal?

Facts: `cases` in the order that was drawn (what it was, the answer, zombie gone, parent up,
goodbye said), `hurt`: innocent processes that are not as they were.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box, Reply
from lessonkit.scenes.zombies.parents import start_actor
from lessonkit.scenes.zombies.stage import (
    ask,
    hear,
    loaded,
    over,
    rest,
    settle,
    state,
)

__all__ = ["fix"]

CALL_SECONDS = 6.0
"""A patient function tries the gentle ways first and looks after each of them."""

SETTLE_SECONDS = 0.5
BUSY_SECONDS = 5.0
"""How long a parent that is at work, or waits for a CPU, may take to reap."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """One zombie: why it is there, whose child it is, who must not be hurt."""

    kind: str
    zombie: int
    parent: ProcessInfo
    workers: tuple[int, ...] = ()
    release: int | None = None  # adopted: the pipe that lets the child end


def fix(box: Box) -> None:
    """Stage all four at once, then call fix for one after the other."""
    hears, says = os.pipe()
    gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
    goodbyes, goodbye = os.pipe()
    spare = os.pipe()[0]
    bystander = 0

    def innocent() -> None:
        nonlocal bystander
        bystander = start_actor(box, "bystander", says, gate, spare)
        hear(box, hears)

    # In random order, so that the pids do not tell either.
    cases: list[_Case] = []
    steps: list[Callable[[], object]] = [
        lambda: cases.append(_stopped(box, hears, says, gate)),
        lambda: cases.append(_missed(box, hears, says, gate, spare)),
        lambda: cases.append(_never(box, hears, says, gate, goodbye)),
        lambda: cases.append(_adopted(box, hears, says, gate)),
        innocent,
    ]
    box.rng.shuffle(steps)
    for step in steps:
        step()
    if not loaded(box):
        return
    box.rng.shuffle(cases)
    done: list[dict[str, Any]] = []
    for case in cases:
        this, reply = _play(box, case, goodbyes)
        done.append(this)
        box.fact("cases", done)
        if reply is not None and over(reply):
            break
    box.fact("hurt", _hurt(box, cases, bystander))


def _hurt(box: Box, cases: list[_Case], bystander: int) -> list[dict[str, Any]]:
    """The innocent that are dead or stopped, once every signal that was sent has arrived."""
    innocent = [(bystander, "the bystander")]
    innocent += [(pid, f"a worker of {case.parent.comm}") for case in cases for pid in case.workers]
    pids = {pid for pid, _ in innocent}
    rest(box, pids)
    states = {pid: state(box, pid) for pid in pids}
    return [
        {"pid": pid, "who": who, "state": states[pid]}
        for pid, who in innocent
        if states[pid] in (None, "Z", "X", "T")
    ]


def _play(box: Box, case: _Case, goodbyes: int) -> tuple[dict[str, Any], Reply | None]:
    """Call fix for one zombie and look at what became of it and of its parent.

    No reply: fix was not called, because a call before this one has taken the zombie away.
    """
    adopted = case.release is not None
    hold: AbstractContextManager[None] = box.hold_reaping() if adopted else nullcontext()
    with hold:
        if case.release is not None:
            _let_go(case.release)
            box.wait_until(lambda: state(box, case.zombie) in (None, "Z"), BUSY_SECONDS)
        reply, note = None, None
        if state(box, case.zombie) == "Z":
            reply, note = ask(box, None, case.zombie, seconds=CALL_SECONDS)
        if reply is not None and reply.kind == "value" and not adopted:
            _settle(box, case)
        now = box.process(case.parent.pid)
        same = now is not None and now.identity == case.parent.identity
        this = {
            "case": case.kind,
            "zombie": case.zombie,
            "parent": case.parent.pid,
            "parent_name": case.parent.comm,
            "call": note,
            "gone": state(box, case.zombie) is None,
            "parent_state": now.state if now is not None and same else None,
            "goodbye": _said_goodbye(goodbyes) if case.kind == "never" else False,
        }
    return this, reply


def _settle(box: Box, case: _Case) -> None:
    """Give the parent time to reap: as long as it is at work, or is about to be."""

    def gone() -> bool:
        return state(box, case.zombie) is None

    box.wait_until(gone, SETTLE_SECONDS)
    # A parent that is dead leaves the zombie to init, which reaps as soon as it can.
    idle = ("S", "T")
    box.wait_until(lambda: gone() or state(box, case.parent.pid) in idle, BUSY_SECONDS)


def _let_go(gate: int) -> None:
    try:
        os.write(gate, b"!")
    except BrokenPipeError:
        pass  # who should have read it was ended by a call before this one


def _said_goodbye(goodbyes: int) -> bool:
    return bool(select.select([goodbyes], [], [], 0)[0])


def _case(box: Box, kind: str, parent: int, zombie: int, *workers: int) -> _Case:
    process = box.process(parent)
    if process is None:
        raise RuntimeError(f"the actor {parent} ({kind}) is gone")
    return _Case(kind=kind, zombie=zombie, parent=process, workers=workers)


def _stopped(box: Box, hears: int, says: int, gate: int) -> _Case:
    end_gate, end = os.pipe()
    parent = start_actor(box, "stopped", says, gate, end_gate)
    job, *workers = hear(box, hears)
    box.kill(parent, signal.SIGSTOP)
    settle(box, lambda: state(box, parent) == "T", "an actor did not stop")
    os.write(end, b"!")
    settle(box, lambda: state(box, job) == "Z", "a zombie did not appear")
    return _case(box, "stopped", parent, job, *workers)


def _missed(box: Box, hears: int, says: int, gate: int, spare: int) -> _Case:
    parent = start_actor(box, "missed", says, gate, spare)
    return _case(box, "missed", parent, *hear(box, hears))


def _never(box: Box, hears: int, says: int, gate: int, goodbye: int) -> _Case:
    parent = start_actor(box, "never", says, gate, goodbye)
    return _case(box, "never", parent, *hear(box, hears))


def _adopted(box: Box, hears: int, says: int, gate: int) -> _Case:
    end_gate, end = os.pipe()
    start_actor(box, "adopted", says, gate, end_gate)
    (job,) = hear(box, hears)

    def is_inits() -> bool:
        process = box.process(job)
        return process is not None and process.ppid == box.init_pid

    settle(box, is_inits, "init did not adopt an actor")
    case = _case(box, "adopted", box.init_pid, job)
    return _Case(kind=case.kind, zombie=job, parent=case.parent, release=end)
