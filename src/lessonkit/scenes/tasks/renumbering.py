"""Give a new process the number that another one had.

The kernel hands out the numbers of a pid namespace in rising order, and so a number comes again
only after all the others. Who is privileged in the namespace may set the counter back, though:
init is, where the box has a namespace of its own.

Source: pid_namespaces(7), /proc/sys/kernel/ns_last_pid.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import settle

__all__ = ["can_choose_numbers", "spawn_as"]

_COUNTER = "/proc/sys/kernel/ns_last_pid"
_TRIES = 20


def can_choose_numbers(box: Box) -> bool:
    """True if a process can be given a number that is free; try it before the code is loaded."""
    if box.init_pid != 1:
        return False  # the numbers are those of the host
    first = box.spawn(_nothing)
    settle(box, lambda: box.process(first) is None, "an actor did not end")
    second = spawn_as(box, first, _nothing)
    if second is not None:
        settle(box, lambda: box.process(second) is None, "an actor did not end")
    return second == first


def spawn_as(box: Box, number: int, function: Callable[..., object], *args: Any) -> int | None:
    """Spawn a fixture with that number, which is free; None where that is not possible.

    The counter stands afterwards where it stood before.
    """
    for _ in range(_TRIES):  # somebody else may fork in the same moment
        try:
            with open(_COUNTER, "r+") as file:
                last = int(file.read())
                file.seek(0)
                file.write(str(number - 1))
        except (OSError, ValueError):
            return None
        try:
            pid = box.spawn(function, *args)
            with open(_COUNTER, "w") as file:
                file.write(str(max(last, pid)))
        except OSError:
            return None
        if pid == number:
            return pid
        if os.path.exists(f"/proc/{number}"):
            return None  # it has been taken
        box.kill(pid, 9)
    return None


def _nothing() -> None:
    """End at once."""
