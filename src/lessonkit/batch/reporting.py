"""Read from the gradebook what a report is about.

All of it of one moment (`snapshots`), also while grading goes on. Where the gradebook and our own
notes disagree about a submission, as when stock nbgrader has graded it again, the gradebook is
right and the notes are left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from lessonkit.batch import schema
from lessonkit.batch.gradebooks import Gradebook
from lessonkit.batch.reports.misconceptions import is_number
from lessonkit.batch.reports.records import Class, Graded, Kind, Mark, Student, Submitted
from lessonkit.errors import UsageError

__all__ = ["read_classes", "roster"]

Key = tuple[str, str]

roster = sa.table(
    "student",
    sa.column("id", sa.String),
    sa.column("first_name", sa.String),
    sa.column("last_name", sa.String),
    sa.column("email", sa.String),
    sa.column("lms_user_id", sa.String),
)
"""All that nbgrader knows of a student; grading itself needs the id only."""

_CLOSE = 1e-6
MAX_TITLE = 60


def read_classes(
    book: Gradebook, names: Sequence[str], handed_in: Callable[[str], Iterable[str]]
) -> list[Class]:
    """Read the assignments *names*, in that order; all of them, by name, when there are none.

    handed_in: called with an assignment; ids of those with a submission in the course's folder.

    Raises:
        UsageError: One is not in the gradebook, or none is.
    """
    return book.work(lambda connection: _read(connection, str(book), names, handed_in))


def _read(
    connection: sa.Connection,
    book: str,
    names: Sequence[str],
    handed_in: Callable[[str], Iterable[str]],
) -> list[Class]:
    table = schema.assignment
    known = {row.name: row.id for row in connection.execute(sa.select(table.c.name, table.c.id))}
    if missing := [name for name in names if name not in known]:
        raise UsageError(
            f"the gradebook {book} has no assignment {missing[0]!r}. It has: "
            f"{', '.join(sorted(known)) or 'none'}"
        )
    if not known:
        raise UsageError(f"the gradebook {book} has no assignment yet, so nothing to report")
    students = {
        row.id: Student(
            id=row.id,
            first_name=row.first_name or "",
            last_name=row.last_name or "",
            email=row.email or "",
            lms_id=row.lms_user_id or "",
        )
        for row in connection.execute(sa.select(roster))
    }
    return [
        _class(connection, name, known[name], students, set(handed_in(name)))
        for name in dict.fromkeys(names or sorted(known, key=_natural))
    ]


def _class(
    connection: sa.Connection,
    name: str,
    assignment_id: str,
    students: Mapping[str, Student],
    handed_in: set[str],
) -> Class:
    ours: dict[str, tuple[str, str]] = {}
    notes: dict[str, dict[Key, dict[str, Any]]] = {}
    own = schema.grading
    query = sa.select(own.c.student, own.c.status, own.c.reason, own.c.detail)
    query = query.where(own.c.assignment == name)
    # Reading makes no tables; it is not there where nothing but nbgrader has graded.
    has_notes = sa.inspect(connection).has_table(own.name)
    for row in connection.execute(query) if has_notes else ():
        ours[row.student] = row.status, row.reason
        notes[row.student] = _notes(row.detail)
    cells = _cells(connection, assignment_id)
    marks, penalties = _marks(connection, assignment_id, cells)
    submitted = []
    for student in sorted({*penalties, *ours, *handed_in}, key=_natural):
        told, noted, in_gradebook = ours.get(student), notes.get(student, {}), student in penalties
        status, reason = "not graded", "It was handed in and waits to be graded."
        if told is not None and (in_gradebook or told[0] == "we failed"):
            status, reason = told
        elif in_gradebook:
            status, reason = "graded by nbgrader", ""
        if in_gradebook and status not in ("we failed", "graded by nbgrader"):
            if _agree(marks[student], noted):
                marks[student] = _with_notes(marks[student], noted)
            else:
                status, reason = "graded by nbgrader", "lessonkit had graded it before."
        submitted.append(
            Submitted(
                student=students.get(student, Student(id=student)),
                status=status,
                reason=reason,
                in_gradebook=in_gradebook,
                penalty=penalties.get(student, 0.0),
                marks={key: mark for key, (mark, _) in marks[student].items()},
            )
        )
    order = _order(notes.values())
    return Class(
        assignment=name,
        questions=_questions(cells, order, _titles(notes.values())),
        submitted=tuple(submitted),
        absent=tuple(
            students[one]
            for one in sorted(students, key=_natural)
            if one not in penalties and one not in ours and one not in handed_in
        ),
        ordered=set(order) >= {(cell.notebook, cell.grade_id) for cell in cells.values()},
    )


def _cells(connection: sa.Connection, assignment_id: str) -> dict[str, Graded]:
    """The questions, by the id of the cell that grades refer to."""
    base, graded, tasks, book = (
        schema.base_cell,
        schema.grade_cells,
        schema.task_cells,
        schema.notebook,
    )
    query = (
        sa.select(
            base, book.c.name.label("book"), graded.c.max_score, tasks.c.max_score.label("task")
        )
        .join(book, book.c.id == base.c.notebook_id)
        .join(graded, graded.c.id == base.c.id, isouter=True)
        .join(tasks, tasks.c.id == base.c.id, isouter=True)
        .where(book.c.assignment_id == assignment_id)
    )
    rows = connection.execute(query).all()
    answers = {(row.book, row.name) for row in rows if row.type == "SolutionCell"}
    found = {}
    for row in rows:
        if row.type not in ("GradeCell", "TaskCell"):
            continue
        kind: Kind = "manual" if (row.book, row.name) in answers else "test"
        found[row.id] = Graded(
            notebook=row.book,
            grade_id=row.name,
            kind="task" if row.type == "TaskCell" else kind,
            max_points=(row.task if row.type == "TaskCell" else row.max_score) or 0.0,
        )
    return found


Marks = dict[str, dict[Key, tuple[Mark, float | None]]]
"""By student: what is in the gradebook for a question, and what of it the machine gave."""


def _marks(
    connection: sa.Connection, assignment_id: str, cells: Mapping[str, Graded]
) -> tuple[Marks, dict[str, float]]:
    submission, book, grade = schema.submitted_assignment, schema.submitted_notebook, schema.grade
    query = (
        sa.select(
            submission.c.student_id, sa.func.sum(book.c.late_submission_penalty).label("cost")
        )
        .join(book, book.c.assignment_id == submission.c.id)
        .where(submission.c.assignment_id == assignment_id)
        .group_by(submission.c.student_id)
    )
    penalties = {row.student_id: row.cost or 0.0 for row in connection.execute(query)}
    marks: Marks = defaultdict(dict)
    query = (
        sa.select(submission.c.student_id, grade)
        .join(book, book.c.assignment_id == submission.c.id)
        .join(grade, grade.c.notebook_id == book.c.id)
        .where(submission.c.assignment_id == assignment_id)
    )
    for row in connection.execute(query):
        cell = cells.get(row.cell_id)
        if cell is None:
            continue
        given = row.auto_score if row.manual_score is None else row.manual_score
        mark = Mark(
            points=None if given is None else given + (row.extra_credit or 0.0),
            waits=bool(row.needs_manual_grade) or given is None,
        )
        marks[row.student_id][cell.notebook, cell.grade_id] = (mark, row.auto_score)
    # Handed in as nbgrader sees it, and nothing graded yet: an empty submission of its exchange.
    return marks, {student: cost for student, cost in penalties.items() if student in marks}


def _notes(detail: str) -> dict[Key, dict[str, Any]]:
    """Of our `CellResult`s what is needed here, by question, in the instructor's order.

    Nothing of what cannot be read. The verdicts are most of it: of them, only the title is kept.
    """
    try:
        return {
            (str(one["name"]), str(cell["grade_id"])): {
                "points": None if cell["points"] is None else float(cell["points"]),
                "misconceptions": tuple(filter(is_number, cell.get("misconceptions") or ())),
                "tamper_proof": bool(cell.get("tamper_proof", True)),
                "title": _title(cell.get("verdict")),
            }
            for one in json.loads(detail).get("notebooks", [])
            for cell in one.get("cells", [])
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _title(verdict: Any) -> str:
    if not isinstance(verdict, dict) or not verdict.get("title"):
        return ""
    return f"{verdict.get('exercise', '')} {verdict['title']}".strip()[:MAX_TITLE]


def _agree(
    marks: Mapping[Key, tuple[Mark, float | None]], noted: Mapping[Key, Mapping[str, Any]]
) -> bool:
    """Whether the machine's points in the gradebook are those that we gave."""
    for key, cell in noted.items():
        points = cell.get("points")
        if points is None or key not in marks:
            continue
        auto = marks[key][1]
        if auto is None or abs(auto - points) > _CLOSE:
            return False
    return True


