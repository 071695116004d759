"""Scene 3.5: ask explain about the wait statuses of real children.

Facts: `cases`: the status, what it means, how it was made, and the answer.
"""

from __future__ import annotations

import os
import signal
from typing import Any, NoReturn

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, ask, hear, loaded, no_core_files, over

__all__ = ["explain"]

CORE_DUMPED = 0x80
"""The bit that WCOREDUMP tests. No core file is written in the box, so it is added."""

_FATAL = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1, signal.SIGALRM)
_DUMPING = (signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE, signal.SIGBUS)


def explain(box: Box) -> None:
    """Make the children, collect their statuses, ask about each in random order."""
    cases = _cases(box)
    if not loaded(box):
        return
    box.rng.shuffle(cases)
    asked: list[dict[str, Any]] = []
    for case in cases:
        reply, note = ask(box, None, case["status"])
        asked.append({**case, "call": note})
        box.fact("cases", asked)
        if over(reply):
            return


def _cases(box: Box) -> list[dict[str, Any]]:
    rng = box.rng
    dumping, also_dumping = rng.sample(_DUMPING, 2)
    wanted: list[tuple[str, int]] = [
        ("exit", 0),
        ("exit", rng.randint(1, 99)),
        ("exit", 128 + rng.choice((9, 11, 15))),  # what a shell shows for a signal
        ("exit", rng.randint(200, 255)),
        ("signal", int(signal.SIGKILL)),
        ("signal", int(rng.choice(_FATAL))),
        ("signal", int(dumping)),
        ("stop", int(signal.SIGSTOP)),
        ("stop", int(rng.choice((signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)))),
        ("continue", 0),
    ]
    hears, says = os.pipe()
    box.spawn(_make, wanted, says)
    statuses = hear(box, hears)
    cases = [
        {"status": status, "kind": kind, "number": number, "core": False, "made": "a real child"}
        for status, (kind, number) in zip(statuses, wanted, strict=True)
    ]
    for number in (int(dumping), int(also_dumping)):
        cases.append(
            {
                "status": number | CORE_DUMPED,
                "kind": "signal",
                "number": number,
                "core": True,
                "made": "put together: no core file is ever written in the box",
            }
        )
    return cases


def _make(wanted: list[tuple[str, int]], says: int) -> None:
    """Make one child for each status that is wanted; announce what waitpid reported."""
    act("statuses")
    no_core_files()
    announce(says, *[_status_of(kind, number) for kind, number in wanted])


def _status_of(kind: str, number: int) -> int:
    hears, says = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(says)
        _child(kind, number, hears)
    if kind == "exit":
        status = os.waitpid(pid, 0)[1]
    elif kind == "signal":
        os.kill(pid, number)
        status = os.waitpid(pid, 0)[1]
    else:
        # SIGTSTP and its like stop no orphaned group; the child's is none, as it has us as
        # parent in another group of the same session.
        os.setpgid(pid, pid)
        os.kill(pid, number if kind == "stop" else signal.SIGSTOP)
        status = os.waitpid(pid, os.WUNTRACED)[1]
        if kind == "continue":
            os.kill(pid, signal.SIGCONT)
            status = os.waitpid(pid, os.WCONTINUED)[1]
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os.close(hears)
    os.close(says)
    return status


def _child(kind: str, number: int, hears: int) -> NoReturn:
    if kind == "exit":
        os._exit(number)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for each in (*_FATAL, *_DUMPING, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(each, signal.SIG_DFL)
    os.read(hears, 1)
    os._exit(0)
