"""What the scenes of this lesson share: limits as the kernel shows them, a crowd that waits."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import act, announce, no_core_files

__all__ = [
    "NAMES",
    "crowd",
    "fixture_crowd",
    "from_student",
    "limits_text",
    "new_since",
    "nproc",
    "serve",
]

NAMES = (
    *("parcel", "invoice", "report", "resize", "upload", "backup", "mailer", "spooler"),
    *("fetcher", "crawler", "importer", "thumbs", "digest", "rotate", "replay", "cleaner"),
)
"""Any of them may be the bomb."""


def limits_text(pid: int) -> str | None:
    """The text of /proc/PID/limits, None when the process is gone."""
    try:
        with open(f"/proc/{pid}/limits", encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def nproc(pid: int) -> list[str] | None:
    """The soft and the hard RLIMIT_NPROC of a process, as the kernel writes them.

    Source: proc_pid_limits(5).
    """
    for line in (limits_text(pid) or "").splitlines():
        if line.startswith("Max processes"):
            return line[len("Max processes") :].split()[:2]
    return None


def new_since(box: Box, old: set[tuple[int, int]]) -> list[ProcessInfo]:
    """What has come since."""
    return [p for p in box.snapshot().processes if p.identity not in old]


def from_student(fds: Sequence[int], count: int, body: Callable[[int], object]) -> list[int]:
    """In the student's process, before its code is loaded: fork *count* actors that init adopts.

    body(number) is what each of them does; of the descriptors it keeps *fds* only. They are no
    children of the student's process then, but in the same domain, so that the student's code may
    signal them in every tier: a Landlock domain may not signal its neighbours.
    """
    hears, says = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            announce(says, *[_forked(fds, number, body) for number in range(count)])
        finally:
            os._exit(0)
    os.close(says)
    os.waitpid(middle, 0)
    with os.fdopen(hears) as file:
        pids = [int(word) for word in file.read().split()]
    for fd in fds:
        os.close(fd)
    return pids


def _forked(fds: Sequence[int], number: int, body: Callable[[int], object]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            for fd in set(range(1024)) - set(fds):
                try:
                    os.close(fd)  # with our channel among them
                except OSError:
                    pass  # it was not open
            os.setsid()
            no_core_files()  # and so nobody traces it or takes its descriptors: ptrace(2)
            body(number)
        finally:
            os._exit(0)
    return pid


def fixture_crowd(fds: list[int], names: list[str]) -> list[int]:
    """In the student's process, before its code is loaded: processes of these names that wait."""
    (gate,) = fds
    return from_student(fds, len(names), lambda number: serve(names[number], gate))


def serve(name: str, gate: int) -> None:
    """Be somebody who waits until the box ends."""
    act(name)
    while os.read(gate, 1):
        pass


def crowd(box: Box, names: Sequence[str]) -> list[int]:
    """Start processes that wait, with these names; return their pids."""
    gate, _ = os.pipe()  # nobody writes: they wait until the box ends
    reply = box.fixture("crowd", list(names), fds=[gate])
    os.close(gate)
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    pids: list[int] = reply.value

    def named() -> bool:
        found = [box.process(pid) for pid in pids]
        return all(p is not None and p.comm == name for p, name in zip(found, names, strict=True))

    if len(pids) != len(names) or not box.wait_until(named, 10.0):
        raise RuntimeError("the crowd is not complete")
    return pids
