"""Workers die, hang and fail; each costs its own submission at most, and is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.batch.courses import fake_grade, hand_in
from tests.batch.rows import graded_rows, our_rows

RIGHT = {"add": "right", "double": "right"}


def test_a_job_whose_worker_died_is_tried_again(course: Path, tmp_path: Path) -> None:
    """A worker killed once, by somebody: the submission is graded by the next one."""
    hand_in(course, "ada", RIGHT)
    folder = hand_in(course, "ben", RIGHT | {"show": "kills its first judge"})
    content = json.loads((folder / "proc.ipynb").read_text())
    content["metadata"]["mark"] = str(tmp_path / "killed")
    (folder / "proc.ipynb").write_text(json.dumps(content))
    done = fake_grade(course, "ps1", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "killed").exists()
    assert {row["status"] for row in our_rows(course).values()} == {"graded"}


def test_a_job_that_kills_its_workers_costs_nobody_else(course: Path) -> None:
    """Its own submission is not graded because we failed; all others are, with exit status 3."""
    hand_in(course, "ada", RIGHT)
    hand_in(course, "ben", {"show": "kills its judge"})
    for student in ("cleo", "dan"):
        hand_in(course, student, RIGHT)
    done = fake_grade(course, "ps1", "--jobs", "2")
    assert done.returncode == 3, done.stderr
    rows = our_rows(course)
    assert {name: row["status"] for name, row in rows.items()} == {
        "ada": "graded",
        "ben": "we failed",
        "cleo": "graded",
        "dan": "graded",
    }
    assert "the process that judged it ended" in rows["ben"]["reason"]
    # No points are written for it, not even none.
    assert {row[0] for row in graded_rows(course)["grades"]} == {"ada", "cleo", "dan"}
    assert "1 not graded because we failed" in done.stdout


def test_a_failure_is_tried_again_by_the_next_run(course: Path) -> None:
    """Where we failed, the same command tries again, without --force."""
    folder = hand_in(course, "ada", RIGHT | {"show": "raises"})
    done = fake_grade(course, "ps1")
    assert done.returncode == 3
    assert "RuntimeError: a test of what happens" in our_rows(course)["ada"]["reason"]
    (folder / "proc.ipynb").write_text((folder / "proc.ipynb").read_text().replace("raises", "x"))
    assert fake_grade(course, "ps1").returncode == 0
    assert our_rows(course)["ada"]["status"] == "graded"


def test_a_job_that_takes_too_long_is_ended_alone(course: Path) -> None:
    """Its worker is killed, it is told as timed out, and a person has to look."""
    with (course / "nbgrader_config.py").open("a") as config:
        for name in ("wall", "cell", "call"):
            config.write(f"c.LessonkitBudget.{name}_seconds = 1\n")
    hand_in(course, "ada", {"add": "takes for ever"})
    hand_in(course, "ben", RIGHT)
    done = fake_grade(course, "ps1", "--jobs", "2", GRADER_MARGIN="9")
    assert done.returncode == 0, done.stderr
    rows = our_rows(course)
    assert (rows["ada"]["status"], rows["ben"]["status"]) == ("timed out", "graded")
    grades = [row for row in graded_rows(course)["grades"] if row[0] == "ada"]
    assert {(row[5], row[8]) for row in grades if row[4] == "GradeCell"} == {(0.0, 1)}


SLOW_START = """
import time
from concurrent.futures import wait
from lessonkit.batch import pools

def ended(future):
    until = time.monotonic() + 120
    while not future.done() and time.monotonic() < until:
        pool.tend()
        wait([future], timeout=0.05)
    return future

usual, pools.START_SECONDS = pools.START_SECONDS, 0.0
pool = pools.LocalPool(1, seconds=60)
print(type(ended(pool.submit(bytes, b"job")).exception(timeout=0)).__name__)
pools.START_SECONDS = usual
print(ended(pool.submit(bytes, b"job")).result(timeout=0))
pool.end()
"""


def test_a_worker_that_does_not_start_in_time_is_no_fault_of_the_job() -> None:
    """It is ended, which is our failure and never "too long"; the next worker has its usual time.
    In a process of its own, because multiprocessing leaves a helper running in this one."""
    done = subprocess.run(
        [sys.executable, "-c", SLOW_START], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["WorkerDied", "b'job'"]
