"""What is used of nbgrader's database: the names of its tables and columns, and two of ours.

Written down here instead of imported, because importing nbgrader's own models costs over two
seconds; tests compare them with the models. nbgrader never looks at tables that it does not know,
its `db upgrade` neither, so ours live beside its own and are backed up with them.

Source: nbgrader.api, the classes with a __tablename__.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Interval,
    MetaData,
    String,
    Table,
    Text,
    column,
    table,
)

__all__ = [
    "NBGRADER",
    "OURS",
    "assignment",
    "base_cell",
    "comment",
    "course",
    "grade",
    "grade_cells",
    "grading",
    "modes",
    "notebook",
    "source_cell",
    "student",
    "submitted_assignment",
    "submitted_notebook",
    "task_cells",
]

course = table("course", column("id", String))

student = table("student", column("id", String))

assignment = table(
    "assignment", column("id", String), column("name", String), column("duedate", DateTime)
)

notebook = table(
    "notebook",
    column("id", String),
    column("name", String),
    column("assignment_id", String),
    column("kernelspec", String),
)

base_cell = table(
    "base_cell",
    column("id", String),
    column("name", String),
    column("notebook_id", String),
    column("type", String),
)

grade_cells = table("grade_cells", column("id", String), column("max_score", Float))

task_cells = table("task_cells", column("id", String), column("max_score", Float))

source_cell = table(
    "source_cell",
    column("name", String),
    column("notebook_id", String),
    column("cell_type", String),
    column("locked", Boolean),
    column("source", Text),
    column("checksum", String),
)

submitted_assignment = table(
    "submitted_assignment",
    column("id", String),
    column("assignment_id", String),
    column("student_id", String),
    column("timestamp", DateTime),
    column("extension", Interval),
)

submitted_notebook = table(
    "submitted_notebook",
    column("id", String),
    column("assignment_id", String),
    column("notebook_id", String),
    column("flagged", Boolean),
    column("late_submission_penalty", Float),
)

grade = table(
    "grade",
    column("id", String),
    column("notebook_id", String),
    column("cell_id", String),
    column("auto_score", Float),
    column("manual_score", Float),
    column("extra_credit", Float),
    column("needs_manual_grade", Boolean),
)

comment = table(
    "comment",
    column("id", String),
    column("notebook_id", String),
    column("cell_id", String),
    column("auto_comment", Text),
)

NBGRADER = (
    course,
    student,
    assignment,
    notebook,
    base_cell,
    grade_cells,
    task_cells,
    source_cell,
    submitted_assignment,
    submitted_notebook,
    grade,
    comment,
)
"""What we read and write of nbgrader's."""

OURS = MetaData()

grading = Table(
    "lessonkit_grading",
    OURS,
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("points", Float, nullable=False),
    Column("max_points", Float, nullable=False),
    Column("detail", Text, nullable=False),
    Column("graded_at", DateTime, nullable=False),
)
"""What became of each submission. fingerprint: of everything that the grade rests on. points: those
that need no person. detail: JSON, see `writing.detail_of`. graded_at: UTC.

Names instead of ids: a row stays readable when nbgrader makes the assignment anew, and stands in
nobody's way when it removes a student."""

modes = Table(
    "lessonkit_modes",
    OURS,
    Column("assignment", String(128), primary_key=True),
    Column("notebook", String(128), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("modes", Text, nullable=False),
)
"""How the tests of a notebook have to be run, found out once with the instructor's solution.
modes: JSON, as `engines.Engine.calibrate` gives it."""
