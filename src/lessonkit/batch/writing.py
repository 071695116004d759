"""Write what a submission came to into the gradebook: the rows that `nbgrader autograde` writes.

In one transaction per student. What a person gave, a manual score, a comment, extra credit, is
never touched; that a person has to look again is noted as nbgrader notes it.

Source: nbgrader.preprocessors.saveautogrades, .latesubmissions, nbgrader.converters.autograde.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from lessonkit.batch import schema
from lessonkit.batch.gradebooks import replace_row
from lessonkit.batch.records import (
    NotebookResult,
    Released,
    ReleasedCell,
    ReleasedNotebook,
    Result,
)

__all__ = ["Penalty", "detail_of", "write"]

Penalty = Callable[[str, float, float], float | None]
"""Called with a student, the score of a notebook and the seconds it is late; what it costs."""

Rows = dict[str, dict[str, Any]]
NO_RESPONSE = "No response."


def write(connection: sa.Connection, released: Released, result: Result, penalty: Penalty) -> None:
    """Write one student's result. The caller's transaction makes it all or nothing."""
    if result.written:
        _write_grades(connection, released, result, penalty)
    cells = [cell for one in released.notebooks.values() for cell in one.cells.values()]
    row = {
        "assignment": released.name,
        "student": result.student,
        "fingerprint": result.fingerprint,
        "status": result.status,
        # Databases take neither half characters nor, some of them, zeros; students write both.
        "reason": result.reason.encode("utf-8", "replace").decode().replace("\0", "\ufffd"),
        "points": result.points,
        "max_points": sum(cell.max_score or 0.0 for cell in cells),
        "detail": json.dumps(detail_of(result)),
        "graded_at": datetime.now(UTC).replace(tzinfo=None),
    }
    replace_row(connection, schema.grading, row)


def detail_of(result: Result) -> dict[str, Any]:
    """What is kept of a result for reports: everything but the notebooks and files.

    {"notes": [...], "notebooks": [{"name", "submitted", "status", "reason", "repairs",
    "wall_seconds", "cpu_seconds", "peak_memory_bytes", "cells": [a `CellResult`]}]}
    """
    notebooks = []
    for one in result.notebooks:
        told: dict[str, Any] = {"name": one.name, "submitted": one.judgement is not None}
        if one.judgement is not None:
            told |= asdict(one.judgement)
            del told["notebook"]
        notebooks.append(told)
    return {"notes": list(result.notes), "notebooks": notebooks}


def _write_grades(
    connection: sa.Connection, released: Released, result: Result, penalty: Penalty
) -> None:
    submission = _submission(connection, released, result)
    books = _submitted_notebooks(connection, released, submission["id"])
    late = _seconds_late(released, submission)
    nothing_came = all(one.judgement is None for one in result.notebooks)
    for one in result.notebooks:
        notebook, row = released.notebooks[one.name], books[one.name]
        _write_notebook(connection, notebook, row["id"], one, nothing_came=nothing_came)
        if one.judgement is None:
            continue
        cost = None
        if late > 0:
            cost = _cost(connection, row["id"], result.student, late, penalty)
        table = schema.submitted_notebook
        connection.execute(
            sa.update(table).where(table.c.id == row["id"]).values(late_submission_penalty=cost)
        )


def _submission(connection: sa.Connection, released: Released, result: Result) -> dict[str, Any]:
    students, table = schema.student, schema.submitted_assignment
    known = sa.select(students.c.id).where(students.c.id == result.student)
    if connection.scalar(known) is None:
        connection.execute(sa.insert(students).values(id=result.student))
    query = sa.select(table).where(
        table.c.assignment_id == released.id, table.c.student_id == result.student
    )
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        row = _row(assignment_id=released.id, student_id=result.student)
        row |= {"timestamp": result.timestamp, "extension": None}
        connection.execute(sa.insert(table).values(row))
        return row
    row = dict(found)
    if result.timestamp is not None:
        row["timestamp"] = result.timestamp
        change = sa.update(table).where(table.c.id == row["id"])
        connection.execute(change.values(timestamp=result.timestamp))
    return row


def _submitted_notebooks(connection: sa.Connection, released: Released, submission: str) -> Rows:
    """The rows of the student's notebooks, by name; made where there are none."""
    table = schema.submitted_notebook
    query = sa.select(table).where(table.c.assignment_id == submission)
    found = {row["notebook_id"]: dict(row) for row in connection.execute(query).mappings()}
    rows: Rows = {}
    for name, notebook in released.notebooks.items():
        row = found.get(notebook.id)
        if row is None:
            row = _row(assignment_id=submission, notebook_id=notebook.id)
            row |= {"flagged": False, "late_submission_penalty": None}
            connection.execute(sa.insert(table).values(row))
        rows[name] = row
    return rows


