"""Grade one assignment of a class, from the submissions to the gradebook.

What a grade rests on is hashed: the submission, the assignment as it was released, the limits,
the day it was due. A submission is judged when its hash is not the one that was written with its
last grade; so the same command grades what is new, goes on where a killed one stopped, and does
nothing where there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Protocol

from lessonkit.batch import folders
from lessonkit.batch.calibrating import with_modes
from lessonkit.batch.connecting import ensure_there
from lessonkit.batch.course import Course
from lessonkit.batch.engines import Engine
from lessonkit.batch.gradebooks import Gradebook, RowError
from lessonkit.batch.lateness import PenaltyError, late_penalty
from lessonkit.batch.locks import advisory_key, only_grader
from lessonkit.batch.pools import Pool
from lessonkit.batch.records import Done, Released, Result
from lessonkit.batch.results import failure, result_of
from lessonkit.batch.running import Outcome, Task, run_jobs
from lessonkit.batch.specs import Assignment, read_assignment
from lessonkit.batch.submissions import Submission, base_fingerprint, look, wanted
from lessonkit.batch.writing import write
from lessonkit.errors import LessonkitError
from lessonkit.grading.records import Job, NotebookSpec

__all__ = ["Listener", "grade"]


class Listener(Protocol):
    """Who is told how it goes."""

    def warn(self, sentence: str) -> None:
        """Something that the instructor should know, before anything is judged."""

    def begin(self, total: int, before: int) -> None:
        """There are so many submissions to look at, and so many have been graded before."""

    def known(self, student: str, done: Done) -> None:
        """This one is graded already, in the form that it has now."""

    def graded(self, result: Result) -> None:
        """This one is in the gradebook now, or the reason why not. Not to be kept: it is large."""


def grade(
    course: Course,
    name: str,
    *,
    pool: Callable[[int], Pool],
    engine: Engine,
    listener: Listener,
    students: tuple[str, ...] = (),
    force: bool = False,
    patience_seconds: float = 60.0,
) -> None:
    """Grade the submissions of the assignment *name*.

    Args:
        pool: Called once, with the number of submissions, when something has to be judged.
        engine: What judges one notebook.
        students: Whose; everybody's, when left out.
        force: Also what is graded already.
        patience_seconds: How long another program may keep the gradebook locked.

    Raises:
        UsageError: There is no such assignment or student, or another grader is at work.
        LessonkitError: It cannot go on. What was told as graded is in the gradebook.
    """
    ensure_there(course.db_url)  # before any folder is made
    folders.ensure_writable(course)
    with only_grader(course), Gradebook(course.db_url, patience_seconds=patience_seconds) as book:
        book.claim(advisory_key(course))
        released = book.released(name)
        assignment = read_assignment(course, released)
        found, nameless = wanted(course, name, students)
        folders.sweep(course, name)
        for sentence in (*assignment.warnings, *nameless):
            listener.warn(sentence)
        run = _Run(course, book, released, assignment, engine, listener, force)
        listener.begin(len(found), len(run.done.keys() & found.keys()))
        run.all(found, pool)


@dataclass(slots=True)
class _Open:
    """A submission of which notebooks are being judged."""

    submission: Submission
    outcomes: dict[str, Outcome] = field(default_factory=dict)


class _Run:
    """The grading of one assignment, once."""

    def __init__(
        self,
        course: Course,
        book: Gradebook,
        released: Released,
        assignment: Assignment,
        engine: Engine,
        listener: Listener,
        force: bool,
    ) -> None:
        self.course, self.book, self.released = course, book, released
        self.assignment, self.engine, self.listener = assignment, engine, listener
        self.base = base_fingerprint(course, assignment, released)
        self.penalty = late_penalty(course)
        self.extensions = book.extensions(released)
        self.done = {} if force else book.done(released.name)
        self.students = None if course.create_students else book.students()
        self.open: dict[str, _Open] = {}

    def all(self, found: Mapping[str, Path], make_pool: Callable[[int], Pool]) -> None:
        with _Lazy(partial(make_pool, len(found))) as self.pool:
            tasks = self._tasks(found)
            first = next(tasks, None)
            if first is None:
                return  # and no worker was started
            jobs = chain([first], tasks)
            for outcome in run_jobs(jobs, self.pool.get(), self.engine.judge):
                one = self.open[outcome.task.student]
                one.outcomes[outcome.task.notebook] = outcome
                if len(one.outcomes) == len(one.submission.notebooks):
                    del self.open[outcome.task.student]
                    self._finish(self._result(one))

    @cached_property
    def specs(self) -> dict[str, NotebookSpec]:
        """The notebooks' specifications, with how their tests are run."""
        return with_modes(
            self.assignment,
            self.book,
            self.engine,
            self.course.budget,
            self.pool.get,
            self.listener.warn,
        )

    def _tasks(self, found: Mapping[str, Path]) -> Iterator[Task]:
        for student, folder in found.items():
            submission = self._look(student, folder)
            if submission is None:
                continue
            one = self.open[student] = _Open(submission)
            if not submission.notebooks:
                del self.open[student]
                self._finish(self._result(one))
            for name, content in submission.notebooks.items():
                yield Task(student=student, notebook=name, job=self._job(submission, name, content))

    def _look(self, student: str, folder: Path) -> Submission | None:
        """A submission that has to be judged, or None."""
        if self.students is not None and student not in self.students:
            self._finish(
                failure(
                    student,
                    "",
                    f"the gradebook has no student {student!r}, and c.Autograde.create_student is "
                    "False; nbgrader db student add puts one in",
                )
            )
            return None
        extension = self.extensions.get(student)
        try:
            made = look(self.course, self.assignment, self.base, extension, student, folder)
        except OSError as error:
            self._finish(failure(student, "", f"{folder} cannot be read: {error.strerror}"))
            return None
        known = self.done.get(student)
        if known is not None and self._is_done(known, made):
            self.listener.known(student, known)
            return None
        return made

    def _is_done(self, known: Done, submission: Submission) -> bool:
        if known.fingerprint != submission.fingerprint or known.status == "we failed":
            return False
        folder = self.course.path(self.course.autograded, submission.student, self.released.name)
        files = [folder / f"{name}.ipynb" for name in submission.notebooks]
        return known.in_gradebook and folder.is_dir() and all(file.is_file() for file in files)

    def _job(self, submission: Submission, name: str, content: bytes) -> bytes:
        files = folders.put_together(submission.files, self.assignment.given, self.assignment.kept)
        job = Job(
            assignment=self.released.name,
            student=submission.student,
            spec=self.specs[name],
            submitted=content,
            files=files,
            trusted_files=self.assignment.given,
            budget=self.course.budget,
        )
        return self.engine.encode(job)

    def _result(self, one: _Open) -> Result:
        return result_of(
            one.submission, one.outcomes, self.assignment, self.released, self.engine.decode
        )

    def _finish(self, result: Result) -> None:
        """Write a result: the folder first, so that rows never promise what is not there."""
        try:
            if result.written:
                folders.write_folder(self.course, result.student, self.released.name, result.files)
        except LessonkitError as error:
            result = failure(result.student, result.fingerprint, str(error))
        try:
            self._write(result)
        except (PenaltyError, RowError) as error:
            result = failure(result.student, result.fingerprint, str(error))
            self._write(result)
        self.listener.graded(result)

    def _write(self, result: Result) -> None:
        self.book.work(lambda one: write(one, self.released, result, self.penalty))


class _Lazy:
    """A pool that is made when it is needed, and ended with the block."""

    def __init__(self, make: Callable[[], Pool]) -> None:
        self.make = make
        self.made: Pool | None = None

    def get(self) -> Pool:
        if self.made is None:
            self.made = self.make()
        return self.made

    def __enter__(self) -> _Lazy:
        return self

    def __exit__(self, *how: object) -> None:
        if self.made is not None:
            self.made.end()
