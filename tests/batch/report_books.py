"""A small graded class for tests of reports: nbgrader's rows made by its API, ours by ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from lessonkit.batch import schema
from lessonkit.batch.gradebooks import Gradebook, replace_row
from lessonkit.batch.records import NotebookResult, Result
from lessonkit.batch.writing import detail_of
from lessonkit.grading.records import CellResult, Judgement, Status

__all__ = ["FORMULA", "SCRIPT", "STOCK_COLUMNS", "STOCK_SCORES", "cell", "make_book", "note"]

FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "<script>alert(1)</script>"

# ps1 has a test of 2 and one of 3 points, an answer of 2 that a person reads, a task of 4.
# Each: (automatic score, a person's score, extra credit); cyd, dan and fay see the tests below.
MARKS: dict[str, dict[str, Any]] = {
    "ada": {"add": [2, None, None], "double": [3, None, None], "why": [None, 1.5, None],
            "draw": [None, 4, 0.5]},
    "bob": {"add": [0, None, None], "double": [1, None, None], "why": [None, None, None],
            "draw": [None, None, None]},
    "cyd": {"add": [0, None, None], "double": [3, None, None], "why": [None, 2, None],
            "draw": [None, 0, None]},
    "dan": {"add": [2, None, None], "double": [2, None, None], "why": [0, None, None],
            "draw": [None, None, None]},
    "fay": {"add": [0, None, None], "double": [0, None, None], "why": [None, None, None],
            "draw": [None, None, None]},
}  # fmt: skip
STUDENTS = {
    "ada": {"first_name": "Ada", "last_name": "Núñez", "email": "ada@a.example",
            "lms_user_id": "101"},
    "bob": {"first_name": FORMULA, "last_name": SCRIPT, "email": "bob@a.example",
            "lms_user_id": "12abc"},
    "cyd": {"first_name": "Cyd", "last_name": "Chan", "email": "cyd@a.example",
            "lms_user_id": "103"},
    "dan": {},
    "eve": {"email": "ada@a.example"},
    "fay": {"first_name": "Fay", "last_name": "Points Possible", "email": "@fay",
            "lms_user_id": "106"},
    "gil": {"email": "gil@a.example", "lms_user_id": "107"},
}  # fmt: skip

MAKE = """
import csv, json, sqlite3, sys
from nbgrader.api import Gradebook, Student
from nbgrader.plugins import CsvExportPlugin

told = json.load(sys.stdin)
# Into a file without tables nbgrader has alembic write a version, which takes seconds to start, and
# which no report reads.
empty = sqlite3.connect(told["file"])
empty.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
empty.close()
with Gradebook("sqlite:///" + told["file"]) as book:
    for name in ("ps1", "ps2", "ps10"):
        book.add_assignment(name)
    book.add_notebook("proc", "ps1")
    book.add_notebook("one", "ps2")
    book.add_notebook("ten", "ps10")
    for name, points in (("add", 2), ("double", 3), ("why", 2)):
        book.add_grade_cell(name, "proc", "ps1", max_score=points, cell_type="code")
    book.add_solution_cell("why", "proc", "ps1")
    book.add_solution_cell("add-answer", "proc", "ps1")
    book.add_task_cell("draw", "proc", "ps1", max_score=4, cell_type="markdown")
    book.add_grade_cell("minus", "one", "ps2", max_score=1, cell_type="code")
    book.add_grade_cell("ten", "ten", "ps10", max_score=120, cell_type="code")
    for student, more in told["students"].items():
        book.add_student(student, **more)
    def grade(assignment, student, notebook, marks):
        book.add_submission(assignment, student)
        for name, (auto, manual, extra) in marks.items():
            one = book.find_grade(name, notebook, assignment, student)
            one.auto_score, one.manual_score, one.extra_credit = auto, manual, extra
            one.needs_manual_grade = auto is None and manual is None
    for student, marks in told["marks"].items():
        grade("ps1", student, "proc", marks)
    grade("ps2", "ada", "one", {"minus": [1, None, None]})
    for student, cost in (("bob", 0.5), ("fay", 1.0)):
        book.find_submission_notebook("proc", "ps1", student).late_submission_penalty = cost
    book.db.commit()
    plugin = CsvExportPlugin()
    plugin.to = told["export"]
    plugin.export(book)
with open(told["export"]) as file:
    rows = [row for row in csv.DictReader(file) if row["assignment"] == "ps1"]
scores = {row["student_id"]: float(row["score"]) for row in rows}
print(json.dumps([scores, [column.name for column in Student.__table__.columns]]))
"""
STOCK_SCORES = "stock-scores.json"
STOCK_COLUMNS = "stock-columns.json"


def make_book(root: Path) -> Path:
    """Make a course below *root*; put beside it what nbgrader's own export says of ps1,
    and the columns of its table of students."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "tiny <b>"\n'
    )
    told = {
        "file": str(root / "gradebook.db"),
        "export": str(root / "stock.csv"),
        "students": STUDENTS,
        "marks": MARKS,
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MAKE],
        input=json.dumps(told),
        env={**os.environ, "HOME": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    scores, columns = json.loads(done.stdout)
    (root / STOCK_SCORES).write_text(json.dumps(scores))
    (root / STOCK_COLUMNS).write_text(json.dumps(columns))
    (root / "submitted" / "hal" / "ps1").mkdir(parents=True)
    note(root, "ada", "graded", [cell("add", 2, 2), cell("double", 3, 3)])
    wrong = [cell("add", 0, 2, "M3.1", "M3.2"), cell("double", 1, 3, "M3.2")]
    note(root, "bob", "timed out", wrong, f"A cell took {SCRIPT} too long.")
    note(root, "cyd", "graded", [cell("add", 0, 2, "M3.1"), cell("double", 3, 3, proof=False)])
    note(root, "eve", "we failed", [], "The disk was full.")
    # Graded by us, then by stock nbgrader, which gave other points.
    note(root, "fay", "graded", [cell("add", 2, 2, "M3.9", proof=False), cell("double", 0, 3)])
    return root


def cell(
    name: str, points: float, most: float, *misconceptions: str, proof: bool = True
) -> CellResult:
    """What judging says of one question."""
    return CellResult(
        grade_id=name,
        points=points,
        max_points=most,
        misconceptions=misconceptions,
        verdict={"exercise": "3.1", "title": f"Add {SCRIPT}"} if name == "add" else None,
        tamper_proof=proof,
    )


def note(
    root: Path, student: str, status: Status, cells: list[CellResult], reason: str = ""
) -> None:
    """Write our own row of a submission of ps1, as `lessonkit grade` does."""
    more = [CellResult(grade_id=name, points=None, max_points=1) for name in ("why", "draw")]
    judgement = Judgement(status=status, reason=reason, cells=(*cells, *more)) if cells else None
    result = Result(
        student=student,
        fingerprint="0",
        status=status,
        reason=reason,
        notebooks=(NotebookResult(name="proc", judgement=judgement),) if cells else (),
    )
    row = {
        "assignment": "ps1",
        "student": student,
        "fingerprint": "0",
        "status": status,
        "reason": reason,
        "points": result.points,
        "max_points": 11.0,
        "detail": json.dumps(detail_of(result)),
        "graded_at": datetime(2026, 1, 2, 3, 4),
    }
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        book.work(lambda connection: replace_row(connection, schema.grading, row))
