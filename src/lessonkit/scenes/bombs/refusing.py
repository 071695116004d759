"""Scene 5.5: snapshots of hosts on which fork has failed; one of them is this box itself.

Facts: `cases`: the kind of each snapshot, the limit that is met in it, the answer, and the numbers
that the verdict tells; `real`: whether the box was filled up for real.
"""

from __future__ import annotations

import os
import resource
import signal
import threading
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.bombs.common import limits_text
from lessonkit.scenes.bombs.snapshots import KINDS, draw
from lessonkit.scenes.zombies.stage import ask, loaded, over, settle, state

__all__ = ["fixture_fill", "fixture_full", "fixture_room", "which_limit"]

CALL_SECONDS = 5.0
THREADS, ZOMBIES, LIVING = 3, 4, 2


def which_limit(box: Box) -> None:
    """Draw all kinds, fill the box up for real where that can be, then ask in random order."""
    limits = limits_text(box.student_pid)
    if limits is None:
        raise RuntimeError("the limits of the student's process cannot be read")
    cases: list[dict[str, Any]] = []
    for kind in KINDS:
        seen, limit = draw(box.rng, limits, kind)
        cases.append({"kind": kind, "limit": limit, "seen": seen})
    real = _real(box)
    box.fact("real", real is not None)
    if real is not None:
        cases.append({"kind": "real", "limit": "nproc", "seen": real})
    box.rng.shuffle(cases)
    if not loaded(box):
        return
    asked: list[dict[str, Any]] = []
    for case in cases:
        reply, note = ask(box, None, case["seen"], seconds=CALL_SECONDS)
        asked.append({"kind": case["kind"], "limit": case["limit"], "call": note})
        asked[-1]["told"] = _told(case["seen"])
        box.fact("cases", asked)
        if over(reply):
            return


def _told(seen: dict[str, Any]) -> dict[str, Any]:
    """The numbers that matter, for the verdict."""
    own = [(threads, state) for uid, threads, state in seen["tasks"] if uid == seen["uid"]]
    row = next(line for line in seen["limits"].splitlines() if line.startswith("Max processes"))
    return {
        "error": seen["error"],
        "uid": seen["uid"],
        "capable": seen["capable"],
        "soft": row[len("Max processes") :].split()[0],
        "tasks": sum(threads for threads, _ in own),
        "processes": len(own),
        "zombies": sum(letter == "Z" for _, letter in own),
        "groups": [
            [group["pids.current"].strip(), group["pids.max"].strip()] for group in seen["cgroups"]
        ],
        "all": int(seen["loadavg"].split()[3].partition("/")[2]),
        "threads_max": seen["threads_max"],
        "pid_max": seen["pid_max"],
    }


def _real(box: Box) -> dict[str, Any] | None:
    """Fill the student's process up until fork fails; None where it shares its user with others."""
    gate, holds = os.pipe()
    filled = box.fixture("fill", fds=[gate])
    os.close(gate)
    if filled.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {filled!r:.400}")
    living, dying = filled.value
    settle(box, lambda: all(state(box, pid) == "Z" for pid in dying), "a zombie did not appear")
    settle(box, lambda: all(_threads(box, pid) == THREADS for pid in living), "threads are missing")
    student = box.process(box.student_pid)
    if student is None:
        raise RuntimeError("the student's process is gone")
    now = box.snapshot().processes
    tasks = [(p.uid, p.threads, p.state) for p in now]
    count = sum(threads for uid, threads, _ in tasks if uid == student.uid)
    full = box.fixture("full", count)
    if full.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {full!r:.400}")
    seen = None
    if full.value == [True, False]:  # refused at exactly that number, not at one more
        seen = {
            "error": "EAGAIN",
            "uid": student.uid,
            "capable": False,
            "limits": limits_text(box.student_pid),
            "tasks": tasks,
            "cgroups": [],
            "threads_max": int(_number("threads-max")),
            "pid_max": int(_number("pid_max")),
            "loadavg": _read("/proc/loadavg"),
        }
    os.close(holds)
    emptied = box.fixture("room", living + dying)
    if emptied.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {emptied!r:.400}")
    return seen


def _threads(box: Box, pid: int) -> int:
    process = box.process(pid)
    return 0 if process is None else process.threads


def _number(name: str) -> str:
    return _read(f"/proc/sys/kernel/{name}")


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()


_soft: list[int] = []


def fixture_fill(fds: list[int]) -> list[list[int]]:
    """In the student's process, before its code is loaded: processes, threads and zombies."""
    (gate,) = fds
    living = [_forked(gate, alive=True) for _ in range(LIVING)]
    dying = [_forked(gate, alive=False) for _ in range(ZOMBIES)]
    os.close(gate)
    return [living, dying]


def _forked(gate: int, *, alive: bool) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            os.closerange(0, gate)
            os.closerange(gate + 1, 1024)
            for _ in range(THREADS - 1 if alive else 0):
                threading.Thread(target=os.read, args=(gate, 1), daemon=True).start()
            if alive:
                os.read(gate, 1)
        finally:
            os._exit(0)
    return pid


def fixture_full(fds: list[int], count: int) -> list[bool]:
    """In the student's process: is fork refused with that limit, and with one more?

    It stays at *count* afterwards.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    _soft.append(soft)
    found = []
    for limit in (count, count + 1):
        resource.setrlimit(resource.RLIMIT_NPROC, (limit, hard))
        found.append(_refused())
    resource.setrlimit(resource.RLIMIT_NPROC, (count, hard))
    return found


def _refused() -> bool:
    try:
        pid = os.fork()
    except BlockingIOError:
        return True
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return False


def fixture_room(fds: list[int], pids: list[int]) -> None:
    """In the student's process: as it was before."""
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    resource.setrlimit(resource.RLIMIT_NPROC, (_soft.pop(), hard))
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
