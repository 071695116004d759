"""Grade honest submissions of the lessons with stock nbgrader and with ours; compare the points.

    python -m tests.batch.both_graders FOLDER [LESSON...] [--kinds solution,mixed-1]

works in FOLDER, which is made anew for each lesson, prints a table (lesson, kind of submission,
points by stock nbgrader, by ours) and every cell that differs; exit status 1 when one does. Stock
nbgrader runs notebooks in kernels: only honest ones are for this.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import generate_course
from grade_demo import stock_config
from tests.batch.honest import KINDS, hand_in, honest
from tests.batch.real_engine import orphanage
from tests.batch.rows import graded_rows
from tests.course.lessons import LESSONS, ROOT, Lesson

__all__ = ["Both", "Found", "grade_both"]

SECONDS = 3000
POINTS = """
SELECT student_id, base_cell.name, max_score, auto_score, needs_manual_grade
FROM grade
JOIN base_cell ON base_cell.id = grade.cell_id
JOIN grade_cells ON grade_cells.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a grader wrote: cell -> (most points, automatic points, waits for a person), by kind of
    submission; and all rows of the gradebook. cpu: seconds of the processor that it took."""

    points: dict[str, dict[str, tuple[float, float | None, bool]]]
    rows: dict[str, list[tuple[Any, ...]]]
    cpu: float

    def total(self, kind: str) -> float:
        """Automatic points of a submission."""
        return sum(given or 0.0 for _, given, _ in self.points[kind].values())


@dataclass(frozen=True, slots=True)
class Both:
    """The same submissions of a lesson, graded twice."""

    lesson: Lesson
    kinds: Sequence[str]
    stock: Found
    ours: Found

    def differences(self) -> list[str]:
        """A line for each graded cell whose points or state are not the same, or for other rows."""
        found = [
            f"{self.lesson.name} {kind} {cell}: stock {stock}, ours {ours}"
            for kind in self.kinds
            for cell, stock, ours in self._pairs(kind)
            if stock != ours
        ]
        if not found and self.stock.rows != self.ours.rows:
            found.append(f"{self.lesson.name}: {self.stock.rows} and {self.ours.rows}")
        return found

    def undeserved(self) -> list[str]:
        """A line for each cell that one of them judged otherwise than its answer deserves."""
        found = []
        for kind in self.kinds:
            for question, choice in honest(self.lesson, kind).items():
                for name, one in (("stock", self.stock), ("ours", self.ours)):
                    cells = one.points.get(kind, {})
                    cell = f"{question}-{'answer' if question in self.lesson.written else 'check'}"
                    most, given, waits = cells.get(cell, (0.0, None, True))
                    if _word(most, given, waits) not in _accepted(choice.earns):
                        told = f"{choice.how} {choice.answer!r}: {given} of {most}, waits: {waits}"
                        found.append(f"{self.lesson.name} {kind} {question} by {name}: {told}")
        return found

    def table(self) -> str:
        """A line for each submission."""
        most = sum(one for one, _, _ in self.stock.points[self.kinds[0]].values())
        return "\n".join(
            f"{self.lesson.name:16}{kind:10}{self.stock.total(kind):8.2f}"
            f"{self.ours.total(kind):8.2f} of {most:g}"
            for kind in self.kinds
        )

    def _pairs(self, kind: str) -> list[tuple[str, Any, Any]]:
        stock, ours = self.stock.points.get(kind, {}), self.ours.points.get(kind, {})
        cells = sorted(stock.keys() | ours.keys())
        return [(cell, stock.get(cell), ours.get(cell)) for cell in cells]


def _word(most: float, given: float | None, waits: bool) -> str:
    if waits:
        return "waits"
    return "all" if given == most else "less" if given else "none"


def _accepted(earns: str) -> tuple[str, ...]:
    return ("less", "none") if earns == "less" else (earns,)


def grade_both(lesson: Lesson, kinds: Sequence[str], folder: Path) -> Both:
    """Release the lesson in *folder*, hand these kinds of submissions in, and grade them twice."""
    ours, stock = folder / "ours", folder / "stock"
    generate_course.copy_of_course(ROOT, ours)
    _seed(ours / "source" / lesson.name / f"{lesson.name}.ipynb")
    (ours / "autograder" / "submitted").mkdir(parents=True)
    _run(ours, "nbgrader", "generate_assignment", lesson.name)
    for kind in kinds:
        hand_in(lesson, kind, ours)
    shutil.copytree(ours, stock)
    config = stock / "nbgrader_config.py"
    config.write_text(stock_config(config.read_text()))
    began = _spent()
    _run(stock, "nbgrader", "autograde", lesson.name)
    theirs = _read(stock, _spent() - began)
    began = _spent()
    with orphanage():  # what boxes took counts when they have ended, and they have to
        _run(ours, "lessonkit.cli", "grade", lesson.name)
    return Both(lesson, kinds, theirs, _read(ours, _spent() - began))


def _seed(notebook: Path) -> None:
    """Have checks play the same for both: what a wrong answer earns may depend on chance."""
    content = json.loads(notebook.read_text())
    for cell in content["cells"]:
        if cell["id"].endswith("-check"):
            text = "".join(cell["source"])
            cell["source"] = re.sub(r'(check\("[\d.]+", \w+)\)', r"\1, seed=1)", text)
    notebook.write_text(json.dumps(content))


def _read(course: Path, cpu: float) -> Found:
    folder = course / "autograder"
    connection = sqlite3.connect(folder / "gradebook.db")
    try:
        rows = connection.execute(POINTS).fetchall()
    finally:
        connection.close()
    points: dict[str, dict[str, tuple[float, float | None, bool]]] = {}
    for student, cell, most, given, waits in rows:
        points.setdefault(student, {})[cell] = (most, given, bool(waits))
    return Found(points, graded_rows(folder), cpu)


def _spent() -> float:
    """What ended children have taken of the processor, in seconds."""
    return sum(os.times()[2:4])


def _run(course: Path, module: str, *arguments: str) -> None:
    """Run a command in the course."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=course,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    (course / f"{module}.log").write_text(done.stdout)
    assert done.returncode == 0, done.stdout[-5000:]


def main() -> int:
    """Compare what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    parser.add_argument("--kinds", default=",".join(KINDS))
    arguments = parser.parse_args()
    status = 0
    for lesson in LESSONS:
        if arguments.lessons and lesson.name not in arguments.lessons:
            continue
        folder = arguments.folder / lesson.name
        shutil.rmtree(folder, ignore_errors=True)
        began = time.monotonic()
        both = grade_both(lesson, arguments.kinds.split(","), folder)
        print(both.table())
        cpu = f"stock {both.stock.cpu:.0f} s, ours {both.ours.cpu:.0f} s of the processor"
        print(f"{lesson.name}: {cpu}, {time.monotonic() - began:.0f} s in all")
        for line in (said := [*both.differences(), *both.undeserved()]):
            print(f"  {line}")
        sys.stdout.flush()
        status = 1 if said else status
    return status


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tools"))
    sys.exit(main())
