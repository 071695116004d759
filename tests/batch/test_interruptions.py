"""The grader is killed, interrupted, started twice, locked out; nothing is lost or done twice."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lessonkit.batch.locks import NAME
from tests.batch.courses import fake_grade, hand_in, start_fake_grade
from tests.batch.rows import everything, our_rows

RIGHT = {"add": "right", "double": "half"}
WAIT_SECONDS = 300.0
MOMENTS = 100 if os.environ.get("LESSONKIT_SOAK") == "1" else 3  # `make soak` sets it


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)  # looking costs, too: at every process there is, for some conditions


def members(group: int) -> list[str]:
    """The living processes of a process group."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text().rpartition(")")
        except OSError:
            continue  # it has just ended
        words = rest.split()
        if words[2] == str(group) and words[0] != "Z":
            found.append(name)
    return found


def holds(course: Path, process: subprocess.Popen[bytes]) -> bool:
    """Whether this grader has the course for itself now."""
    assert process.poll() is None, process.communicate()
    try:
        return (course / "autograded" / NAME).read_text() == f"{process.pid}\n"
    except FileNotFoundError:
        return False


def graded(course: Path) -> dict[str, object]:
    """Our rows so far, by student."""
    try:
        return dict(our_rows(course))
    except sqlite3.OperationalError:  # not that far yet, or locked
        return {}


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> tuple[bytes, bytes]:
    """Send a signal to the grader alone, and see to it that all of its processes end."""
    process.send_signal(number)
    said = process.communicate(timeout=WAIT_SECONDS)
    eventually(lambda: not members(process.pid))
    return said


def a_class(course: Path) -> None:
    """Six submissions, one of them damaged."""
    for number, student in enumerate(("ada", "ben", "cleo", "dan", "eve", "fay")):
        folder = hand_in(course, student, RIGHT | {"why": f"because {number}"})
        if student == "cleo":
            (folder / "proc.ipynb").write_text("damaged")


@pytest.fixture(scope="module")
def undisturbed(
    released_course: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    """What a grader leaves in the course that nobody disturbs."""
    course = shutil.copytree(released_course, tmp_path_factory.mktemp("undisturbed") / "course")
    a_class(course)
    assert fake_grade(course, "ps1").returncode == 0
    return everything(course)


def killed_and_resumed(course: Path, after: float) -> dict[str, object]:
    """Kill the grader so many seconds after it began to judge; then give the command again."""
    process = start_fake_grade(course, "ps1", "--jobs", "2")
    eventually(lambda: (course / "autograded").exists() or process.poll() is not None)
    time.sleep(after)  # a moment to be killed at, not something to be waited for
    end(process, signal.SIGKILL)
    assert fake_grade(course, "ps1").returncode == 0
    return everything(course)


@pytest.mark.parametrize("seed", range(MOMENTS))
def test_a_killed_grader_loses_nothing(
    course: Path, undisturbed: dict[str, object], seed: int
) -> None:
    """Killed at a random moment and run again: rows, folders and files as if nothing had been."""
    a_class(course)
    assert killed_and_resumed(course, random.Random(seed).uniform(0, 1.5)) == undisturbed


def test_what_was_left_half_made_is_swept_away(course: Path) -> None:
    """Folders that a killed grader was about to put in their place do not stay."""
    hand_in(course, "ada", RIGHT)
    left = course / "autograded" / "ada" / ".ps1.lessonkit-new"
    left.mkdir(parents=True)
    (left / "proc.ipynb").write_text("half")
    fake_grade(course, "ps1")
    assert sorted(path.name for path in (course / "autograded" / "ada").iterdir()) == ["ps1"]


def test_an_interrupt_ends_everything_at_once(course: Path) -> None:
    """Ctrl-C: one sentence, exit status 3, no process left, and what was graded stays."""
    hand_in(course, "ada", RIGHT)
    hand_in(course, "ben", {"add": "takes for ever"})
    process = start_fake_grade(course, "ps1", "--jobs", "1")
    eventually(lambda: "ada" in graded(course))
    said, errors = end(process, signal.SIGINT)
    assert (process.returncode, said) == (3, b"")
    # It may be interrupted when it has written and not counted yet.
    assert re.search(
        rb"lessonkit: interrupted; [01] submissions were graded and stay so\. The same command "
        rb"goes on from there\n$",
        errors,
    )
    assert set(our_rows(course)) == {"ada"}


def test_an_interrupt_of_the_whole_terminal_is_no_different(course: Path) -> None:
    """The workers hear of it, too, and say nothing of their own."""
    hand_in(course, "ada", {"add": "takes for ever"})
    process = start_fake_grade(course, "ps1")
    eventually(lambda: len(members(process.pid)) >= 3)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 3
    assert b"Traceback" not in errors
    eventually(lambda: not members(process.pid))


def test_two_graders_never_work_on_one_course(course: Path) -> None:
    """The second one says who is at work, exits with status 2 and changes nothing."""
    hand_in(course, "ada", {"add": "takes for ever"})
    process = start_fake_grade(course, "ps1")
    try:
        eventually(lambda: holds(course, process))
        assert fake_grade(course, "ps2").returncode == 2
        second = fake_grade(course, "ps1")
        assert f"another grader (process {process.pid}) is grading" in second.stderr
        assert second.stderr.count("\n") == 1
    finally:
        end(process, signal.SIGKILL)
    assert graded(course) == {}


def test_a_locked_gradebook_is_waited_for(course: Path) -> None:
    """Another program writes for a moment: the grader waits and goes on."""
    hand_in(course, "ada", RIGHT)
    with sqlite3.connect(course / "gradebook.db") as other:
        other.execute("BEGIN EXCLUSIVE")
        process = start_fake_grade(course, "ps1")
        eventually(lambda: holds(course, process))
        other.commit()
    other.close()
    process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0
    assert our_rows(course)["ada"]["status"] == "graded"
