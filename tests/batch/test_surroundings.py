"""What surrounds grading fails or hangs: a full disk, a locked or foreign gradebook, a terminal."""

from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import termios
from pathlib import Path

import psutil
import pytest

from tests.batch.courses import CONFIG, REPOSITORY, fake_grade, first, hand_in, lessonkit, nbgrader
from tests.batch.rows import graded_rows, our_rows
from tests.batch.test_interruptions import eventually

RIGHT = {"add": "right", "double": "right"}


def test_a_gradebook_that_stays_locked_is_one_sentence(course: Path) -> None:
    """After a while the grader gives up, says for how long it waited, and loses nothing."""
    hand_in(course, "ada", RIGHT)
    other = sqlite3.connect(course / "gradebook.db")
    other.execute("BEGIN EXCLUSIVE")
    done = fake_grade(course, "ps1", GRADER_PATIENCE="0.5")
    other.close()
    assert done.returncode == 3
    assert "was kept locked by another program for 0.5 s" in done.stderr
    assert done.stderr.count("\n") == 1
    assert fake_grade(course, "ps1").returncode == 0


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (None, 2, "there is no gradebook"),
        (b"no database at all" * 100, 3, "cannot be used: file is not a database"),
        (b"", 3, "holds nothing of nbgrader's: no assignment has been released into it"),
    ],
)
def test_what_is_no_gradebook_is_one_sentence(
    course: Path, content: bytes | None, status: int, words: str
) -> None:
    """Missing, damaged or empty: said, and what is there is not replaced."""
    hand_in(course, "ada", RIGHT)
    (course / "gradebook.db").unlink()
    if content is not None:
        (course / "gradebook.db").write_bytes(content)
    done = fake_grade(course, "ps1")
    assert done.returncode == status
    assert words in done.stderr
    assert "upgrade" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_gradebook_of_an_older_nbgrader_is_told_from_an_empty_one(course: Path) -> None:
    """What is there and lacks a column is for `nbgrader db upgrade`; nothing else is."""
    hand_in(course, "ada", RIGHT)
    book = sqlite3.connect(course / "gradebook.db")
    book.execute("ALTER TABLE notebook RENAME COLUMN kernelspec TO language")
    book.close()
    done = fake_grade(course, "ps1")
    assert done.returncode == 3
    assert "nbgrader db upgrade" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_copy_of_a_course_without_its_gradebook_is_told_what_to_make(tmp_path: Path) -> None:
    """The folder first, which nbgrader does not make and takes for an old gradebook; and what is
    advised works. Nothing is made by who only asks."""
    course = tmp_path / "copied"
    course.mkdir()
    (course / "nbgrader_config.py").write_text(
        CONFIG
        + "c.CourseDirectory.db_url = 'sqlite:///grades/gradebook.db'\n"
        + "c.CourseDirectory.autograded_directory = 'grades/autograded'\n"
    )
    (course / "source" / "ps1").mkdir(parents=True)
    (course / "source" / "ps1" / "proc.ipynb").write_text(json.dumps(first()))
    for command in (["grade", "ps1"], ["report", "ps1"]):
        done = lessonkit(course, *command)
        assert done.returncode == 2
        assert f"its folder is missing, too: make it ({course / 'grades'})" in done.stderr
        assert done.stderr.count("\n") == 1
        assert "upgrade" not in done.stderr
        assert not (course / "grades").exists()
    (course / "grades").mkdir()
    done = lessonkit(course, "grade", "ps1")
    assert "there is no gradebook" in done.stderr
    assert "folder is missing" not in done.stderr
    nbgrader(course, "generate_assignment", "ps1")
    done = lessonkit(course, "grade", "ps1")
    assert done.returncode == 0, done.stderr


