"""Stage processes for a scene, and note down what came back.

Everything here is ours and trusted. An actor is a process that runs one of these functions;
it waits for its cues on pipes that init holds, so nothing depends on how fast the host is.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NoReturn

from lessonkit import procfs
from lessonkit.records import ProcessInfo, to_json
from lessonkit.scenes.api import Box, Reply

__all__ = [
    "Child",
    "act",
    "announce",
    "ask",
    "at_rest",
    "children_in_student",
    "family",
    "fixture_children",
    "hear",
    "late_strays",
    "left_over",
    "loaded",
    "no_core_files",
    "noted",
    "over",
    "rest",
    "set_name",
    "settle",
    "sleeper",
    "stands_still",
    "state",
    "steady",
    "zombie_keeper",
]

STAGE_SECONDS = 10.0
"""How long our own actors may take for a step; longer means that the host is in trouble."""

LOOK_SECONDS = 0.2
REST_SECONDS = 5.0

_PR_SET_DUMPABLE = 4
_PR_SET_NAME = 15


class Child:
    """A child of the student's process that ends on our word: init holds its pipe."""

    def __init__(self, pid: int, gate: int) -> None:
        self.pid = pid
        self._gate = gate

    def exit(self, code: int) -> None:
        """Let it end with *code*, which nobody but init knew before."""
        try:
            os.write(self._gate, bytes([code]))
        except BrokenPipeError:
            pass  # it has ended already, by the hand of the student's code


def noted(reply: Reply) -> dict[str, Any]:
    """A reply as plain data for the judge."""
    return {
        "kind": reply.kind,
        "value": reply.value,
        "callable": reply.handle is not None,
        "error": None if reply.error is None else to_json(reply.error),
        "problem": reply.problem,
        "wait_status": reply.wait_status,
        "wall_seconds": reply.wall_seconds,
        "cpu_seconds": reply.cpu_seconds,
        "strays": reply.strays,
        "stray_errors": to_json(reply.stray_errors),
    }


def late_strays(note: dict[str, Any], reply: Reply) -> None:
    """Add to a noted reply the copies that came back after it, as a later reply tells."""
    note["strays"] += reply.strays
    note["stray_errors"] = [*note["stray_errors"], *to_json(reply.stray_errors)]


def ask(
    box: Box,
    handle: int | None,
    *args: Any,
    seconds: float = 3.0,
    while_waiting: Callable[[], object] | None = None,
) -> tuple[Reply, dict[str, Any]]:
    """Call the student's function; return the reply, and the reply as plain data.

    When it does not come back, its state is noted too (R: it is busy, S: it waits for
    something), and the student's process is ended: it could not take another call.
    """
    reply = box.call(handle, *args, seconds=seconds, while_waiting=while_waiting)
    note = noted(reply)
    if reply.kind == "timeout":
        # One look is not enough: a loop around waitpid(WNOHANG) passes through state S too.
        busy = box.wait_until(lambda: state(box, box.student_pid) == "R", LOOK_SECONDS)
        note["state"] = "R" if busy else state(box, box.student_pid)
        box.kill(box.student_pid, signal.SIGKILL)
    return reply, note


def over(reply: Reply) -> bool:
    """True if the student's process can take no further call."""
    return reply.kind in ("timeout", "gone")


def loaded(box: Box) -> bool:
    """Load the student's code and write down how that went."""
    reply = box.load()
    box.fact("student_pid", box.student_pid)
    box.fact("load", noted(reply))
    return reply.kind == "value"


def family(processes: Iterable[ProcessInfo]) -> list[dict[str, Any]]:
    """Processes as plain data: pid, ppid, state, comm."""
    return [{"pid": p.pid, "ppid": p.ppid, "state": p.state, "comm": p.comm} for p in processes]


def state(box: Box, pid: int) -> str | None:
    """The state letter of a process now, or None when it is gone."""
    process = box.process(pid)
    return None if process is None else process.state


def stands_still(box: Box, pid: int) -> bool:
    """True if it is stopped, or gone. Each thread stops by itself, and one may be in a wait."""
    threads = procfs.tasks(pid) or (pid,)
    return all(state(box, tid) in ("T", "Z", "X", None) for tid in threads)


def at_rest(processes: Iterable[ProcessInfo]) -> bool:
    """True if none of them is at work: what they wait for is not the busy host."""
    return all(p.state not in ("R", "D") for p in processes)


