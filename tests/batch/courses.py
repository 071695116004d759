"""Make courses for tests of grading: real ones, with a real `nbgrader generate_assignment`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = [
    "CONFIG",
    "answer",
    "cell",
    "fake_grade",
    "first",
    "hand_in",
    "lessonkit",
    "make_course",
    "nbgrader",
    "nbgrader_each",
    "notebook",
    "second",
    "start_fake_grade",
]

# As `nbgrader generate_assignment` for each of them, but nbgrader is imported only once.
RELEASE = """
import sys
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.apps.api import NbGraderAPI

app = NbGraderApp()
app.load_config_file()
api = NbGraderAPI(config=app.config)
for name in sys.argv[1:]:
    done = api.generate_assignment(name)
    assert done["success"], done
"""
# As `nbgrader ...` for each of them.
EACH = """
import sys
from nbgrader.apps.nbgraderapp import NbGraderApp

for command in sys.argv[1:]:
    for kind in NbGraderApp._walk_mro():
        kind._instance = None
    try:
        NbGraderApp.launch_instance(command.split())
    except SystemExit as end:
        assert not end.code, (command, end.code)
"""
REPOSITORY = Path(__file__).resolve().parent.parent.parent

CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "tiny"
c.OverwriteCells.add_missing_cells = True
"""
STUB = "    ### BEGIN SOLUTION\n    return a + b\n    ### END SOLUTION"
PARTIAL = """\
points = 0
if double(2) == 4:
    points = points + 2
### BEGIN HIDDEN TESTS
if double(-3) == -6:
    points = points + 1
### END HIDDEN TESTS
points
"""


def cell(kind: str, source: str, name: str = "", points: float = 0, **flags: bool) -> Any:
    """A cell of the instructor's."""
    made: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    made["id"] = name or f"plain-{abs(hash(source)) % 10**8}"
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    if name:
        entry: dict[str, Any] = {
            "grade": False,
            "locked": False,
            "solution": False,
            "task": False,
        } | flags
        entry |= {"grade_id": name, "schema_version": 3}
        if entry["grade"] or entry["task"]:
            entry["points"] = points
        made["metadata"]["nbgrader"] = entry
    return made


def notebook(cells: list[Any]) -> Any:
    """A notebook of these cells."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def answer(text: str) -> str:
    """The text of a solution in source/."""
    return f"### BEGIN SOLUTION\n{text}\n### END SOLUTION"


def first() -> Any:
    """Every kind of cell that nbgrader has."""
    return notebook(
        [
            cell("markdown", "# A tiny assignment"),
            cell("code", "import math"),
            cell("code", "TEN = 10", "given", locked=True),
            cell("code", answer("def add(a, b):\n    return a + b"), "add", solution=True),
            cell("code", "assert add(2, 3) == 5", "test-add", 2, grade=True, locked=True),
            cell("code", answer("def double(a):\n    return 2 * a"), "double", solution=True),
            cell("code", PARTIAL, "test-double", 3, grade=True, locked=True),
            cell("markdown", answer("Because."), "why", 2, grade=True, solution=True),
            cell("code", answer("print('shown')"), "show", 1, grade=True, solution=True),
            cell("markdown", "Draw something.", "draw", 4, task=True, locked=True),
        ]
    )


def second() -> Any:
    """A second notebook."""
    return notebook(
        [
            cell("code", answer("def minus(a, b):\n    return a - b"), "minus", solution=True),
            cell("code", "assert minus(2, 3) == -1", "test-minus", 1, grade=True, locked=True),
        ]
    )


def make_course(
    root: Path, assignments: Mapping[str, Mapping[str, Any]] | None = None, *, config: str = ""
) -> Path:
    """Make a course below *root* and release its assignments, name -> notebook -> content."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIG + config)
    if assignments is None:
        assignments = {"ps1": {"proc": first()}, "ps2": {"one": first(), "two": second()}}
    for name, notebooks in assignments.items():
        folder = root / "source" / name
        folder.mkdir(parents=True)
        for title, content in notebooks.items():
            (folder / f"{title}.ipynb").write_text(json.dumps(content))
        (folder / "data.txt").write_text("the instructor's\n")
    done = _run(root, ["-W", "ignore", "-c", RELEASE, *assignments])
    assert done.returncode == 0, done.stdout
    return root


def hand_in(
    course: Path,
    student: str,
    answers: Mapping[str, str],
    *,
    assignment: str = "ps1",
    notebooks: tuple[str, ...] = ("proc",),
    timestamp: str = "",
) -> Path:
    """Hand in the released notebooks with some cells answered; return the folder."""
    folder = course / "submitted" / student / assignment
    folder.mkdir(parents=True)
    for name in notebooks:
        content = json.loads((course / "release" / assignment / f"{name}.ipynb").read_text())
        for one in content["cells"]:
            text = answers.get(one["metadata"].get("nbgrader", {}).get("grade_id", ""))
            if text is not None:
                one["source"] = text
        (folder / f"{name}.ipynb").write_text(json.dumps(content))
    shutil.copy(course / "release" / assignment / "data.txt", folder)
    if timestamp:
        (folder / "timestamp.txt").write_text(f"{timestamp}\n")
    return folder


def nbgrader(course: Path, *arguments: str) -> str:
    """Run stock nbgrader in the course; return what it said."""
    done = _run(course, ["-m", "nbgrader", *arguments])
    assert done.returncode == 0, done.stdout
    return done.stdout


def nbgrader_each(course: Path, *commands: str) -> None:
    """Run several different commands of stock nbgrader, one after the other."""
    done = _run(course, ["-c", EACH, *commands])
    assert done.returncode == 0, done.stdout


def lessonkit(course: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `lessonkit` in the course."""
    return _run(course, ["-m", "lessonkit.cli", *arguments], separate=True, **env)


def fake_grade(course: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `lessonkit grade` with the engine of `fakes` in the course."""
    return _run(course, ["-m", "tests.batch.grader", *arguments], separate=True, **env)


def start_fake_grade(course: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start it, in a process group of its own, and do not wait."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batch.grader", *arguments],
        cwd=course,
        env=_environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _run(
    course: Path, arguments: list[str], *, separate: bool = False, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=course,
        env=_environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if separate else subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY), **more}