def test_a_full_disk_costs_nobody_a_grade(course: Path) -> None:
    """What does not fit is told as our failure; the next run, with room, grades it."""
    hand_in(course, "ada", RIGHT)
    (hand_in(course, "ben", RIGHT) / "large.bin").write_bytes(b"x" * 300_000)
    (course / "autograded").mkdir()
    mount = "mount -t tmpfs -o size=128k none autograded && exec "
    command = f'{mount} "$0" -m tests.batch.grader ps1 --jobs 1'
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    done = subprocess.run(
        ["unshare", *user, "--mount", "sh", "-c", command, sys.executable],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"by nature: no file system may be mounted here: {done.stderr.strip()}")
    assert done.returncode == 3, done.stderr
    rows = our_rows(course)
    assert (rows["ada"]["status"], rows["ben"]["status"]) == ("graded", "we failed")
    assert "No space left on device" in rows["ben"]["reason"]
    assert {row[0] for row in graded_rows(course)["grades"]} == {"ada"}
    assert fake_grade(course, "ps1").returncode == 0
    assert our_rows(course)["ben"]["status"] == "graded"


def test_a_folder_that_cannot_be_written_stops_before_anything_is_judged(course: Path) -> None:
    """A file where autograded/ should be: one sentence, exit status 3."""
    hand_in(course, "ada", RIGHT)
    (course / "autograded").write_text("in the way")
    done = fake_grade(course, "ps1")
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing was graded" in done.stderr
    assert graded_rows(course)["grades"] == []


def test_a_terminal_gets_a_bar(course: Path) -> None:
    """How far it is, redrawn in place; no line for each student."""
    hand_in(course, "ada", RIGHT)
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.batch.grader", "ps1"],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:
        pass  # the other end is closed: that is how a terminal ends
    os.close(ours)
    said, _ = process.communicate(timeout=300)
    assert b"ps1" in shown
    assert b"of 1" in shown
    assert b"lessonkit: ada" not in shown
    assert said.splitlines()[-1] == b"ps1: 1 of 1 graded now"


def test_nothing_of_a_killed_grader_stays(course: Path) -> None:
    """With students' code at work in the sandbox: killed, and every process of it is gone."""
    text = "import os, time\nfor _ in range(4):\n    os.fork()\ntime.sleep(300)"
    hand_in(course, "ada", {"add": text})
    process = subprocess.Popen(
        [sys.executable, "-m", "lessonkit.cli", "grade", "ps1"],
        cwd=course,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    family = psutil.Process(process.pid)
    try:
        eventually(lambda: len(family.children(recursive=True)) >= 16)
        members = family.children(recursive=True)
    finally:
        process.kill()
        process.wait()
    eventually(lambda: not any(one.is_running() and _alive(one) for one in members))


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_starting_with_nothing_to_do_loads_little(course: Path) -> None:
    """Neither nbgrader nor notebooks' libraries are imported, nor is a worker started."""
    hand_in(course, "ada", {})
    assert lessonkit(course, "grade", "ps1").returncode == 0
    program = (
        "import sys; from lessonkit.cli import main; status = main(['grade', 'ps1']); "
        "heavy = {'nbgrader', 'nbformat', 'nbconvert', 'IPython', 'distributed'}; "
        "print(sorted(heavy & set(sys.modules)), status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=course, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[] 0", done.stdout


def test_source_and_gradebook_that_differ_are_told(course: Path) -> None:
    """A text that changed after the release is a warning, a new cell a reason to stop."""
    hand_in(course, "ada", RIGHT)
    file = course / "source" / "ps1" / "proc.ipynb"
    text = file.read_text()
    file.write_text(text.replace("assert add(2, 3) == 5", "assert add(2, 3) == 6"))
    done = fake_grade(course, "ps1")
    assert done.returncode == 0
    assert "was edited after its release: test-add" in done.stderr
    file.write_text(text.replace('"test-add"', '"test-other"'))
    done = fake_grade(course, "ps1")
    assert done.returncode == 2
    assert "has cells that were not released (test-other)" in done.stderr
    shutil.rmtree(course / "source" / "ps1")
    done = fake_grade(course, "ps1")
    assert done.returncode == 2
    assert "The instructor's notebooks are needed" in done.stderr