def rest(box: Box, pids: Collection[int]) -> None:
    """Give signals that were sent to these processes the time to take effect.

    Who has a signal to handle is in state R from the moment when it was sent.
    """
    box.wait_until(
        lambda: at_rest(p for p in box.snapshot().processes if p.pid in pids), REST_SECONDS
    )


def left_over(box: Box, new: Callable[[], Sequence[ProcessInfo]]) -> list[dict[str, Any]]:
    """What a call has left, once those that were on their way out had time for that.

    new: the processes that are there, and were not before.
    """
    box.wait_until(lambda: not new(), LOOK_SECONDS)
    quiet = steady(lambda: at_rest(new()))
    box.wait_until(lambda: not new() or quiet(), REST_SECONDS)
    return family(new())


def steady(condition: Callable[[], bool]) -> Callable[[], bool]:
    """The condition, true once it held three times in a row.

    A pass over /proc is no photograph: a process on its way from one parent to the next, or
    one whose signal is just being sent, can look as if all were over.
    """
    held = 0

    def holds() -> bool:
        nonlocal held
        held = held + 1 if condition() else 0
        return held >= 3

    return holds


def hear(box: Box, fd: int) -> list[int]:
    """Wait for one line of an actor: numbers, such as the pids that it made."""
    text = b""
    while not text.endswith(b"\n"):
        settle(box, lambda: bool(select.select([fd], [], [], 0)[0]), "an actor said nothing")
        more = os.read(fd, 4096)
        if not more:
            raise RuntimeError("an actor ended before it had said what it did")
        text += more
    return [int(word) for word in text.split()]


def settle(box: Box, condition: Callable[[], bool], problem: str) -> None:
    """Wait until our own staging is in place; a stage that fails is our failure.

    For use before the student's code is loaded: later, it may be the student who interferes.
    """
    if not box.wait_until(condition, STAGE_SECONDS):
        raise RuntimeError(f"{problem} within {STAGE_SECONDS:g} s")


def announce(fd: int, *numbers: int) -> None:
    """Say a line to init. Shorter than PIPE_BUF, so lines of several actors do not mix."""
    os.write(fd, (" ".join(map(str, numbers)) + "\n").encode())


def act(name: str) -> None:
    """Begin as an actor: default signals (init has handlers of its own), and a name."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    set_name(name)


def set_name(name: str) -> None:
    """Set comm, at most 15 bytes. Source: PR_SET_NAME(2const)."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, ctypes.c_char_p(name.encode()), 0, 0, 0)


def no_core_files() -> None:
    """Keep this process and its children from dumping core, into a file or a helper of the host.

    RLIMIT_CORE alone does not stop a helper. Source: core(5).
    """
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def sleeper(name: str, says: int, gate: int) -> None:
    """Be an innocent process that waits for ever (state S)."""
    act(name)
    announce(says, os.getpid())
    _wait_for_ever(gate)


def zombie_keeper(name: str, children: Sequence[str], says: int, gate: int) -> None:
    """Be a parent that never waits: announce the pids of its zombies, then sleep."""
    act(name)
    pids = []
    for child_name in children:
        pid = os.fork()
        if pid == 0:
            set_name(child_name)
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    announce(says, *pids)
    _wait_for_ever(gate)


def fixture_children(fds: list[int], count: int) -> list[int]:
    """In the student's process, before its code is loaded: make children that wait for init.

    Child number i blocks on reading one byte from fds[i] and exits with that byte. The codes
    travel through these pipes only, and the student's process keeps no end of them.
    """
    pids = []
    for gate in fds[:count]:
        pid = os.fork()
        if pid == 0:
            _child_with_gate(gate)
        pids.append(pid)
    for gate in fds:
        os.close(gate)
    return pids


def children_in_student(box: Box, count: int) -> list[Child]:
    """Give the student's process *count* children that end on our word."""
    pipes = [os.pipe() for _ in range(count)]
    reply = box.fixture("children", count, fds=[read for read, _ in pipes])
    for read, _ in pipes:
        os.close(read)
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    return [Child(pid, write) for pid, (_, write) in zip(reply.value, pipes, strict=True)]


def _child_with_gate(gate: int) -> NoReturn:
    # The channel to init must not stay open in here: its end means that the parent ended.
    os.closerange(0, gate)
    os.closerange(gate + 1, 1024)
    byte = os.read(gate, 1)
    os._exit(byte[0] if byte else 0)


def _wait_for_ever(gate: int) -> NoReturn:
    while True:
        if not os.read(gate, 1):
            os._exit(0)