def _write_notebook(
    connection: sa.Connection,
    notebook: ReleasedNotebook,
    row_id: str,
    result: NotebookResult,
    *,
    nothing_came: bool,
) -> None:
    grades, comments = _blank_rows(notebook, row_id)
    old_grades = _existing(connection, schema.grade, row_id)
    old_comments = _existing(connection, schema.comment, row_id)
    points = {} if result.judgement is None else _points(result)
    for cell in notebook.cells.values():
        if graded := cell.grade_cell or cell.task_cell:
            grade = old_grades.get(graded) or grades[graded]
            grade |= _change_of_grade(cell, grade, result, points, nothing_came=nothing_came)
        if said := cell.solution_cell or cell.task_cell:
            comment = old_comments.get(said) or comments[said]
            if result.judgement is not None and result.judgement.notebook:
                blank = cell.name in result.untouched and not cell.task_cell
                comment["auto_comment"] = NO_RESPONSE if blank else None
    _store(connection, schema.grade, grades, old_grades, ("auto_score", "needs_manual_grade"))
    _store(connection, schema.comment, comments, old_comments, ("auto_comment",))


def _change_of_grade(
    cell: ReleasedCell,
    grade: Mapping[str, Any],
    result: NotebookResult,
    points: Mapping[str, float | None],
    *,
    nothing_came: bool,
) -> dict[str, Any]:
    if result.judgement is None:
        # Nobody has to look for a notebook that is not there, if others of the student are.
        return {"auto_score": 0.0, "needs_manual_grade": nothing_came}
    if cell.task_cell:
        return {}
    if not result.judgement.notebook:  # nothing could be judged: a person has to look
        return {"auto_score": 0.0, "needs_manual_grade": True}
    score = points.get(cell.name)
    if cell.solution_cell:  # an answer that a person reads, unless nothing was answered
        score = 0.0 if cell.name in result.untouched else None
    waits = score is None or grade["manual_score"] is not None
    return {"auto_score": score, "needs_manual_grade": waits}


def _points(result: NotebookResult) -> dict[str, float | None]:
    assert result.judgement is not None
    return {cell.grade_id: cell.points for cell in result.judgement.cells}


def _blank_rows(notebook: ReleasedNotebook, row_id: str) -> tuple[Rows, Rows]:
    """The grades and comments of a submission as nbgrader makes them, by the id of the cell."""
    grades: Rows = {}
    comments: Rows = {}
    for cell in notebook.cells.values():
        if graded := cell.grade_cell or cell.task_cell:
            row = _row(notebook_id=row_id, cell_id=graded)
            row |= {"auto_score": None, "manual_score": None, "extra_credit": None}
            grades[graded] = row | {"needs_manual_grade": True}
        if said := cell.solution_cell or cell.task_cell:
            comments[said] = _row(notebook_id=row_id, cell_id=said, auto_comment=None)
    return grades, comments


def _row(**values: Any) -> dict[str, Any]:
    return {"id": uuid4().hex, **values}


def _existing(connection: sa.Connection, table: Any, row_id: str) -> Rows:
    query = sa.select(table).where(table.c.notebook_id == row_id)
    return {row["cell_id"]: dict(row) for row in connection.execute(query).mappings()}


def _store(
    connection: sa.Connection, table: Any, new: Rows, old: Rows, changed: tuple[str, ...]
) -> None:
    if rows := [row for cell, row in new.items() if cell not in old]:
        connection.execute(sa.insert(table), rows)
    if rows := [{"row": row["id"], **{key: row[key] for key in changed}} for row in old.values()]:
        values: dict[str, Any] = {key: sa.bindparam(key) for key in changed}
        change = sa.update(table).where(table.c.id == sa.bindparam("row")).values(values)
        connection.execute(change, rows)


def _seconds_late(released: Released, submission: Mapping[str, Any]) -> float:
    if submission["timestamp"] is None or released.duedate is None:
        return 0.0
    due = released.duedate
    if submission["extension"] is not None:
        due += submission["extension"]
    return max(0.0, float((submission["timestamp"] - due).total_seconds()))


def _cost(
    connection: sa.Connection, row_id: str, student: str, late: float, penalty: Penalty
) -> float | None:
    """What being late costs: never less than nothing, never more than the notebook's score."""
    table = schema.grade
    given = sa.func.coalesce(table.c.manual_score, table.c.auto_score)
    extra = sa.func.coalesce(table.c.extra_credit, 0.0)
    score = sa.case((given.is_(None), 0.0), else_=given + extra)
    query = sa.select(sa.func.coalesce(sa.func.sum(score), 0.0)).where(
        table.c.notebook_id == row_id
    )
    reached = connection.scalar(query) or 0.0
    cost = penalty(student, reached, late)
    return None if cost is None else min(max(0.0, cost), reached)
