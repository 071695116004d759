"""Scene 4.6: signals to pid 1; which of them does its child get, and who else?

The program blocks the signals, so each that arrives stays pending until init tells it to take
what is there: the kernel shows it in /proc/PID/status, and the program has no say in it.

Facts: `pid_1`, `start` (call; masks of the child; `steps`: one for each signal that was sent),
`stop`: a program that SIGTERM ends. Source: proc_pid_status(5), SigPnd, ShdPnd, SigBlk, SigIgn.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.elsewhere import Elsewhere, start
from lessonkit.scenes.orphans.families import can_make_namespaces
from lessonkit.scenes.orphans.gates import place, running, tell
from lessonkit.scenes.zombies.stage import at_rest, loaded, rest, state, steady

__all__ = ["forward"]

START_SECONDS = 5.0
ARRIVE_SECONDS = 1.0
QUIET_SECONDS = 0.05
END_SECONDS = 2.0
BUSY_SECONDS = 5.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)

_PROGRAM = """
import os, signal, sys
wanted = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
while True:
    with open(sys.argv[1]) as gate:
        word = gate.readline().strip()
    if not word:  # the end of what was said before
        continue
    if word != "take":
        os._exit(int(word))
    while signal.sigtimedwait(wanted, 0):
        pass
"""


def forward(box: Box) -> None:
    """A program that says what arrives, and one that does not care."""
    folder = place(box, "begin", "take", "bystander", "stop")
    box.fact("pid_1_possible", can_make_namespaces(box))
    if not loaded(box):
        return
    first = _listening(box, folder)
    box.fact("start", first)
    if [step["arrived"] for step in first.get("steps", ())][:5] == [True] * 5:
        box.fact("stop", _stopping(box, folder))


def _listening(box: Box, folder: str) -> dict[str, Any]:
    bystander = ["sh", "-c", f"read line < {folder}/bystander"]
    second = [sys.executable, "-I", "-S", "-c", _PROGRAM, f"{folder}/take"]
    script = f"(sh -c '{bystander[2]}' &); read line < {folder}/begin; exec \"$@\""
    argv = ["sh", "-c", script, "sh", *second]
    code = box.rng.randint(1, 120)
    this: dict[str, Any] = {"argv": argv[:3], "code": code, "ran": False}
    process, this["call"] = start(box, "pid 1", [argv])
    if process is None:
        return this
    began = time.monotonic()
    box.fact("pid_1", process.is_pid_1)
    this["pid"] = process.pid
    process.let_go()

    def there() -> list[ProcessInfo]:
        snapshot = box.snapshot()
        found = [running(snapshot, one)[:1] for one in (argv, bystander)]
        return [p for some in found for p in some]

    box.wait_until(lambda: len(there()) == 2 or process.answered(), START_SECONDS)
    # The shell is forked for the bystander: wait until that one is on its own.
    box.wait_until(lambda: at_rest(there()) or process.answered(), BUSY_SECONDS)
    found = there()
    if len(found) == 2:
        main, other = found
        this["ran"] = True
        this["main"] = {"pid": main.pid, "ppid": main.ppid}
        this["blocked"] = _set(box, main.pid, "SigBlk")
        this["ignored"] = _set(box, main.pid, "SigIgn")
        if _listens(box, main, f"{folder}/begin"):
            _ready(box, process)
            this["steps"] = _steps(box, process, main, f"{folder}/take")
            rest(box, [other.pid])
            this["bystander"] = state(box, other.pid)
            this["alive"] = process.alive()
            box.wait_until(lambda: tell(f"{folder}/take", str(code)), ARRIVE_SECONDS)
            _wait_for_the_end(box, process)
    this["ended"] = process.wait_status() is not None
    this["call"] = process.note(time.monotonic() - began)
    process.end()
    for command in (argv, second, bystander):  # of a pid 1 that was none, they are init's by now
        for left in running(box.snapshot(), command):
            box.kill(left.pid, signal.SIGKILL)
    return this


def _listens(box: Box, main: ProcessInfo, gate: str) -> bool:
    """Let the program begin; True once it has blocked the signals."""
    if not box.wait_until(lambda: tell(gate, "begin"), START_SECONDS):
        return False
    return box.wait_until(
        lambda: (
            set(SIGNALS) <= set(_set(box, main.pid, "SigBlk"))
            and state(box, main.pid) in ("S", None, "Z")
        ),
        START_SECONDS,
    )


def _steps(box: Box, process: Elsewhere, main: ProcessInfo, gate: str) -> list[dict[str, Any]]:
    """All five in random order, then SIGTERM and another one again."""
    plan = box.rng.sample(SIGNALS, len(SIGNALS))
    again = [signal.SIGTERM, box.rng.choice(SIGNALS[1:])]
    box.rng.shuffle(again)
    steps: list[dict[str, Any]] = []
    for number in [*plan, *again]:
        step: dict[str, Any] = {"signal": int(number), "first": len(steps) < len(plan)}
        box.kill(process.pid, number)

        def arrived(number: int = number) -> bool:
            return number in _pending(box, main.pid)

        box.wait_until(arrived, ARRIVE_SECONDS)
        if process.alive():
            box.wait_until(lambda: arrived() or state(box, process.pid) == "S", BUSY_SECONDS)
        box.wait_until(arrived, QUIET_SECONDS)
        step["pending"] = _pending(box, main.pid)
        step["arrived"] = step["pending"] == [number]
        box.wait_until(lambda: tell(gate, "take"), ARRIVE_SECONDS)
        box.wait_until(lambda: not _pending(box, main.pid), ARRIVE_SECONDS)
        box.wait_until(lambda: bool(_pending(box, main.pid)), QUIET_SECONDS)
        step["once_more"] = _pending(box, main.pid)
        step["alive"] = process.alive()
        steps.append(step)
        gone = not step["alive"] or state(box, main.pid) in (None, "Z")
        if gone or step["once_more"] or not step["arrived"]:
            break
    return steps


def _stopping(box: Box, folder: str) -> dict[str, Any]:
    """A program that has no handler: SIGTERM to pid 1 has to end both."""
    argv = ["sh", "-c", f"read line < {folder}/stop"]
    this: dict[str, Any] = {"code": 128 + signal.SIGTERM, "ran": False}
    process, this["call"] = start(box, "pid 1", [argv])
    if process is None:
        return this
    began = time.monotonic()
    process.let_go()
    ready = box.wait_until(
        lambda: at_rest(running(box.snapshot(), argv)) and bool(running(box.snapshot(), argv)),
        START_SECONDS,
    )
    _ready(box, process)
    this["ran"] = ready
    box.kill(process.pid, signal.SIGTERM)
    _wait_for_the_end(box, process)
    this["ended"] = process.wait_status() is not None
    this["program_ended"] = not running(box.snapshot(), argv)
    this["call"] = process.note(time.monotonic() - began)
    process.end()
    for left in running(box.snapshot(), argv):
        box.kill(left.pid, signal.SIGKILL)
    return this


def _ready(box: Box, process: Elsewhere) -> None:
    """A signal that comes before the function is ready for it is another exercise."""
    box.wait_until(steady(lambda: state(box, process.pid) in ("S", None, "Z")), BUSY_SECONDS)


def _wait_for_the_end(box: Box, process: Elsewhere) -> None:
    process.ended(END_SECONDS)
    box.wait_until(lambda: not process.alive() or state(box, process.pid) == "S", BUSY_SECONDS)
    process.ended(END_SECONDS if not process.alive() else 0.0)


def _pending(box: Box, pid: int) -> list[int]:
    return sorted({*_set(box, pid, "SigPnd"), *_set(box, pid, "ShdPnd")})


def _set(box: Box, pid: int, field: str) -> list[int]:
    """Those of our signals that are in this set of the process."""
    mask = int(box.status_field(pid, field) or "0", 16)
    return [int(number) for number in SIGNALS if mask >> (number - 1) & 1]
