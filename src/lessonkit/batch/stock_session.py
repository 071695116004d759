"""What nbgrader's own `autograde` needs of us, while it goes from submission to submission.

nbgrader takes one notebook after the other, twice each: first it cleans what was handed in, then
it has it run. Here a submission is looked at once, and all its notebooks are judged together when
the first of them is asked for; so the result, the fingerprint and the row in the gradebook are
those of `lessonkit grade`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lessonkit.batch import folders, schema
from lessonkit.batch.calibrating import with_modes
from lessonkit.batch.course import Course
from lessonkit.batch.engines import Engine
from lessonkit.batch.gradebooks import Gradebook
from lessonkit.batch.lateness import late_penalty
from lessonkit.batch.notebooks import finished, stand_in
from lessonkit.batch.records import NotebookResult, Released, Result
from lessonkit.batch.results import result_of
from lessonkit.batch.running import Outcome, Task, run_jobs
from lessonkit.batch.specs import Assignment, read_assignment
from lessonkit.batch.stock_workers import workers
from lessonkit.batch.submissions import Submission, base_fingerprint, look
from lessonkit.batch.writing import write
from lessonkit.errors import LessonkitError
from lessonkit.grading.records import Job, NotebookSpec
from lessonkit.grading.repair import NotGradable, repair
from lessonkit.show.words import name as shown

__all__ = ["Session"]

Warn = Callable[[str], None]


@dataclass(slots=True)
class _Current:
    """The submission that nbgrader is at. saved: its notebooks whose grades are written."""

    submission: Submission
    saved: set[str]
    result: Result | None = None


class Session:
    """One run of `autograde`. Its methods are called with what nbgrader calls a submission."""

    def __init__(self, course: Course, engine: Engine, warn: Warn) -> None:
        self.course = course
        self.engine = engine
        self.warn = warn
        self._at = "", ""
        self._assignment: _Assignment | None = None
        self._current: _Current | None = None

    def sanitized(self, assignment: str, student: str, notebook: str) -> bytes:
        """The notebook as it is to be graded: repaired, or as it was released if that cannot be.

        Raises:
            LessonkitError: The assignment or the submission cannot be read.
        """
        known, current = self._go_to(assignment, student)
        spec, released = known.assignment.specs[notebook], known.released.notebooks[notebook]
        content = current.submission.notebooks.get(notebook)
        if content is None:
            return stand_in(spec, released, _why_missing(current.submission, notebook))
        try:
            repaired = repair(content, spec, self.course.budget)
        except NotGradable as error:
            return stand_in(spec, released, [*current.submission.notes, str(error)])
        text = json.dumps(repaired.notebook, ensure_ascii=False).encode("utf-8", "replace")
        return finished(text, released)[0]

    def tidy(self, assignment: str, student: str) -> None:
        """Take away the files that nbgrader copied and that intake refuses, such as those that
        were a link to a file elsewhere."""
        known, current = self._go_to(assignment, student)
        wanted = known.files(current.submission)
        folder = self.course.path(self.course.autograded, student, assignment)
        for where, _, names in os.walk(folder):
            for name in names:
                path = Path(where, name)
                if path.suffix != ".ipynb" and str(path.relative_to(folder)) not in wanted:
                    self.warn(f"{student}: {shown(name)} was not taken")
                    path.unlink()

    def judged(self, assignment: str, student: str, notebook: str) -> NotebookResult:
        """What the notebook came to; its content is always a notebook.

        Raises:
            LessonkitError: We failed. Nothing is to be written.
        """
        known, current = self._go_to(assignment, student)
        if current.result is None:
            current.result = known.judge(current.submission)
        result = current.result
        if not result.written:
            raise LessonkitError(f"{student} is not graded, because we failed: {result.reason}")
        (one,) = (one for one in result.notebooks if one.name == notebook)
        if one.content:
            return one
        said = _why_missing(current.submission, notebook)
        spec, released = known.assignment.specs[notebook], known.released.notebooks[notebook]
        return NotebookResult(name=notebook, judgement=None, content=stand_in(spec, released, said))

    def saved(self, assignment: str, student: str, notebook: str) -> Result | None:
        """Hear that nbgrader has written the notebook's grades. After the last of a submission
        write what only our own table has, and return the result."""
        known, current = self._go_to(assignment, student)
        current.saved.add(notebook)
        if current.result is None or not current.saved >= current.submission.notebooks.keys():
            return None
        known.write(current.result)
        return current.result

    def _go_to(self, assignment: str, student: str) -> tuple[_Assignment, _Current]:
        known, current = self._assignment, self._current
        if known is None or self._at[0] != assignment:
            known = self._assignment = _Assignment(self, assignment)
            current = None
        if current is None or self._at[1] != student:
            current = self._current = _Current(known.look(student), set())
        self._at = assignment, student
        return known, current


class _Assignment:
    """An assignment, read once in a run."""

    def __init__(self, session: Session, name: str) -> None:
        self.course, self.engine, self.warn = session.course, session.engine, session.warn
        with Gradebook(self.course.db_url) as book:
            self.released: Released = book.released(name)
            self.extensions: Mapping[str, timedelta] = book.extensions(self.released)
        self.assignment: Assignment = read_assignment(self.course, self.released)
        for sentence in self.assignment.warnings:
            self.warn(sentence)
        self.base = base_fingerprint(self.course, self.assignment, self.released)
        self.penalty = late_penalty(self.course)

    def look(self, student: str) -> Submission:
        folder = self.course.path(self.course.submitted, student, self.released.name)
        extension = self.extensions.get(student)
        try:
            return look(self.course, self.assignment, self.base, extension, student, folder)
        except OSError as error:
            raise LessonkitError(f"{folder} cannot be read: {error.strerror}") from error

    def files(self, submission: Submission) -> dict[str, bytes]:
        """What lies beside the notebooks."""
        return folders.put_together(submission.files, self.assignment.given, self.assignment.kept)

    @cached_property
    def specs(self) -> dict[str, NotebookSpec]:
        """The notebooks' specifications, with how their tests are run."""
        course, engine = self.course, self.engine
        with (
            workers(course.budget.longest_seconds, engine.preload) as pool,
            Gradebook(course.db_url) as book,
        ):
            return with_modes(self.assignment, book, engine, course.budget, lambda: pool, self.warn)

    def judge(self, submission: Submission) -> Result:
        """Have all notebooks of a submission judged."""
        files = self.files(submission)
        tasks = []
        for name, content in submission.notebooks.items():
            job = Job(
                assignment=self.released.name,
                student=submission.student,
                spec=self.specs[name],
                submitted=content,
                files=files,
                trusted_files=self.assignment.given,
                budget=self.course.budget,
            )
            tasks.append(
                Task(student=submission.student, notebook=name, job=self.engine.encode(job))
            )
        outcomes: dict[str, Outcome] = {}
        if tasks:
            with workers(self.course.budget.longest_seconds, self.engine.preload) as pool:
                for outcome in run_jobs(iter(tasks), pool, self.engine.judge):
                    outcomes[outcome.task.notebook] = outcome
        return result_of(submission, outcomes, self.assignment, self.released, self.engine.decode)

    def write(self, result: Result) -> None:
        """Write what `lessonkit grade` writes; the grades among it are there already."""
        folder = self.course.path(self.course.submitted, result.student, self.released.name)
        tasks, blank = [], []
        for one in result.notebooks:
            cells = self.released.notebooks[one.name].cells.values()
            if one.judgement is not None and not (folder / f"{one.name}.ipynb").exists():
                tasks += [cell.task_cell for cell in cells if cell.task_cell]
            if one.judgement is None or not one.judgement.notebook:
                blank += [cell.solution_cell for cell in cells if cell.solution_cell]

        def all_of_it(connection: sa.Connection) -> None:
            write(connection, self.released, result, self.penalty)
            theirs = _notebooks_of(result.student, self.released)
            _take_back(connection, theirs, tasks, blank)

        with Gradebook(self.course.db_url) as book:
            book.work(all_of_it)


