"""What a busy host keeps from a scene is measured; what a process sleeps is not."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from lessonkit import procfs
from lessonkit.scenes.reaping.losses import AT_A_TIME, Losses
from tests.real.lasting import lasting

DEADLINE_SECONDS = 60.0
ENOUGH_SECONDS = 0.2

pytestmark = [
    pytest.mark.skipif(
        not os.path.exists("/proc/self/schedstat"),
        reason="by nature: this kernel does not count what processes wait for a processor",
    )
]


def compute() -> None:
    """Without a pause."""
    sum(range(10_000))


def until(condition: Callable[[], bool]) -> bool:
    """Look until it is so, for a minute at most."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return met


def test_who_stands_in_line_has_lost_that_time() -> None:
    """Three that compute on one processor: each has to wait; of them as another process ..."""
    with ExitStack() as stack, lasting(signal.pause) as student:
        busy, *_ = [stack.enter_context(lasting(compute, pinned=True)) for _ in range(3)]
        losses = Losses(student)

        def lost() -> bool:
            losses.look([busy])
            return losses.so_far(busy) - losses.so_far() > ENOUGH_SECONDS

        assert until(lost)


def test_the_students_process_counts_from_the_beginning() -> None:
    """... and as the student's: what it had lost before does not count."""
    with ExitStack() as stack:
        student, *_ = [stack.enter_context(lasting(compute, pinned=True)) for _ in range(3)]
        assert until(lambda: _waited(student) > 3 * ENOUGH_SECONDS)
        losses, other = Losses(student), Losses(student)
        assert losses.so_far() < ENOUGH_SECONDS
        assert until(lambda: (losses.look(), losses.so_far() > ENOUGH_SECONDS)[1])  # type: ignore[func-returns-value]
        assert other.so_far() < ENOUGH_SECONDS  # nobody has looked


def test_who_sleeps_loses_nothing() -> None:
    """Negative control: a solution that waits for the wrong one is late by its own fault."""
    with lasting(signal.pause) as student, lasting(signal.pause) as job:
        assert until(lambda: all(_state(pid) == "S" for pid in (student, job)))
        losses = Losses(student)
        losses.look([job])
        before = losses.so_far(job) - losses.so_far()
        end = time.monotonic() + 2 * ENOUGH_SECONDS
        while time.monotonic() < end:
            losses.look([job])
            time.sleep(AT_A_TIME / 10)
        assert losses.so_far(job) - losses.so_far() == before


def test_looks_that_are_far_apart_are_a_loss() -> None:
    """Init was held up itself."""
    with lasting(signal.pause) as student:
        losses = Losses(student)
        time.sleep(4 * AT_A_TIME)
        losses.look()
        assert losses.so_far() >= 3 * AT_A_TIME


def _waited(pid: int) -> float:
    with open(f"/proc/{pid}/schedstat", "rb") as file:
        return int(file.read().split()[1]) / 1e9


def _state(pid: int) -> str:
    found = procfs.read_process(pid)
    return found.state if found is not None else "gone"