def _with_notes(
    marks: Mapping[Key, tuple[Mark, float | None]], noted: Mapping[Key, Mapping[str, Any]]
) -> dict[Key, tuple[Mark, float | None]]:
    told = {}
    for key, (mark, auto) in marks.items():
        cell = noted.get(key, {})
        told[key] = (
            Mark(
                points=mark.points,
                waits=mark.waits,
                misconceptions=cell.get("misconceptions", ()),
                tamper_proof=cell.get("tamper_proof", True),
            ),
            auto,
        )
    return told


def _order(notes: Collection[Mapping[Key, Any]]) -> dict[Key, int]:
    """The places of the questions in the notebook: as in the fullest of our notes."""
    fullest: Mapping[Key, Any] = max(notes, key=len, default={})
    return {key: place for place, key in enumerate(fullest)}


def _titles(notes: Collection[Mapping[Key, Mapping[str, Any]]]) -> dict[Key, str]:
    """What the checks call their exercises. Most have the last word: one may be a student's."""
    said: dict[Key, Counter[str]] = defaultdict(Counter)
    for noted in notes:
        for key, cell in noted.items():
            if cell["title"]:
                said[key][cell["title"]] += 1
    return {key: found.most_common(1)[0][0] for key, found in said.items()}


def _questions(
    cells: Mapping[str, Graded], order: Mapping[Key, int], titles: Mapping[Key, str]
) -> tuple[Graded, ...]:
    def place(cell: Graded) -> tuple[list[Any], int, list[Any]]:
        key = (cell.notebook, cell.grade_id)
        return _natural(cell.notebook), order.get(key, len(order)), _natural(cell.grade_id)

    return tuple(
        Graded(
            notebook=cell.notebook,
            grade_id=cell.grade_id,
            kind=cell.kind,
            max_points=cell.max_points,
            title=titles.get((cell.notebook, cell.grade_id), ""),
        )
        for cell in sorted(cells.values(), key=place)
    )


def _natural(name: str) -> list[Any]:
    """For sorting: ps2 before ps10."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts] + [(-2, name)]
