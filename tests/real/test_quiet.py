"""A quiet moment of a process: what it still does about the last event is not held against it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.calm import CALM_SWITCHES, QUIET_SECONDS, is_calm
from lessonkit.scenes.reaping.bursts import quiet

LONG_SECONDS = 120.0
"""So many are never used up, but where a process has no calm moment."""


class _Bed:
    """What `quiet` asks of a box, for a process outside of one."""

    def __init__(self, pid: int) -> None:
        self.student_pid = pid

    def process(self, pid: int) -> ProcessInfo | None:
        return procfs.read_process(pid)

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not (met := condition()) and time.monotonic() < end:
            time.sleep(0.005)
        return met


@contextmanager
def bed(does: Callable[[], object]) -> Iterator[Box]:
    """A child that does this, and then sleeps for good."""
    pid = os.fork()
    if pid == 0:
        try:
            does()
            while True:
                signal.pause()
        finally:
            os._exit(1)
    try:
        yield cast(Box, _Bed(pid))
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def naps(seconds: float, pause: float = 0.02) -> None:
    """Sleep, and wake up, and sleep: for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(pause)


def in_a_thread(does: Callable[[], object]) -> None:
    """The main thread only waits for it."""
    thread = threading.Thread(target=does)
    thread.start()
    thread.join()


@pytest.mark.parametrize("where", [lambda does: does(), in_a_thread], ids=["main", "thread"])
def test_who_settles_late_is_calm(where: Callable[[Callable[[], object]], object]) -> None:
    """It wakes up again and again for longer than a moment takes, and then no more."""
    with bed(lambda: where(lambda: naps(2 * QUIET_SECONDS))) as box:
        assert is_calm(quiet(box, LONG_SECONDS))


@pytest.mark.parametrize("pause", [0.02, 0.25])
def test_who_takes_naps_has_no_calm_moment(pause: float) -> None:
    """However many moments are looked at."""
    with bed(lambda: in_a_thread(lambda: naps(LONG_SECONDS, pause))) as box:
        moment = quiet(box, 4 * QUIET_SECONDS)
        assert moment["switches"] > CALM_SWITCHES
        assert not is_calm(moment)


def test_who_asks_without_a_pause_is_not_calm() -> None:
    """It never gives the processor back by itself, but it runs."""
    with bed(lambda: naps(LONG_SECONDS, 0.0)) as box:
        assert not is_calm(quiet(box, 2 * QUIET_SECONDS))


def test_a_moment_begins_when_all_threads_sleep() -> None:
    """The main thread has slept all the time; another one computes, and is done some time."""

    def compute() -> None:
        end = time.thread_time() + 2 * QUIET_SECONDS
        while time.thread_time() < end:
            pass

    with bed(lambda: in_a_thread(compute)) as box:
        assert is_calm(quiet(box, LONG_SECONDS))


def test_it_is_looked_at_meanwhile() -> None:
    """What else is to be seen is not missed while nothing is to happen."""
    looks: list[float] = []
    with bed(lambda: None) as box:
        began = time.monotonic()
        quiet(box, LONG_SECONDS, lambda: looks.append(time.monotonic() - began))
    assert len(looks) > 10
    assert looks[-1] >= QUIET_SECONDS / 2
