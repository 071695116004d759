"""Read an assignment as `nbgrader generate_assignment` put it into the gradebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from lessonkit.batch import schema
from lessonkit.batch.records import Released, ReleasedCell, ReleasedNotebook
from lessonkit.errors import UsageError

__all__ = ["read_released"]


def read_released(connection: sa.Connection, name: str, book: str) -> Released:
    """Read the assignment *name*. book: how to call the gradebook in a sentence.

    Raises:
        UsageError: It is not there.
    """
    table = schema.assignment
    found = connection.execute(sa.select(table).where(table.c.name == name)).one_or_none()
    if found is None:
        others = sorted(connection.scalars(sa.select(table.c.name)))
        raise UsageError(
            f"the gradebook {book} has no assignment {name!r}. It has: "
            f"{', '.join(others) or 'none'}. nbgrader generate_assignment puts one in"
        )
    table = schema.notebook
    query = sa.select(table).where(table.c.assignment_id == found.id).order_by(table.c.name)
    notebooks = {
        row.name: ReleasedNotebook(
            id=row.id,
            name=row.name,
            kernelspec=row.kernelspec or "",
            cells=_read_cells(connection, row.id),
        )
        for row in connection.execute(query).all()
    }
    return Released(id=found.id, name=name, duedate=found.duedate, notebooks=notebooks)


def _read_cells(connection: sa.Connection, notebook_id: str) -> dict[str, ReleasedCell]:
    table = schema.source_cell
    rows = connection.execute(sa.select(table).where(table.c.notebook_id == notebook_id))
    cells = {
        row.name: ReleasedCell(
            name=row.name,
            kind=row.cell_type,
            source=row.source or "",
            locked=bool(row.locked),
            checksum=row.checksum,
        )
        for row in rows
    }
    for name, more in _entries(connection, notebook_id):
        if name in cells:
            cells[name] = replace(cells[name], **more)
    return cells


def _entries(connection: sa.Connection, notebook_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the tables of graded cells, solutions and tasks say, by the name of the cell."""
    base, graded, tasks = schema.base_cell, schema.grade_cells, schema.task_cells
    query = (
        sa.select(base, graded.c.max_score, tasks.c.max_score.label("task_score"))
        .join(graded, graded.c.id == base.c.id, isouter=True)
        .join(tasks, tasks.c.id == base.c.id, isouter=True)
        .where(base.c.notebook_id == notebook_id)
    )
    for row in connection.execute(query):
        if row.type == "GradeCell":
            yield row.name, {"grade_cell": row.id, "max_score": row.max_score}
        elif row.type == "TaskCell":
            yield row.name, {"task_cell": row.id, "max_score": row.task_score}
        elif row.type == "SolutionCell":
            yield row.name, {"solution_cell": row.id}
