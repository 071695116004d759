"""Scene 4.8: a child that is to end with its parent, in whichever way that ends, and when.

Each part plays in a process of its own, which calls the function and stays; it is the parent.

Facts: `alive` (the parent lives on), `killed`, `exits` (it ends), `births`: its forks were counted,
then it was killed at its first, second, third and last, before the newborn had done anything;
`traceable`: whether this host lets us do that.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Sequence
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.elsewhere import Elsewhere, start
from lessonkit.scenes.orphans.gates import place, running, tell
from lessonkit.scenes.orphans.midwife import can_trace, start_midwife
from lessonkit.scenes.zombies.stage import at_rest, family, loaded, state, steady

__all__ = ["die_with_parent"]

START_SECONDS = 4.0
STAY_SECONDS = 0.3
END_SECONDS = 1.0
BUSY_SECONDS = 5.0
MOST_BIRTHS = 3


def die_with_parent(box: Box) -> None:
    """The parent lives, is killed, exits; then it is killed at each of its forks."""
    folder = place(box, "alive", "killed", "exits", "birth")
    box.fact("traceable", traceable := can_trace(box))
    if not loaded(box):
        return
    for name in ("alive", "exits", "killed"):
        this = _play(box, folder, name)
        box.fact(name, this)
        if not (this["answered"] and this["children"] and this.get("stays", True)):
            return
        if this["programs_left"]:
            return
    if not traceable:
        return
    counted = _birth(box, folder, 0)  # its forks are counted only
    births = [counted]
    box.fact("births", births)
    for which in sorted({*range(1, MOST_BIRTHS + 1), counted["forks"] or 0}):
        if 0 < which <= (counted["forks"] or 0):
            births.append(_birth(box, folder, which))
            box.fact("births", births)
            if births[-1]["programs_left"]:
                return


def _argv(folder: str, name: str) -> list[str]:
    return ["sh", "-c", f"read code < {folder}/{name}; exit $code"]


def _play(box: Box, folder: str, name: str) -> dict[str, Any]:
    """Let the parent call the function; then let it end, or let the child end."""
    argv = _argv(folder, name)
    known = {p.identity for p in box.snapshot().processes}
    process, note = start(box, "plain", [argv])
    this: dict[str, Any] = {"argv": argv, "call": note, "answered": False}
    if process is None:
        return this
    began = time.monotonic()
    process.let_go()
    box.wait_until(process.answered, START_SECONDS)
    this["call"] = process.note(time.monotonic() - began)
    this["answered"] = this["call"]["kind"] == "value"
    this["parent"] = process.pid
    if this["answered"]:
        box.wait_until(lambda: bool(running(box.snapshot(), argv)), START_SECONDS)
        children = running(box.snapshot(), argv)
        this["children"] = family(children)
        this["ended_already"] = _is_zombie_of(box, this["call"]["value"], process.pid)
        if name == "alive":
            _stays(box, process, f"{folder}/{name}", children, this)
        elif name == "killed":
            box.kill(process.pid, signal.SIGKILL)
    process.end(gently=name == "exits")
    _see_the_end(box, argv, known, this)
    return this


def _stays(
    box: Box, process: Elsewhere, gate: str, children: Sequence[ProcessInfo], this: dict[str, Any]
) -> None:
    """The parent lives, so the child lives too, until it ends with a code of its own."""
    box.wait_until(lambda: False, STAY_SECONDS)
    this["stays"] = all(state(box, child.pid) not in (None, "Z", "X") for child in children)
    this["code"] = box.rng.randint(1, 255)
    box.wait_until(lambda: tell(gate, str(this["code"])), START_SECONDS)
    pids = [child.pid for child in children]
    box.wait_until(lambda: all(state(box, pid) in (None, "Z") for pid in pids), START_SECONDS)
    zombies = [box.process(pid) for pid in pids]
    this["kept"] = bool(zombies) and all(
        z is not None
        and z.is_zombie
        and z.ppid == process.pid
        and z.exit_status in (None, this["code"] << 8)  # None: we may not see it on this host
        for z in zombies
    )
    process.collect()
    box.wait_until(lambda: process.answers() > 1 or not process.alive(), START_SECONDS)
    this["heard"] = process.last_value()


def _is_zombie_of(box: Box, pid: Any, parent: int) -> bool:
    found = box.process(pid) if type(pid) is int and 0 < pid < 2**22 else None
    return found is not None and found.is_zombie and found.ppid == parent


def _see_the_end(
    box: Box, argv: Sequence[str], known: set[tuple[int, int]], this: dict[str, Any]
) -> None:
    """Give what the parent has left the time to end; write down what does not; end that too."""

    def left() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.identity not in known]

    box.wait_until(lambda: not left(), END_SECONDS)
    quiet = steady(lambda: at_rest(left()))
    box.wait_until(lambda: not left() or quiet(), BUSY_SECONDS)
    there = left()
    programs = {p.pid for p in running(box.snapshot(), argv)}
    this["programs_left"] = family(p for p in there if p.pid in programs)
    this["others_left"] = family(p for p in there if p.pid not in programs)
    for process in there:
        box.kill(process.pid, signal.SIGKILL)
    box.wait_until(lambda: not left(), END_SECONDS)


def _birth(box: Box, folder: str, which: int) -> dict[str, Any]:
    """Kill the parent at its fork of that number; number 0: when it has made them all."""
    argv = _argv(folder, "birth")
    known = {p.identity for p in box.snapshot().processes}
    # Where orphans come to is not always pid 1: here it is somebody between the parent and init.
    process, note = start(box, "below", [argv])
    this: dict[str, Any] = {"which": which, "call": note, "traced": False, "forks": None}
    this["programs_left"] = this["others_left"] = []
    if process is None:
        return this
    hears = start_midwife(box, process.pid, which)
    said: list[bytes] = []

    def news() -> bool:
        """True when the actor has ended."""
        while select.select([hears], [], [], 0)[0]:
            said.append(os.read(hears, 64))
            if not said[-1]:
                return True
        return False

    box.wait_until(lambda: news() or bool(said), START_SECONDS)
    this["traced"] = b"".join(said).startswith(b"0\n")
    if this["traced"]:
        process.let_go()
        box.wait_until(lambda: news() or process.answered(), START_SECONDS)
    process.end()
    box.wait_until(news, START_SECONDS)
    os.close(hears)
    lines = b"".join(said).split()
    this["forks"] = int(lines[1]) if len(lines) > 1 else None
    _see_the_end(box, argv, known, this)
    return this
