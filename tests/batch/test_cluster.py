"""Judging on a Dask cluster: two worker processes on loopback, one of which is lost in mid-run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.batch.courses import REPOSITORY, fake_grade, hand_in
from tests.batch.real_engine import EARNED, WAIT_SECONDS, graded_students, orphanage, start_grade
from tests.batch.rows import everything, our_rows
from tests.batch.test_interruptions import eventually

pytestmark = [
    pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed"),
    pytest.mark.timeout(1200),
]
RIGHT = {"add": "right", "double": "half"}


class Cluster:
    """A scheduler and two workers, each of them a process of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def begin(self) -> None:
        """Start all of it."""
        folder = self.folder
        file = folder / "scheduler.json"
        start = f"--host 127.0.0.1 --port 0 --no-dashboard --scheduler-file {file}"
        self.scheduler = self.start(f"scheduler {start}")
        eventually(lambda: _address(file) != "")
        self.address = _address(file)
        options = "--nthreads 1 --host 127.0.0.1 --no-dashboard --death-timeout 300"
        folders = [f"--local-directory {folder / str(number)}" for number in range(2)]
        self.workers = [self.start(f"worker {self.address} {options} {one}") for one in folders]

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Start a program of Dask's, in a process group of its own."""
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command.split()],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a program with its nanny, as when its machine is switched off."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(file: Path) -> str:
    """Where the scheduler is; "" as long as it has not written that down."""
    try:
        return str(json.loads(file.read_text())["address"])
    except (FileNotFoundError, json.JSONDecodeError):
        return ""


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that is gone with the block."""
    made = Cluster(folder)
    try:
        made.begin()
        yield made
    finally:
        for process in made.processes:
            made.kill(process)


@pytest.mark.slow
def test_one_dies_of_its_job_and_one_is_lost(
    course: Path, proc_class: Path, proc_graded: Path, tmp_path: Path
) -> None:
    """A worker judges in a process of its own, so that a job can take down that one only. When a
    whole worker is lost, the other one judges its jobs as this machine does, each once: rows and
    files are the same, byte for byte; and what it had in boxes ends."""
    hand_in(course, "ada", {"show": "kills its judge"})
    hand_in(course, "ben", RIGHT)
    real = shutil.copytree(proc_class, tmp_path / "real")
    with orphanage(), cluster(tmp_path) as made:
        done = fake_grade(course, "ps1", "--scheduler", made.address)
        assert all(process.poll() is None for process in made.processes)
        assert done.returncode == 3, done.stderr
        rows = our_rows(course)
        assert (rows["ada"]["status"], rows["ben"]["status"]) == ("we failed", "graded")

        process = start_grade(real, "--scheduler", made.address)
        eventually(lambda: graded_students(real) >= 1 or process.poll() is not None)
        made.kill(made.workers[0])
        said, errors = process.communicate(timeout=WAIT_SECONDS)
        assert process.returncode == 0, errors
    assert f"{len(EARNED)} of {len(EARNED)} graded now" in said.decode()
    assert everything(real) == everything(proc_graded)


def test_no_scheduler_is_one_sentence(course: Path) -> None:
    """Nobody listens at the address: said, and nothing is graded."""
    hand_in(course, "ada", RIGHT)
    done = fake_grade(course, "ps1", "--scheduler", "tcp://127.0.0.1:9", GRADER_PATIENCE="2")
    assert done.returncode == 3
    assert "no scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert our_rows(course) == {}
