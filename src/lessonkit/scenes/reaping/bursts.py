"""Let children of the student's process end at once, and see whether it sleeps in between.

A burst: the process is stopped, so that nothing of it runs while its children end; then it is
continued. So one SIGCHLD is pending and several children are dead, on every host alike.

Source: signal(7), "Queueing and delivery semantics for standard signals".
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.calm import QUIET_SECONDS, is_calm
from lessonkit.scenes.forking.patience import wakes
from lessonkit.scenes.reaping.losses import AT_A_TIME
from lessonkit.scenes.turns import waited_seconds
from lessonkit.scenes.zombies.stage import Child, noted, stands_still, state, steady

__all__ = [
    "FATAL",
    "PROMPT_SECONDS",
    "at_rest",
    "at_work",
    "causes",
    "collected",
    "continued",
    "end",
    "held",
    "later_children",
    "quiet",
    "zombies",
]

FATAL = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP, signal.SIGALRM)
STEP_SECONDS = 2.0
BUSY_SECONDS = 6.0
DEAD_SECONDS = 10.0
NOTED_SECONDS = 0.5
PROMPT_SECONDS = 0.25
QUIET_MOST = 3.0
_TICK = os.sysconf("SC_CLK_TCK")


def causes(box: Box, count: int, signals: int) -> list[int]:
    """How each of *count* children is to end: a code, or -N for signal N; in random order."""
    drawn = [box.rng.randint(0, 255) for _ in range(count - signals)]
    drawn += [-int(box.rng.choice(FATAL)) for _ in range(signals)]
    box.rng.shuffle(drawn)
    return drawn


def held(box: Box) -> None:
    """Stop the student's process; returns when it stands still."""
    at_rest(box)
    box.kill(box.student_pid, signal.SIGSTOP)
    box.wait_until(lambda: stands_still(box, box.student_pid), STEP_SECONDS)


def continued(box: Box) -> None:
    """Let it go on."""
    box.kill(box.student_pid, signal.SIGCONT)


def end(box: Box, endings: Iterable[tuple[Child, int]], *, at_once: bool = True) -> dict[int, int]:
    """End these children, all while the process is stopped, or not; return pid -> cause."""
    expected = {}
    if at_once:
        held(box)
    else:
        at_rest(box)
    for child, cause in endings:
        box.kill(child.pid, signal.SIGCONT)  # a stopped one would hear of nothing before
        if cause < 0:
            box.kill(child.pid, -cause)
        else:
            child.exit(cause)
        expected[child.pid] = cause
    box.wait_until(
        lambda: all(state(box, pid) in (None, "Z", "X") for pid in expected), DEAD_SECONDS
    )
    if at_once:
        continued(box)
    return expected


def zombies(box: Box, pids: Collection[int]) -> list[int]:
    """Which of these are zombies now."""
    there = box.snapshot().processes
    return [p.pid for p in there if p.is_zombie and p.pid in pids]


def collected(box: Box, pids: Collection[int]) -> list[int]:
    """Wait until none of these is a zombie any more; return those that stay.

    Who is at work, or has been woken up and waits for a CPU, gets time: it may be on its way to
    them, on a busy host. Who sleeps although they are there does not: nothing will wake it up.
    Who has collected them gets a moment as well, to write down what it was told: it may have been
    kept waiting right after its wait.
    """
    asleep, looked = 0.0, time.monotonic()

    def settled() -> bool:
        nonlocal asleep, looked
        now = time.monotonic()
        # Between two looks that are far apart, init did not see what it did.
        asleep = 0.0 if at_work(box.student_pid) else asleep + min(now - looked, AT_A_TIME)
        looked = now
        return not zombies(box, pids) or asleep > PROMPT_SECONDS

    box.wait_until(settled, BUSY_SECONDS)
    left = zombies(box, pids)
    if not left:
        box.wait_until(steady(lambda: not at_work(box.student_pid)), NOTED_SECONDS)
    return left


def at_rest(box: Box) -> None:
    """Wait until the process sleeps in a system call.

    A handler of Python's runs when the interpreter comes back to its loop. A signal that comes
    on the last few instructions before a system call leaves it waiting until that comes back.
    """
    box.wait_until(steady(lambda: not at_work(box.student_pid)), STEP_SECONDS)


