"""Scene 2.1: lines of /proc/PID/stat, of processes with plain names and with nasty ones.

All lines are read before the student's code is loaded. Some of them tell of the past by then:
their processes have ended, or were stopped since.

Facts: `cases`, in the order of the calls: what the process is (`case`), the `text`, what init reads
in it (`truth`), the answer.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.parents import NAMES
from lessonkit.scenes.zombies.stage import (
    act,
    announce,
    ask,
    hear,
    loaded,
    over,
    settle,
    sleeper,
    state,
    zombie_keeper,
)

__all__ = ["KEYS", "parse_stat"]

CALL_SECONDS = 3.0
KEYS = ("pid", "comm", "state", "ppid", "num_threads", "starttime")
"""What the answer has to hold. Source: proc_pid_stat(5)."""

_BLANKS = ("two words", "a b c", "mail to all", "x 1 2", "an end ")
_LED = " led by blank"
_SURE = ("x) Z 1 (y", "a) R 2 (b", "q) T 9 9 (w")
_ENDING = ("run (fast)", "copy (2)", "(init)", "f()", "x))")
_ENDED = ("gone", "blank 1", "parenthesis 2")
_OTHER = ("(", ")", ") S 1", "a (b", ":-)", "(sd-pam", ") (", "")


def parse_stat(box: Box) -> None:
    """Stage the processes, read their lines, let some change, then ask about each line."""
    stage, grow = _stage(box)
    order = list(stage)
    box.rng.shuffle(order)
    cases: list[dict[str, Any]] = []
    for kind in order:
        text = _line_of(stage[kind])
        read = procfs.parse_stat(text)
        truth = {
            "pid": read.pid,
            "comm": read.comm,
            "state": read.state,
            "ppid": read.ppid,
            "num_threads": read.threads,
            "starttime": read.start_ticks,
        }
        cases.append({"case": kind, "text": text, "truth": truth})
    ended = [stage[kind] for kind in _ENDED]
    for pid in ended:
        box.kill(pid, signal.SIGKILL)
    box.kill(stage["since stopped"], signal.SIGSTOP)
    os.write(grow, b"!")
    settle(box, lambda: _threads(box, stage["since grown"]) > 1, "an actor started no thread")
    settle(box, lambda: not any(map(box.process, ended)), "an actor did not end")
    settle(box, lambda: state(box, stage["since stopped"]) == "T", "an actor did not stop")
    if not loaded(box):
        return
    asked: list[dict[str, Any]] = []
    for case in cases:
        reply, note = ask(box, None, case["text"], seconds=CALL_SECONDS)
        asked.append({**case, "call": note})
        box.fact("cases", asked)
        if over(reply):
            return


def _threads(box: Box, pid: int) -> int:
    process = box.process(pid)
    return 0 if process is None else process.threads


def _stage(box: Box) -> tuple[dict[str, int], int]:
    """Make the processes in random order; return kind -> pid, and a pipe: one of them starts
    threads when something comes through it."""
    hears, says = os.pipe()
    gate, _ = os.pipe()  # nobody writes: who reads it sleeps until the box ends
    cue, grow = os.pipe()
    stage = {"own": box.student_pid}

    def one(kind: str, name: str) -> None:
        stage[kind] = box.spawn(sleeper, name, says, gate)
        hear(box, hears)

    def threads() -> None:
        stage["threads"] = box.spawn(
            _with_threads, box.rng.choice(NAMES), str(box.rng.randint(2, 6)), says, gate
        )
        hear(box, hears)

    def zombie() -> None:
        box.spawn(zombie_keeper, box.rng.choice(NAMES), [box.rng.choice(NAMES)], says, gate)
        (stage["zombie"],) = hear(box, hears)

    def growing() -> None:
        count = str(box.rng.randint(1, 4))
        stage["since grown"] = box.spawn(_growing, box.rng.choice(NAMES), count, says, cue, gate)
        hear(box, hears)

    plain = ("asleep", "stopped", "gone", "since stopped")
    names = {kind: box.rng.choice(NAMES) for kind in plain}
    names |= {"blank 0": _LED, "blank 1": box.rng.choice(_BLANKS)}
    nasty = [box.rng.choice(_SURE), box.rng.choice(_ENDING), *box.rng.sample(_OTHER, 3)]
    names |= {f"parenthesis {i}": name for i, name in enumerate(nasty)}
    steps: list[Callable[[], None]] = [threads, zombie, growing]
    for kind, name in names.items():
        steps.append(lambda kind=kind, name=name: one(kind, name))  # type: ignore[misc]
    box.rng.shuffle(steps)
    for step in steps:
        step()
    box.kill(stage["stopped"], signal.SIGSTOP)
    settle(box, lambda: state(box, stage["stopped"]) == "T", "an actor did not stop")
    asleep = [stage[kind] for kind in stage if kind not in ("own", "stopped", "zombie")]
    settle(box, lambda: all(state(box, pid) == "S" for pid in asleep), "an actor did not rest")
    return stage, grow


def _line_of(pid: int) -> str:
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="backslashreplace") as file:
        return file.read()


def _with_threads(name: str, count: str, says: int, gate: int) -> None:
    act(name)
    ready = threading.Barrier(int(count))

    def wait() -> None:
        ready.wait()
        os.read(gate, 1)

    for _ in range(int(count) - 1):
        threading.Thread(target=wait, daemon=True).start()
    ready.wait()
    announce(says, os.getpid())
    os.read(gate, 1)


def _growing(name: str, count: str, says: int, cue: int, gate: int) -> None:
    """One thread at first; when the cue comes, some more."""
    act(name)
    announce(says, os.getpid())
    os.read(cue, 1)
    for _ in range(int(count)):
        threading.Thread(target=os.read, args=(gate, 1), daemon=True).start()
    os.read(gate, 1)
