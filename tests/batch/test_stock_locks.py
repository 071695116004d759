"""nbgrader's own commands and pages, and `lessonkit grade`, never write at the same time."""

from __future__ import annotations

import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lessonkit.batch.locks import NAME
from tests.batch.courses import fake_grade, hand_in
from tests.batch.rows import our_rows
from tests.batch.test_interruptions import end, eventually, graded, holds
from tests.batch.test_stock_seams import FAKE, python, start_python, with_seams

pytestmark = pytest.mark.slow
QUICK = "stock.PATIENCE_SECONDS = 0.3\n"
PATIENT = "stock.PATIENCE_SECONDS = 400.0\n"
RIGHT = {"add": "right", "double": "right"}
BY_API = """
import fcntl, os
from pathlib import Path
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

def workers():
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return sorted(int(pid) for task in tasks for pid in task.read_text().split())

if __name__ == "__main__":
    config = PyFileConfigLoader("nbgrader_config.py", ".").load_config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for student in ("ada", "ben", "cleo"):
        print(api.autograde("ps1", student)["success"])
        print(bool(workers()), workers() == kept if student > "ada" else "new")
        kept = workers()
        with open("autograded/.lessonkit-grading.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            print("free")
"""


@pytest.fixture
def course(released_course: Path, tmp_path: Path) -> Path:
    """A course that uses the seams and a judge that runs nothing."""
    return with_seams(released_course, tmp_path / "course", FAKE)


def say(course: Path, words: str) -> None:
    """Add to the course's configuration."""
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(words)


@contextmanager
def another_grader(course: Path) -> Iterator[None]:
    """Be one that is at work."""
    (course / "autograded").mkdir(exist_ok=True)
    with (course / "autograded" / NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        yield


def test_autograde_beside_a_grader_touches_nothing_and_says_why(course: Path) -> None:
    """Also with --force, which would first remove what has been graded: one sentence, status 1."""
    say(course, QUICK)
    hand_in(course, "ada", RIGHT)
    assert fake_grade(course, "ps1").returncode == 0
    graded = course / "autograded" / "ada" / "ps1" / "proc.ipynb"
    before = graded.stat().st_ino, our_rows(course)

    with another_grader(course):
        done = python(course, "-m", "nbgrader", "autograde", "ps1", "--force")

    assert done.returncode == 1
    (told,) = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert "another grader (process 4711) is grading the course" in told
    assert "Traceback" not in done.stderr
    assert (graded.stat().st_ino, our_rows(course)) == before


def test_autograde_waits_for_a_grader_and_keeps_out_the_next_one(course: Path) -> None:
    """It says that it waits, and grades when it is its turn. `lessonkit grade` beside it says who
    is at work, with exit status 2; when that one has been killed, nothing is in the way."""
    say(course, PATIENT)
    hand_in(course, "ada", RIGHT)
    hand_in(course, "ben", {"add": "takes for ever"})
    with another_grader(course):
        process = start_python(course, "-m", "nbgrader", "autograde", "ps1")
        assert process.stderr is not None
        try:
            waits = b"another grader (process 4711) is at work; waiting for it"
            assert any(waits in line for line in process.stderr)
            assert not (course / "autograded" / "ada").exists()
        except BaseException:
            end(process, signal.SIGKILL)
            raise
    try:
        eventually(lambda: holds(course, process) and "ada" in graded(course))
        second = fake_grade(course, "ps1")
        assert second.returncode == 2
        assert f"another grader (process {process.pid}) is grading" in second.stderr
    finally:
        end(process, signal.SIGKILL)
    assert our_rows(course)["ada"]["status"] == "graded"
    hand_in(course, "zoe", RIGHT)
    assert fake_grade(course, "ps1", "--student", "zoe").returncode == 0


def test_a_server_that_lives_on_keeps_nobody_out(course: Path) -> None:
    """The formgrader's server grades at the press of a button, by `NbGraderAPI.autograde`, and lets
    go of the course each time, also where we failed. Its worker lives on from one to the next, and
    ends with it."""
    hand_in(course, "ada", RIGHT)
    hand_in(course, "ben", {"add": "raises"})
    hand_in(course, "cleo", RIGHT)
    program = course / "by_api.py"
    program.write_text(BY_API)
    done = python(course, str(program))
    told = "True True new free False True True free True True True free"
    assert done.stdout.split() == told.split(), done.stderr
    assert our_rows(course).keys() == {"ada", "cleo"}
