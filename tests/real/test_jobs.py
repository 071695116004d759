"""The jobs of 6.5: what happens to them is never dated too early, and a code is what they got."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from lessonkit import procfs
from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.scenes.api import Box
from lessonkit.scenes.reaping.jobs import Job

DEADLINE_SECONDS = 60.0


class Here:
    """What a job needs of a box, for a process of ours: no code of a student's is run."""

    def __init__(self) -> None:
        self.rng = random.Random()
        self.in_the_middle: Callable[[], object] = lambda: None
        """Called in the middle of a look: as if init did not get a processor as long as that."""

    def snapshot(self) -> Snapshot:
        return procfs.snapshot(root_pid=os.getpid())

    def process(self, pid: int) -> ProcessInfo | None:
        self.in_the_middle()
        return procfs.read_process(pid)

    def status_field(self, pid: int, name: str) -> str | None:
        return procfs.status_field(pid, name)


def moment(pid: int) -> tuple[float, float]:
    """The clock, and nothing that was lost."""
    return time.monotonic(), 0.0


def until(condition: Callable[[], object]) -> None:
    """Look until it is so."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def zombie(pid: int) -> bool:
    """True once it has ended; nobody has waited for it."""
    process = procfs.read_process(pid)
    return process is not None and process.is_zombie


Started = tuple[Here, Job, "subprocess.Popen[bytes]"]


@pytest.fixture(params=["polite", "slow"])
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Started]:
    """A job that stands at its gate, was found, and is ready for SIGTERM."""
    gate = str(tmp_path / "gate")
    for name in (gate, f"{gate}-told"):
        os.mkfifo(name)
    here = Here()
    job = Job(cast(Box, here), request.param, gate)
    process = subprocess.Popen(job.argv)

    def ready() -> bool:
        job.look(moment)
        return job.identity is not None and bool(job.facts["ready"])

    try:
        until(ready)
        yield here, job, process
    finally:
        job.close()
        process.kill()
        process.wait()


def test_an_end_in_the_middle_of_a_look_is_not_dated_before_it(started: Started) -> None:
    """A supervisor that was right in time would have been too early."""
    here, job, process = started
    ended: list[float] = []

    def end() -> None:
        here.in_the_middle = lambda: None
        ended.append(time.monotonic())
        process.kill()
        until(lambda: zombie(process.pid))

    here.in_the_middle = end
    job.look(moment)
    assert job.facts["dead"] >= ended[0]
    assert job.facts["gone"] is None
    first = job.facts["dead"]
    job.look(moment)  # the zombie stays, and so does its time
    assert job.facts["dead"] == first
    process.wait()
    job.look(moment)
    assert job.facts["gone"] > first


def test_a_signal_in_the_middle_of_a_look_is_not_dated_before_it(started: Started) -> None:
    """Whether its handler has run by then or not."""
    here, job, process = started
    sent: list[float] = []

    def send() -> None:
        here.in_the_middle = lambda: None
        sent.append(time.monotonic())
        process.send_signal(signal.SIGTERM)

    here.in_the_middle = send
    seen = "dead" if job.kind == "polite" else "asked"

    def looked() -> bool:
        job.look(moment)
        return job.facts[seen] is not None

    until(looked)
    assert job.facts[seen] >= sent[0]


def test_a_code_is_noted_when_somebody_has_got_it(started: Started) -> None:
    """Then it ends with it."""
    _, job, process = started
    until(job.tell)
    assert process.wait() == job.facts["code"]


def test_who_has_ended_before_gets_no_code(started: Started) -> None:
    """Nobody is at the gate any more."""
    _, job, process = started
    process.kill()
    until(lambda: zombie(process.pid))
    assert not job.tell()
    assert job.facts["code"] is None