def _notebooks_of(student: str, released: Released) -> Any:
    """A query for the ids of a student's submitted notebooks."""
    books, submissions = schema.submitted_notebook, schema.submitted_assignment
    return (
        sa.select(books.c.id)
        .join(submissions, submissions.c.id == books.c.assignment_id)
        .where(submissions.c.assignment_id == released.id, submissions.c.student_id == student)
    )


def _take_back(connection: sa.Connection, theirs: Any, tasks: list[str], blank: list[str]) -> None:
    """Take back what nbgrader wrote without knowing better.

    tasks: of notebooks that it did not find under their names, so that it gave 0. blank: answers
    in what stands for a notebook that could not be read, of which it said "No response".
    """
    grades, comments = schema.grade, schema.comment
    if tasks:
        connection.execute(
            sa.update(grades)
            .where(grades.c.cell_id.in_(tasks), grades.c.notebook_id.in_(theirs))
            .where(grades.c.manual_score.is_(None))
            .values(auto_score=None, needs_manual_grade=True)
        )
    if blank:
        connection.execute(
            sa.update(comments)
            .where(comments.c.cell_id.in_(blank), comments.c.notebook_id.in_(theirs))
            .values(auto_comment=None)
        )


def _why_missing(submission: Submission, notebook: str) -> list[str]:
    why = submission.missing.get(notebook, f"There is no {notebook}.ipynb in the submission.")
    return [*submission.notes, why]
