"""Read a gradebook as plain values, without ids and times, so that two can be compared."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

__all__ = ["OURS", "everything", "files_and_folders", "graded_rows", "our_rows"]

GRADES = """
SELECT student_id, assignment.name, notebook.name, base_cell.name, base_cell.type,
       auto_score, manual_score, extra_credit, needs_manual_grade
FROM grade
JOIN base_cell ON base_cell.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN notebook ON notebook.id = submitted_notebook.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
ORDER BY 1, 2, 3, 4, 5
"""
COMMENTS = (
    GRADES.replace(
        "auto_score, manual_score, extra_credit, needs_manual_grade", "auto_comment, manual_comment"
    )
    .replace("FROM grade", "FROM comment")
    .replace("grade.", "comment.")
)
NOTEBOOKS = """
SELECT student_id, assignment.name, notebook.name, timestamp, extension, flagged,
       late_submission_penalty
FROM submitted_notebook
JOIN notebook ON notebook.id = submitted_notebook.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
ORDER BY 1, 2, 3
"""
STUDENTS = "SELECT id, first_name, last_name, email FROM student ORDER BY 1"
OURS = """
SELECT student, assignment, fingerprint, status, reason, points, max_points
FROM lessonkit_grading ORDER BY 1, 2
"""


def _read(course: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(course / "gradebook.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def graded_rows(course: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that nbgrader keeps of submissions."""
    queries = {"grades": GRADES, "comments": COMMENTS, "notebooks": NOTEBOOKS, "students": STUDENTS}
    return {name: _read(course, query) for name, query in queries.items()}


def our_rows(course: Path, assignment: str = "") -> dict[str, dict[str, Any]]:
    """What lessonkit keeps of submissions, by student; of one assignment, which is named where
    several have been graded."""
    names = ("assignment", "fingerprint", "status", "reason", "points", "max_points")
    rows = [row for row in _read(course, OURS) if assignment in ("", row[1])]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def files_and_folders(course: Path) -> dict[str, Any]:
    """What is in autograded/: files with their permissions and contents, and folders."""
    root = course / "autograded"
    files = {
        str(path.relative_to(root)): (path.stat().st_mode & 0o777, path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lessonkit-grading.lock"
    }
    folders = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_dir())
    return {"files": files, "folders": folders}


def everything(course: Path) -> dict[str, Any]:
    """All that grading leaves: rows of nbgrader's and ours, files and their permissions."""
    return {**graded_rows(course), "ours": _read(course, OURS), **files_and_folders(course)}
