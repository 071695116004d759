"""Scene 4.3: one program is to become a daemon; what does the kernel say of it, and of S?

Facts: `call`, `daemon` (None if nothing ran that argv), `before` and `after`: the same of the
student's process, `left`: what else is there afterwards.
"""

from __future__ import annotations

import _thread
import json
import os
import resource
import select
import time
from typing import Any

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.gates import place, running
from lessonkit.scenes.reaping.bursts import at_work
from lessonkit.scenes.zombies.stage import ask, at_rest, family, loaded, steady

__all__ = ["daemonise", "fixture_keep_open"]

CALL_SECONDS = 4.0
SETTLE_SECONDS = 1.0
BUSY_SECONDS = 5.0


def daemonise(box: Box) -> None:
    """Hand over the program, whose gate stays closed; look at it and at the caller."""
    folder = place(box, "gate")
    argv = ["sh", "-c", f"read line < {folder}/gate"]
    # A descriptor that is inherited also by exec, as careless programs have them.
    kept = box.fixture("keep_open", f"{folder}/log")
    if kept.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {kept!r:.400}")
    box.fact("before", _looked_at(box, box.process(box.student_pid)))
    if not loaded(box):
        return
    known = {p.identity for p in box.snapshot().processes}

    def new() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.identity not in known]

    def found() -> list[ProcessInfo]:
        return [p for p in running(box.snapshot(), argv) if p.identity not in known]

    box.fact("argv", argv)
    reply, note = ask(box, None, argv, seconds=CALL_SECONDS)
    box.fact("call", note)
    if reply.kind != "value":
        return
    # The daemon may be on its way yet; who waits for it in the middle may not.
    box.wait_until(lambda: len(found()) == len(new()) == 1, SETTLE_SECONDS)
    # All of its threads: the main one sleeps while it waits for others (`_use_up_numbers`).
    quiet = steady(lambda: at_rest(new()) and not any(at_work(p.pid) for p in new()))
    box.wait_until(quiet, BUSY_SECONDS)
    daemons = found()
    box.fact("count", len(daemons))
    box.fact("daemon", _looked_at(box, daemons[0] if daemons else None))
    box.fact("after", _looked_at(box, box.process(box.student_pid)))
    ours = {daemon.pid for daemon in daemons[:1]}
    box.fact("left", family(p for p in new() if p.pid not in ours))


def fixture_keep_open(fds: list[int], path: str) -> int:
    """In the student's process: open a file that whoever is started will have open too.

    And see to it that nobody can guess a pid from another one: a forked process uses up some
    numbers first of all.
    """
    os.register_at_fork(after_in_child=_use_up_numbers)
    fd = os.open(path, os.O_CREAT | os.O_WRONLY)
    # In the middle, so that the lowest free numbers are what they always were.
    high = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 256) - 200
    os.dup2(fd, high, inheritable=True)
    os.close(fd)
    return high


def _use_up_numbers() -> None:
    """Let a few threads begin and end: each of them takes a number."""
    for _ in range(1 + os.urandom(1)[0] % 4):
        ended = _thread.allocate_lock()
        ended.acquire()
        try:
            _thread.start_new_thread(ended.release, ())
        except RuntimeError:
            return  # there is no room for another one
        ended.acquire()
    until = time.monotonic() + SETTLE_SECONDS
    while len(os.listdir("/proc/self/task")) > 1 and time.monotonic() < until:
        os.sched_yield()  # its last steps are in the kernel


def _looked_at(box: Box, process: ProcessInfo | None) -> dict[str, Any] | None:
    """What a process has from its parent, or was to change."""
    if process is None:
        return None
    links = _links(box, process.pid)
    return {
        "pid": process.pid,
        "ppid": process.ppid,
        "pgid": process.pgid,
        "sid": process.sid,
        "state": process.state,
        "umask": box.status_field(process.pid, "Umask"),
        "cwd": links.get("cwd"),
        "fds": links.get("fds"),
    }


def _links(box: Box, pid: int) -> dict[str, Any]:
    """Its working directory and its descriptors; nothing where nobody may see them.

    An actor looks: it has the same user. Init may be another one, without privileges.
    """
    hears, says = os.pipe()
    looker = box.spawn(_look, str(pid), says)
    os.close(says)
    said = [b""]

    def all_said() -> bool:
        while select.select([hears], [], [], 0)[0]:
            said.append(os.read(hears, 65536))
            if not said[-1]:
                return True
        return False

    box.wait_until(all_said, BUSY_SECONDS)
    os.close(hears)
    # Until it is reaped it would be one of those who are left.
    box.wait_until(lambda: box.process(looker) is None, BUSY_SECONDS)
    try:
        found: dict[str, Any] = json.loads(b"".join(said))
    except ValueError:
        return {}
    found["fds"] = {int(number): target for number, target in found["fds"].items()}
    return found


def _look(pid: str, says: int) -> None:
    try:
        numbers = sorted(map(int, os.listdir(f"/proc/{pid}/fd")))
        links = {number: _link(f"/proc/{pid}/fd/{number}") for number in numbers}
        text = json.dumps({"cwd": os.readlink(f"/proc/{pid}/cwd"), "fds": links})
    except OSError:
        return
    os.write(says, text.encode())


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None
