"""Scene 4.5: the student's function as pid 1 of a pid namespace of its own.

Facts: `pid_1` (False: it was a subreaper only, the host allows no more), `runs`: one for each
start: `kind`, `call`, and what was seen, see `_long` and `_short`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.elsewhere import Elsewhere, start
from lessonkit.scenes.orphans.families import can_make_namespaces
from lessonkit.scenes.orphans.gates import open_gate, place, running, tell
from lessonkit.scenes.turns import Turns
from lessonkit.scenes.zombies.stage import at_rest, loaded, state, steady

__all__ = ["mini_init"]

START_SECONDS = 6.0
REAP_SECONDS = 1.0
END_SECONDS = 2.0
BUSY_SECONDS = 5.0
"""Who is at work, or waits for a CPU, gets more time."""

IDLE_SECONDS = 0.3
OWN_SECONDS = 0.03
IDLE_MOST_SECONDS = 4.0
_TICK = os.sysconf("SC_CLK_TCK")
_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP)


def mini_init(box: Box) -> None:
    """A long run with orphans; then programs that a signal ends, and one that is not there."""
    folder = place(box, "main", "many", "last", "killed")
    count = box.rng.randint(8, 14)
    box.fact("pid_1_possible", can_make_namespaces(box))
    if not loaded(box):
        return
    runs: list[dict[str, Any]] = []
    box.fact("runs", runs)
    steps: list[Callable[[], dict[str, Any]]] = [
        lambda: _long(box, folder, count),
        lambda: _short(box, folder, "killed"),
        lambda: _short(box, folder, "missing"),
    ]
    for step in steps:
        runs.append(step())
        box.fact("runs", runs)
        if runs[-1]["call"]["kind"] not in ("value", "gone") or not runs[-1].get("ran", True):
            return


def _long(box: Box, folder: str, count: int) -> dict[str, Any]:
    """A program that leaves orphans; all but one end, then it ends itself."""
    many = ["sh", "-c", f"read line < {folder}/many; exit 77"]
    last = ["sh", "-c", f"read line < {folder}/last; exit 78"]
    argv = [
        "sh",
        "-c",
        f"i=0; while [ $i -lt {count} ]; do (sh -c '{many[2]}' &); i=$((i+1)); done; "
        f"(sh -c '{last[2]}' &); read code < {folder}/main; exit $code",
    ]
    code = box.rng.randint(1, 120)
    this: dict[str, Any] = {"kind": "long", "argv": argv, "code": code, "orphans": count + 1}
    process, this["call"] = start(box, "pid 1", [argv])
    if process is None:
        return this
    began = time.monotonic()
    box.fact("pid_1", process.is_pid_1)
    this["pid"] = process.pid
    process.let_go()

    mains: list[ProcessInfo] = []

    def ready() -> bool:
        snapshot = box.snapshot()
        if not mains:
            # The shell is forked once for each orphan: the program itself was the first.
            mains.extend(sorted(running(snapshot, argv), key=lambda p: p.start_ticks)[:1])
        orphans = [*running(snapshot, many), *running(snapshot, last)]
        there = [p for p in orphans if p.ppid == process.pid]
        return len(there) == count + 1 and at_rest(there)

    def hopeless() -> bool:
        return process.answered() or [main.pid for main in mains] == [process.pid]

    box.wait_until(lambda: ready() or hopeless(), START_SECONDS)
    main = mains[0] if mains else None
    this["ran"] = main is not None
    this["main"] = None if main is None else {"pid": main.pid, "ppid": main.ppid}
    this["adopted"] = ready()
    this["alive"] = process.alive()
    if main is not None and this["adopted"]:
        _with_orphans(box, process, main, f"{folder}/many", this)
        this["alive"] = process.alive()
        told = box.wait_until(
            lambda: tell(f"{folder}/main", str(code)) or not process.alive(), START_SECONDS
        )
        this["told"] = told and this["alive"]
        _wait_for_the_end(box, process)
    this["ended"] = process.wait_status() is not None
    this["last_lives"] = bool(running(box.snapshot(), last))
    this["call"] = process.note(time.monotonic() - began)
    process.end()
    for command in (argv, many, last):  # of a pid 1 that was none, they are init's by now
        for left in running(box.snapshot(), command):
            box.kill(left.pid, signal.SIGKILL)
    return this


def _with_orphans(
    box: Box, process: Elsewhere, main: ProcessInfo, gate: str, this: dict[str, Any]
) -> None:
    """Nothing happens for a while; then many orphans end at once."""
    this["idle"] = _idle(box, process.pid)
    fd: list[int] = []

    def opened() -> bool:
        found = open_gate(gate)
        if found is not None:
            fd.append(found)
        return bool(fd)

    # While init holds the gate open, those that come late find it open, and wait inside.
    if box.wait_until(opened, START_SECONDS):
        box.wait_until(lambda: at_rest(box.snapshot().children_of(process.pid)), BUSY_SECONDS)
        _end_at_once(box, process, fd[0])

    def zombies() -> list[ProcessInfo]:
        return [p for p in box.snapshot().children_of(process.pid) if p.is_zombie]

    def left() -> int:
        children = box.snapshot().children_of(process.pid)
        return len([p for p in children if p.pid != main.pid])

    box.wait_until(lambda: left() <= 1, REAP_SECONDS)
    box.wait_until(steady(lambda: left() <= 1 or _asleep(box, process.pid)), BUSY_SECONDS)
    this["zombies"] = [p.pid for p in zombies()]
    this["main_alive"] = box.process(main.pid) is not None


def _end_at_once(box: Box, process: Elsewhere, gate: int) -> None:
    """Let the orphans end while pid 1 stands still: all are dead when it goes on."""
    box.kill(process.pid, signal.SIGSTOP)
    box.wait_until(lambda: state(box, process.pid) in ("T", "Z", None), REAP_SECONDS)
    os.close(gate)

    def alive() -> int:
        children = box.snapshot().children_of(process.pid)
        return len([p for p in children if not p.is_zombie])

    box.wait_until(lambda: alive() <= 2, BUSY_SECONDS)  # the program, and the last orphan
    box.kill(process.pid, signal.SIGCONT)


def _short(box: Box, folder: str, kind: str) -> dict[str, Any]:
    """A program that init ends by a signal, or one that does not exist."""
    argv = ["sh", "-c", f"read line < {folder}/killed"]
    code = 127
    fatal = 0
    if kind == "killed":
        fatal = box.rng.choice(_SIGNALS)
        code = 128 + fatal
    else:
        argv = [f"{folder}/no-such-program", "x"]
    this: dict[str, Any] = {"kind": kind, "argv": argv, "code": code, "signal": fatal}
    process, this["call"] = start(box, "pid 1", [argv])
    if process is None:
        return this
    began = time.monotonic()
    process.let_go()
    if fatal:
        found = box.wait_until(
            lambda: bool(running(box.snapshot(), argv)) or process.answered(), START_SECONDS
        )
        mains = running(box.snapshot(), argv)
        this["ran"] = found and bool(mains)
        for main in mains:
            box.kill(main.pid, fatal)
    _wait_for_the_end(box, process)
    this["ended"] = process.wait_status() is not None
    this["call"] = process.note(time.monotonic() - began)
    process.end()
    return this


def _wait_for_the_end(box: Box, process: Elsewhere) -> None:
    process.ended(END_SECONDS)
    box.wait_until(lambda: not process.alive() or _asleep(box, process.pid), BUSY_SECONDS)
    process.ended(END_SECONDS if not process.alive() else 0.0)


def _asleep(box: Box, pid: int) -> bool:
    process = box.process(pid)
    return process is not None and at_rest([process])


def _idle(box: Box, pid: int) -> dict[str, float | None]:
    """Look at it while nothing happens: parts of the time, how often it slept.

    A host with much to do gives a busy process little CPU time; but it is always runnable, and
    never gives the CPU back by itself. Who sleeps in between may have to wait as well: so it is
    looked at until it sleeps or has run for a moment, and what it did with its own time is told.
    """
    states: list[str | None] = []
    box.wait_until(steady(lambda: _asleep(box, pid)), REAP_SECONDS)
    before, turns, began = _cpu(box, pid), Turns(pid), time.monotonic()

    def enough() -> bool:
        states.append(state(box, pid))
        told = turns.look() or (turns.ran() or 0.0) >= OWN_SECONDS
        return told and time.monotonic() - began >= IDLE_SECONDS

    box.wait_until(enough, IDLE_MOST_SECONDS)
    return {
        "cpu": (_cpu(box, pid) - before) / (time.monotonic() - began),
        "runnable": states.count("R") / len(states),
        "sleeps": turns.naps(),
        "own": turns.own(),
    }


def _cpu(box: Box, pid: int) -> float:
    process = box.process(pid)
    return 0.0 if process is None else (process.user_ticks + process.system_ticks) / _TICK
