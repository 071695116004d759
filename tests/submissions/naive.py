"""Run attacks of the corpus where nothing holds them: that they work is what makes them tests.

Called behind the fence only. `shared` runs a notebook and its tests in one interpreter, as a
kernel would; `unboxed` runs an answer as a plain program, in the course.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.fence import require_inside
from tests.submissions.cases import Case
from tests.submissions.drafts import assignment_spec
from tests.submissions.tricks import SECRET

__all__ = ["SHARED", "UNBOXED", "shared", "unboxed"]

SHARED = ("hostile/interpreter", "hostile/values")
UNBOXED = (
    "reads_solutions_and_gradebook",
    "reads_the_home_and_keys",
    "reads_the_environment",
    "calls_over_the_network",
    "writes_into_all_descriptors",
    "climbs_out_of_the_box",
)
SECONDS = 120


def shared(one: Case) -> int:
    """How many tests find nothing wrong, run after the student's cells in their interpreter."""
    require_inside()
    import IPython.core.interactiveshell  # noqa: F401  once, not again in each child

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            signal.alarm(SECONDS)
            _run_all(one, writing)
        os._exit(0)
    os.close(writing)
    passed = 0
    while part := os.read(reading, 4096):
        passed += part.count(b"+")
    os.close(reading)
    os.waitpid(child, 0)
    return passed


def _run_all(one: Case, writing: int) -> None:
    from IPython.core.history import HistoryManager
    from IPython.core.interactiveshell import InteractiveShell

    write = os.write
    os.chdir(tempfile.mkdtemp())
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in (1, 2):
        os.dup2(quiet, fd)
    os.environ["IPYTHONDIR"] = os.getcwd()
    setattr(HistoryManager, "enabled", False)  # noqa: B010  a trait, for mypy
    errors: list[str] = []

    class Shell(InteractiveShell):
        def _showtraceback(self, *shown: Any) -> None:
            errors.append("an error is shown")

    tests = {cell.grade_id: cell.source for cell in assignment_spec().cells if cell.is_test}
    start: Any = Shell.instance
    shell = start()
    for cell in one.draft().cells:
        text = tests.get(cell["id"])
        errors.clear()
        if cell["cell_type"] == "code":
            shell.run_cell(cell["source"] if text is None else text)
        if text is not None and not errors:
            write(writing, b"+")


def unboxed(one: Case, folder: Path) -> bool:
    """Whether the answer to Q1, a plain program in *folder*, reaches what it is after."""
    require_inside()
    if os.geteuid() == 0:
        return True  # it would reach more than a test should put at stake
    text = one.draft().cell("q1-answer")["source"]
    with tempfile.NamedTemporaryFile(dir=Path.home()) as inherited:
        done = subprocess.run(
            [sys.executable, "-c", f"{text}\nprint('it was', bool(reached))"],
            cwd=folder,
            env={**os.environ, SECRET: "nobody's business"},
            pass_fds=[inherited.fileno()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    return "it was True" in done.stdout
