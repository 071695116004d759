"""2.2 tells who always runs from who sleeps again and again, however long both wait for a CPU."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import cast

import pytest

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.tasks.posing import LOOKS, watched
from tests.real.lasting import lasting

DEADLINE_SECONDS = 60.0


class Busy:
    """What a look needs of a box, on a host where all are found in the queue at every look.

    Between two looks a process gets its turn: *turn* tells when it has had it.
    """

    def __init__(self, turn: Callable[[], object]) -> None:
        self.student_pid = 0
        self._turn = turn

    def status_field(self, pid: int, name: str) -> str | None:
        return procfs.status_field(pid, name)

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + DEADLINE_SECONDS
        while not self._turn():
            assert time.monotonic() < end
            time.sleep(0.001)
        return condition()


def seen(pid: int, turn: Callable[[], object]) -> str:
    """What 2.2 sees of a process that is always in state R when it is looked at."""

    def child() -> ProcessInfo | None:
        found = procfs.read_process(pid)
        return found and dataclasses.replace(found, state="R", ppid=0)

    return watched(cast(Box, Busy(turn)), child, "R")


def counted(pid: int, what: Callable[[int], object]) -> Callable[[], bool]:
    """True when that has changed since it was true before."""
    before = what(pid)

    def changed() -> bool:
        nonlocal before
        now = what(pid)
        changed = now != before
        before = now
        return changed

    return changed


def naps(pid: int) -> str | None:
    """How often it has gone to sleep."""
    return procfs.status_field(pid, "voluntary_ctxt_switches")


def ran(pid: int) -> float:
    """Seconds that it has run."""
    found = procfs.schedule_seconds(pid)
    assert found is not None
    return found[0]


def test_short_sleeps_are_no_state_r() -> None:
    """Although it was in state R at every look: it had slept since the one before."""
    with lasting(lambda: time.sleep(0.001)) as pid:
        assert seen(pid, counted(pid, naps)) == "R" + "S" * (LOOKS - 1)


@pytest.mark.skipif(
    procfs.schedule_seconds(1) is None,
    reason="by nature: this kernel does not count what processes run",
)
def test_who_always_has_something_to_do_is_in_state_r() -> None:
    """It lost the processor now and then, and never gave it back."""
    with lasting(lambda: sum(range(1000))) as pid:
        assert seen(pid, counted(pid, ran)) == "R" * LOOKS
