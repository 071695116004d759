"""A small class for the real engine, and programs that are ended in the middle of grading it.

The assignment is tests/submissions/assignment: six functions, three of which fork, and hidden
tests. What a killed grader leaves running is seen because `orphanage` makes this process the one
to which all orphans below it go; what it leaves lying in a temporary folder, because it has one of
its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.batch.courses import REPOSITORY
from tests.submissions.drafts import ASSIGNMENT, NAME, Draft, code_cell

__all__ = [
    "EARNED",
    "WAIT_SECONDS",
    "children",
    "eventually",
    "finish",
    "graded_students",
    "hand_in_class",
    "orphanage",
    "proc",
    "start_grade",
    "workers",
]

WAIT_SECONDS = 300.0
PR_SET_CHILD_SUBREAPER = 36

EARNED = {
    "ada": 12.0,
    "ben": 8.0,
    "cleo": 10.0,
    "dan": 0.0,
    "eve": 10.0,
    "fay": 0.0,
    "gus": 12.0,
    "hal": 10.0,
}
"""Student -> points of the class that `hand_in_class` makes."""


def proc() -> Any:
    """The assignment's notebook, as instructors have it."""
    return json.loads(ASSIGNMENT.read_text())


def hand_in_class(course: Path) -> None:
    """Right, blank, wrong in one, damaged, merged: eight students, each a little slow."""
    drafts = {name: Draft() for name in EARNED}
    drafts["ben"].blank("q2-answer", "q5-answer")
    drafts["cleo"].write("q4-answer", "def exit_code(code):\n    return code + 1")
    drafts["dan"].content = b"no notebook"
    drafts["eve"].write("q1-answer", "def area(width, height):\n    return width + height")
    drafts["fay"].blank()
    drafts["gus"].merge("q1-answer", "q2-answer")
    drafts["hal"].write("q6-answer", "def reap(count):\n    return [os.getpid()]")
    for name, draft in drafts.items():
        draft.insert("end", code_cell("import time; time.sleep(0.05); print('through')"))
        draft.hand_in(course / "submitted" / name / NAME)


def start_grade(course: Path, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
    """Start `lessonkit grade proc`, and do not wait."""
    return subprocess.Popen(
        [sys.executable, "-m", "lessonkit.cli", "grade", NAME, *arguments],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(course: Path, *arguments: str, **env: str) -> str:
    """Grade what is not graded yet; return what was said of it."""
    process = start_grade(course, *arguments, **env)
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0, errors
    return said.decode()


def eventually(condition: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it never came to that: {what}"
        time.sleep(0.01)


def graded_students(course: Path) -> int:
    """How many have a folder: judged, and written or just being written."""
    return len(list((course / "autograded").glob(f"*/{NAME}")))


def children(pid: int) -> list[int]:
    """The children of a process, dead ones that nobody asked about included."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):  # it has ended
            found += map(int, (task / "children").read_text().split())
    return found


def workers(grader: int) -> list[int]:
    """The processes that judge for it."""
    return [pid for pid in children(grader) if b"spawn_main" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def orphanage(seconds: float = WAIT_SECONDS) -> Iterator[Callable[[], list[int]]]:
    """Whatever a program that is started in the block leaves behind must have ended by itself, so
    many seconds after the block. Gives a function that names what still lives."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    known = set(children(os.getpid()))

    def living() -> list[int]:
        found = []
        for pid in set(children(os.getpid())) - known:
            with suppress(ChildProcessError):  # somebody else has collected it
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    found.append(pid)
        return found

    try:
        yield living
        eventually(lambda: not living(), "all that was left behind have ended", seconds)
    finally:
        for pid in living():  # it failed: whatever that was, nothing of it stays
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not living(), "all that was killed have ended")
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