def at_work(pid: int) -> bool:
    """True if one of its threads runs, or could run if it were its turn."""
    threads = [procfs.read_process(tid) for tid in procfs.tasks(pid)]
    return any(thread is not None and thread.state in ("R", "D") for thread in threads)


def quiet(
    box: Box, seconds: float = QUIET_MOST, look: Callable[[], object] = lambda: None
) -> dict[str, Any]:
    """A moment in which nothing happens: how often did the process wake up, how long did it run?

    It begins when all threads sleep: what one of them still does about the last event, on a busy
    host, is no waking up for nothing. A host may be late with other things too, so a restless
    moment is followed by another one while there is time, and the calmest counts: who takes naps
    has no calm one.

    *seconds*: for all of it, at least `QUIET_SECONDS`; *look* is called every few milliseconds.
    """
    end = time.monotonic() + seconds

    def asleep() -> bool:
        look()
        return not at_work(box.student_pid)

    calmest: dict[str, Any] | None = None
    while calmest is None or end - time.monotonic() >= QUIET_SECONDS:
        _by_the_clock(box, steady(asleep), end - time.monotonic() - QUIET_SECONDS)
        moment = _moment(box, look)
        if calmest is None or moment["switches"] < calmest["switches"]:
            calmest = moment
        if is_calm(moment):
            return moment
    return calmest


def _moment(box: Box, look: Callable[[], object]) -> dict[str, Any]:
    """`QUIET_SECONDS` of what the process does."""
    pid = box.student_pid

    looks: list[bool] = []

    def never() -> bool:
        look()
        looks.append(at_work(pid))
        return False

    before, ran, waited = wakes(pid), _ticks(box.process(pid)), _waited(pid)
    _by_the_clock(box, never, QUIET_SECONDS)
    after, now = wakes(pid), _ticks(box.process(pid))
    cpu_seconds = max(0, now - ran) / _TICK
    return {
        "switches": max(0, after - before),
        "cpu_seconds": cpu_seconds,
        # What it waits for a processor is counted when it gets one: that may be later than this.
        "ready_seconds": max(
            cpu_seconds + _waited(pid) - waited, QUIET_SECONDS * sum(looks) / len(looks)
        ),
    }


def _by_the_clock(box: Box, condition: Callable[[], bool], seconds: float) -> None:
    """Wait for it no longer, on a busy host either: something else is to happen after that."""
    end = time.monotonic() + seconds
    box.wait_until(lambda: condition() or time.monotonic() >= end, max(0.0, seconds))


def _waited(pid: int) -> float:
    """How long its threads have stood ready to run while others had the processors, in seconds."""
    return sum(waited_seconds(task) for task in procfs.tasks(pid))


def _ticks(process: ProcessInfo | None) -> int:
    return 0 if process is None else process.user_ticks + process.system_ticks


def later_children(box: Box, count: int) -> tuple[list[Child], dict[str, Any]]:
    """Children that the process gets after the code was loaded; none if it says nonsense."""
    known = {p.pid for p in box.snapshot().processes}
    pipes = [os.pipe() for _ in range(count)]
    reply = box.fixture("children", count, fds=[read for read, _ in pipes])
    for read, _ in pipes:
        os.close(read)
    if reply.kind == "value" and _are_new_children(box, reply.value, known, count):
        children = zip(reply.value, pipes, strict=True)
        return [Child(pid, write) for pid, (_, write) in children], noted(reply)
    for _, write in pipes:
        with suppress(OSError):
            os.close(write)
    return [], noted(reply)


def _are_new_children(box: Box, pids: Any, known: Collection[int], count: int) -> bool:
    """True if these are children of the student's process, and were not there before."""
    if not isinstance(pids, list) or not all(type(pid) is int for pid in pids):
        return False
    there = {p.pid for p in box.snapshot().children_of(box.student_pid)}
    new: Sequence[int] = [pid for pid in set(pids) if pid in there and pid not in known]
    return len(new) == count == len(pids)
