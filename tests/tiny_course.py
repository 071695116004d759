"""Make a course of one tiny lesson, to try the tools on without any real lesson.

Its check is a class in the notebook that shows itself as `lessonkit.check` does: the points
as text/plain, the reasons as text/html.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

__all__ = [
    "LESSON",
    "MINE",
    "SOLUTION",
    "STALE",
    "begin",
    "make_tiny_course",
    "write_notebook",
]

LESSON = "00-tiny"
SOLUTION = "    ### BEGIN SOLUTION\n    return a + b\n    ### END SOLUTION"
ROOT = Path(__file__).resolve().parent.parent

CHECK = """\
class Verdict:
    def __init__(self, points, why):
        self.points, self.why = points, why

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self.points), "text/html": f"<p>{self.why}</p>"}


def check(name, add):
    try:
        total = add(2, 3)
    except NotImplementedError:
        return Verdict(0.0, "not written yet")
    return Verdict(2.0, "as expected") if total == 5 else Verdict(0.5, f"2 + 3 gave {total}")
"""


PAGE = {
    "cells": [
        {
            "cell_type": "code",
            "id": "where",
            "metadata": {},
            "source": "1 + 1",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "2"}],
            "execution_count": 4,
        }
    ],
    "metadata": {"widgets": {}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
MINE = {
    "my-work.json": "{1}",
    f"{LESSON}/my-work.json": "{2}",
    f"{LESSON}/my-work.damaged-1.json": "no JSON",
    f"{LESSON}/.my-work-x7": "half written",
    f"{LESSON}/.ipynb_checkpoints/{LESSON}-checkpoint.ipynb": "{3}",
    "01-withdrawn/my-work.json": "{4}",
    "notes.txt": "my own, beside the lessons",
}
"""Below course/: what is a learner's, and stays."""

STALE = (
    f"{LESSON}/old-data.csv",
    f"{LESSON}/old/deep.csv",
    "01-withdrawn/01-withdrawn.ipynb",
    "02-withdrawn/02-withdrawn.ipynb",
)
"""Below course/: what an older source/ has left there, and goes."""


def make_tiny_course(root: Path) -> Path:
    """Write source/ and nbgrader_config.py below *root*; return the lesson's notebook."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    notebook = root / "source" / LESSON / f"{LESSON}.ipynb"
    write_notebook(notebook)
    return notebook


def write_notebook(path: Path, answer: str = SOLUTION) -> None:
    """Write the lesson with *answer* as the body of the function that is asked for."""
    cells = [
        _cell("markdown", "title", "# A tiny lesson"),
        _cell("code", "setup", CHECK),
        _cell("code", "q0-1-answer", f"def add(a, b):\n{answer}", solution=True),
        _cell("code", "q0-1", 'check("0.1", add)', points=2),
    ]
    # Without a kernel's name JupyterLab asks a person which to take.
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))


def _cell(
    kind: str, name: str, source: str, *, solution: bool = False, points: int = 0
) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": 7, "outputs": []}
    if solution or points:
        cell["metadata"]["nbgrader"] = {
            "grade": bool(points),
            "grade_id": name,
            "locked": bool(points),
            "schema_version": 3,
            "solution": solution,
            "task": False,
            **({"points": points} if points else {}),
        }
    return cell


def begin(root: Path) -> None:
    """Have a generated course be used, and its source/ be changed: MINE, STALE, a lost notebook;
    a new file, a start page and a glossary that wait to be handed out."""
    course, source = root / "course", root / "source"
    for name, content in {**MINE, **dict.fromkeys(STALE, "old")}.items():
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (course / LESSON / f"{LESSON}.ipynb").write_text("{}")
    (source / LESSON / "my-work.json").write_text("{an author's}")
    (source / LESSON / "data.csv").write_text("new")
    (source / "index.ipynb").write_text(json.dumps(PAGE))
    (root / "docs").mkdir()
    (root / "docs" / "glossary.md").write_text("# Words")
