"""The end of scene 3.7: does the student's process still hear how its later children ended?

Init lets them end, with codes that only init knows, and looks at their zombies before anybody
asks: what the student's process says afterwards is only its word.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import Child, at_rest, noted, state, steady

__all__ = ["fixture_collect", "use_the_process", "waited_faults"]

LATER = 5
END_SECONDS = 5.0


def fixture_collect(fds: list[int], pids: list[int]) -> list[int | None]:
    """In the student's process: what any library might do later. Return the codes seen.

    The children are surely dead by now, so a handler that collects them is faster.
    """
    seen: list[int | None] = []
    for pid in pids:
        try:
            seen.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        except ChildProcessError:  # nobody keeps its status any more
            seen.append(None)
    seen.append(subprocess.run(["sh", "-c", "exit 7"]).returncode)
    return seen


def use_the_process(box: Box) -> None:
    """Make children in the student's process; let each end with a code that only init knows."""
    mask = box.status_field(box.student_pid, "SigIgn")
    box.fact("sigchld_ignored", mask is not None and bool(int(mask, 16) >> 16 & 1))
    codes = [box.rng.randint(1, 255) for _ in range(LATER)]
    box.fact("codes", [*codes, 7])
    faults = waited_faults(box)
    pipes = [os.pipe() for _ in codes]
    made = box.fixture("children", len(codes), fds=[read for read, _ in pipes])
    for read, _ in pipes:
        os.close(read)
    box.fact("delivered", noted(made))
    pids = made.value
    # By now the answer may come from the student's code: it may be anything.
    if made.kind != "value" or not _are_pids(pids, len(codes)):
        return
    for pid, (_, gate), code in zip(pids, pipes, codes, strict=True):
        Child(pid, gate).exit(code)

    def over() -> bool:
        """All have ended, and a handler that takes what they left has done so."""
        dead = all(state(box, pid) in (None, "Z") for pid in pids)
        return dead and at_rest(p for p in [box.process(box.student_pid)] if p is not None)

    box.wait_until(steady(over), END_SECONDS)
    box.fact("kept", [_kept(box, pid, code) for pid, code in zip(pids, codes, strict=True)])
    box.fact("later_faults", waited_faults(box) - faults)  # of children that others collected
    box.fact("delivered", noted(box.fixture("collect", pids)))


def _are_pids(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(type(pid) is int and 1 < pid < 2**22 for pid in value)
    )


def _kept(box: Box, pid: int, code: int) -> bool:
    """True if it is a zombie of the student's process with the status that is right."""
    zombie = box.process(pid)
    if zombie is None or not zombie.is_zombie or zombie.ppid != box.student_pid:
        return False
    return zombie.exit_status in (None, code << 8)  # None: we may not see it on this host


def waited_faults(box: Box) -> int:
    """Page faults of the children that S waited for: they rise with each one collected."""
    process = box.process(box.student_pid)
    return 0 if process is None else process.children_minor_faults
