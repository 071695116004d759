"""The grader is killed again and again while it judges in real boxes: nothing is lost, or left.

Each round grades a class with four kills: of the grader, or of one of its workers alone, at any
moment from its start to its last student. `make soak` plays 25 of them: a hundred kills.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.batch.real_engine import (
    WAIT_SECONDS,
    eventually,
    finish,
    graded_students,
    orphanage,
    start_grade,
    workers,
)
from tests.batch.rows import everything

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2000)]

SEEDS = range(2, 27 if os.environ.get("LESSONKIT_SOAK") == "1" else 3)  # 2 kills a worker, too
KILLS = 4


def moment(process: subprocess.Popen[bytes], course: Path, chance: random.Random) -> bool:
    """Wait until a moment that chance chose; False if the grader was ready before it."""
    before = graded_students(course)
    more = chance.choice([0, 0, 1, 2])
    eventually(
        lambda: process.poll() is not None or graded_students(course) >= before + more,
        f"{more} more than {before} are graded",
    )
    # Nothing is waited for here: this is how a moment is chosen. Starting takes the longest.
    time.sleep(chance.uniform(0, 0.3 if more else 3.0))
    return process.poll() is None


def kill(process: subprocess.Popen[bytes], *, alone: bool) -> str:
    """SIGKILL for a worker alone if there is one, or for the grader; say for whom it was."""
    if alone and (found := workers(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(found[0], signal.SIGKILL)
        return "worker"
    process.kill()
    return "grader"


def killed_and_resumed(
    course: Path, temporary: Path, kills: int, chance: random.Random, when: dict[str, str]
) -> Iterator[str]:
    """Grade until all is graded, killing at most so many times; tell each of the dead.

    when: is given the students who were graded each time, and when.
    """
    done = 0
    while done < kills:
        process = start_grade(course, "--jobs", "2", TMPDIR=str(temporary))
        try:
            if moment(process, course, chance):
                done += 1
                dead = kill(process, alone=chance.random() < 0.3)
                yield dead
                if dead == "worker" and moment(process, course, chance):
                    process.kill()
        finally:
            with process:  # what still writes to its pipes is for the orphanage
                process.wait(WAIT_SECONDS)
        for student, stamp in graded_at(course).items():
            assert when.setdefault(student, stamp) == stamp, "graded twice"
        if process.returncode == 0:
            return


def graded_at(course: Path) -> dict[str, str]:
    """Student -> when the grade was written."""
    connection = sqlite3.connect(course / "gradebook.db")
    try:
        return dict(connection.execute("SELECT student, graded_at FROM lessonkit_grading"))
    except sqlite3.OperationalError:  # killed before there was such a table
        return {}
    finally:
        connection.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_grader_that_is_killed_again_and_again_loses_nothing(
    proc_class: Path,
    proc_graded: Path,
    seed: int,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Rows, folders and files are those of an undisturbed run, nobody was graded twice, and no
    process of a box stays."""
    chance = random.Random(seed)
    undisturbed = everything(proc_graded)
    dead: list[str] = []
    rounds, left = 0, 0
    while len(dead) < KILLS:
        rounds += 1
        course = shutil.copytree(proc_class, tmp_path / f"course-{rounds}")
        temporary = tmp_path / f"temporary-{rounds}"
        temporary.mkdir()
        when: dict[str, str] = {}
        with orphanage():
            dead += killed_and_resumed(course, temporary, KILLS - len(dead), chance, when)
        with orphanage():
            finish(course, "--jobs", "2", TMPDIR=str(temporary))
        # As the next launcher does: what a killed process had there is nobody's any more.
        sweep = "from lessonkit.sandbox import homes; homes.sweep_homes()"
        environment = {**os.environ, "TMPDIR": str(temporary)}
        subprocess.run([sys.executable, "-c", sweep], env=environment, check=True)
        assert {student: graded_at(course)[student] for student in when} == when
        assert everything(course) == undisturbed
        assert not list(temporary.glob("lessonkit-box-*"))
        left += len(list(temporary.iterdir()))
    told = {"kills": len(dead), "workers": dead.count("worker"), "classes": rounds, "left": left}
    request.node.user_properties.append(("killed", json.dumps(told)))


def leave_an_orphan() -> int:
    """Run a program that leaves one; return its pid."""
    program = "import os, time; print(os.fork() or time.sleep(600))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        process.wait(WAIT_SECONDS)
        assert process.stdout is not None
        return int(os.read(process.stdout.fileno(), 20))


def test_an_orphan_of_a_killed_grader_would_be_seen() -> None:
    """The negative control of the test above: what lives on is a failure, and does not stay."""
    pids: list[int] = []

    def watched() -> None:
        with orphanage(seconds=1.0):
            pids.append(leave_an_orphan())
            assert Path(f"/proc/{pids[0]}").exists()

    with pytest.raises(AssertionError, match="have ended"):
        watched()
    assert not Path(f"/proc/{pids[0]}").exists()
