"""nbgrader's own commands and pages, and `lessonkit grade`, never write at the same time."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lessonkit.batch.locks import NAME
from tests.batch.courses import fake_grade, first, hand_in, make_course
from tests.batch.rows import our_rows
from tests.batch.test_interruptions import end, eventually, holds
from tests.batch.test_stock_seams import FAKE, REPOSITORY, SEAMS, python

pytestmark = pytest.mark.slow
QUICK = "stock.PATIENCE_SECONDS = 0.3\n"
PATIENT = "stock.PATIENCE_SECONDS = 400.0\n"
RIGHT = {"add": "right", "double": "right"}
BY_API = """
import fcntl
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

if __name__ == "__main__":
    config = PyFileConfigLoader("nbgrader_config.py", ".").load_config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    for student in ("ada", "ben"):
        print(api.autograde("ps1", student)["success"])
        with open("autograded/.lessonkit-grading.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            print("free")
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course that uses the seams and a judge that runs nothing. Not to be changed."""
    root = tmp_path_factory.mktemp("locks") / "course"
    return make_course(root, {"ps1": {"proc": first()}}, config=SEAMS + FAKE)


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Path:
    """A course of the test's own."""
    return shutil.copytree(released, tmp_path / "course")


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


def start_autograde(course: Path) -> subprocess.Popen[bytes]:
    """Start `nbgrader autograde`, in a process group of its own, and do not wait."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return subprocess.Popen(
        [sys.executable, "-m", "nbgrader", "autograde", "ps1"],
        cwd=course,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_autograde_beside_a_grader_touches_nothing_and_says_why(course: Path) -> None:
    """Also with --force, which would first remove what has been graded: one sentence, status 1."""
    say(course, QUICK)
    hand_in(course, "ada", RIGHT)
    assert python(course, "-m", "nbgrader", "autograde", "ps1").returncode == 0
    graded = course / "autograded" / "ada" / "ps1" / "proc.ipynb"
    before = graded.stat().st_ino, our_rows(course)

    with another_grader(course):
        done = python(course, "-m", "nbgrader", "autograde", "ps1", "--force")

    assert done.returncode == 1
    (told,) = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert "another grader (process 4711) is grading the course" in told
    assert "Traceback" not in done.stderr
    assert (graded.stat().st_ino, our_rows(course)) == before


def test_autograde_waits_for_a_grader_that_is_soon_done(course: Path) -> None:
    """It says that it waits, and grades when it is its turn."""
    say(course, PATIENT)
    hand_in(course, "ada", RIGHT)
    with another_grader(course):
        process = start_autograde(course)
        assert process.stderr is not None
        try:
            waits = b"another grader (process 4711) is at work; waiting for it"
            assert any(waits in line for line in process.stderr)
            assert not (course / "autograded" / "ada").exists()
        except BaseException:
            end(process, signal.SIGKILL)
            raise
    process.communicate(timeout=300)
    assert process.returncode == 0
    assert our_rows(course)["ada"]["status"] == "graded"


def test_lessonkit_grade_beside_autograde_says_who_is_at_work(course: Path) -> None:
    """Exit status 2; when the other one has been killed, nothing is in the way."""
    hand_in(course, "ada", {"add": "takes for ever"})
    process = start_autograde(course)
    try:
        eventually(lambda: holds(course, process))
        second = fake_grade(course, "ps1")
        assert second.returncode == 2
        assert f"another grader (process {process.pid}) is grading" in second.stderr
    finally:
        end(process, signal.SIGKILL)
    hand_in(course, "ben", RIGHT)
    assert fake_grade(course, "ps1", "--student", "ben").returncode == 0


def test_a_server_that_lives_on_keeps_nobody_out(course: Path) -> None:
    """The formgrader's server grades at the press of a button, and lets go of the course, also
    where we failed; its worker lives on."""
    hand_in(course, "ada", RIGHT)
    hand_in(course, "ben", {"add": "raises"})
    program = course / "by_api.py"
    program.write_text(BY_API)
    done = python(course, str(program))
    assert done.stdout.split() == ["True", "free", "False", "free"], done.stderr
