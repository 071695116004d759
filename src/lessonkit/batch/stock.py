"""Have nbgrader's own commands judge with lessonkit, by what nbgrader lets a course configure.

`nbgrader autograde`, the button of the formgrader and `NbGraderAPI.autograde` are one converter.
nbgrader_config.py gives it, by name, our exporter and a list of preprocessors: `Judge` stands there
for Execute and IgnorePattern, and `Record` comes last. docs/grading.md has the lines to write.

nbgrader goes on with the next submission when a preprocessor raises, except for metadata that it
takes for an older or newer form, and for a locked gradebook: those end the batch. The former
cannot reach it, because what it gets to see is repaired. No kernel is started.

Source: nbgrader.converters.base and .autograde, nbconvert.exporters.notebook.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader import utils
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from lessonkit.batch.course import Course, budget_from, find_course
from lessonkit.batch.engines import Engine, grading_engine
from lessonkit.batch.gradebooks import Gradebook
from lessonkit.batch.intake import take
from lessonkit.batch.locks import only_grader_anywhere
from lessonkit.batch.records import NotebookResult
from lessonkit.batch.stock_session import Session
from lessonkit.errors import LessonkitError, UsageError
from lessonkit.grading.records import CellResult

__all__ = ["Judge", "Record", "RepairedNotebook", "find_renamed", "make_engine"]

PATIENCE_SECONDS = 10.0
"""How long to wait for another grader: one submission, as a button grades it, is done by then."""


def make_engine() -> Engine:
    """What judges. A test of these seams puts another in its place."""
    return grading_engine()


class RepairedNotebook(NotebookExporter):
    """Reads what was handed in as bytes and gives nbgrader a whole notebook, whatever they are."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Convert a notebook: (text, resources). A submitted one is repaired; one that is being
        graded is read."""
        if resources is None or "nbgrader" not in resources:
            raise UsageError("this exporter is for nbgrader autograde (c.Autograde.exporter_class)")
        assignment, student, notebook = _names(resources)
        folder = self.session.course.path(self.session.course.submitted, student, assignment)
        if os.path.realpath(os.path.dirname(filename)) != os.path.realpath(folder):
            return super().from_filename(filename, resources, **kw)
        self.session.tidy(assignment, student)
        content = self.session.sanitized(assignment, student, notebook)
        resources["metadata"] = ResourcesDict(name=notebook, path=str(folder))
        return self.from_notebook_node(  # type: ignore[no-untyped-call]
            _node(content), resources=resources, **kw
        )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)  # type: ignore[no-untyped-call]
        # An exporter is made right before the first folder is touched. Nothing that can be
        # configured is called at the end of a run that failed; so the run itself is wrapped.
        parent: Any = self.parent
        if hasattr(parent, "convert_notebooks"):
            parent.convert_notebooks = partial(self._alone, parent.convert_notebooks)

    def _alone(self, convert: Callable[[], None]) -> None:
        """Grade while no other grader works on the course."""
        try:
            course = self.session.course
            with only_grader_anywhere(course, PATIENCE_SECONDS, self.log.warning):
                convert()
        except LessonkitError as error:
            # What nbgrader's command and pages take for "told, and over".
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from error

    @cached_property
    def session(self) -> Session:
        """Everything that is known of this run."""
        return Session(_course_of(self.parent), make_engine(), self.log.warning)


class Judge(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Puts the judged notebook in the place of the one that would have been run."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Judge the submission that *nb* belongs to.

        Raises:
            LessonkitError: We failed; nbgrader then leaves this submission without a grade.
        """
        assignment, student, notebook = _names(resources)
        judged = _session_of(self).judged(assignment, student, notebook)
        made = _node(judged.content)
        points = _points_of(judged)
        for cell in made.cells:
            if utils.is_grade(cell) and not utils.is_solution(cell):
                _make_plain_to_nbgrader(cell, points.get(cell.metadata.nbgrader.grade_id), self.log)
        return made, resources


class Record(NbGraderPreprocessor):  # type: ignore[misc]
    """After the grades are written: keeps the status and the reasons, for reports and for
    `lessonkit grade`, which then knows that this is done."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Hear that the grades of *nb* are in the gradebook."""
        assignment, student, notebook = _names(resources)
        result = _session_of(self).saved(assignment, student, notebook)
        if result is not None:
            reason = f": {result.reason}" if result.reason else ""
            self.log.info("%s, %s: %s%s", assignment, student, result.status, reason)
        return nb, resources


def find_renamed(*, assignment: str, student: str, notebooks: list[str]) -> None:
    """Take "proc (1).ipynb" for proc.ipynb, which nbgrader would not: change *notebooks*, the
    list of what it found in a submission, in place. For c.Autograde.pre_convert_hook."""
    if not notebooks:
        return
    course = find_course()
    with Gradebook(course.db_url) as book:
        names = tuple(book.released(assignment).notebooks)
    stems = {Path(name).stem: name for name in notebooks}
    if not stems.keys() - set(names):
        return
    folder = Path(notebooks[0]).parent
    handed = take(folder, names, course.ignore, course.budget)
    notebooks[:] = sorted(
        {*(path for stem, path in stems.items() if stem in names)}
        | {str(folder / f"{name}.ipynb") for name in handed.notebooks}
    )


def _names(resources: Any) -> tuple[str, str, str]:
    told = resources["nbgrader"]
    return told["assignment"], told["student"], told["notebook"]


def _session_of(preprocessor: Any) -> Session:
    session = getattr(preprocessor.parent, "session", None)
    if not isinstance(session, Session):
        raise UsageError(
            f"{type(preprocessor).__name__} works with c.Autograde.exporter_class = "
            f"'{__name__}.RepairedNotebook', and that is not set"
        )
    return session


def _course_of(converter: Any) -> Course:
    """The course as nbgrader sees it, with what its command line says."""
    at = converter.coursedir
    return Course(
        root=Path(os.path.abspath(at.root)),
        course_id=at.course_id,
        db_url=at.db_url,
        structure=at.directory_structure,
        source=at.source_directory,
        submitted=at.submitted_directory,
        autograded=at.autograded_directory,
        ignore=tuple(at.ignore),
        excluded_students=frozenset(at.student_id_exclude.split(",")) - {""},
        create_students=converter.create_student,
        kept_files={name: tuple(kept) for name, kept in converter.exclude_overwriting.items()},
        permissions=int(str(converter.permissions), 8),
        groupshared=at.groupshared,
        budget=budget_from(converter.config),
        config=converter.config,
    )


def _node(content: bytes) -> Any:
    # Lines are joined, nothing is validated.
    return nbformat.v4.reads(content.decode())  # type: ignore[no-untyped-call]


def _points_of(judged: NotebookResult) -> dict[str, CellResult]:
    if judged.judgement is None:
        return {}
    return {cell.grade_id: cell for cell in judged.judgement.cells}


def _make_plain_to_nbgrader(cell: Any, result: CellResult | None, log: Any) -> None:
    """See that nbgrader reads the points that were given: a test without any output, such as one
    that could not be run, would be full points to it."""
    points = 0.0 if result is None or result.points is None else result.points
    if cell.cell_type != "code":
        return
    try:
        if utils.determine_grade(cell, log)[0] == points:
            return
    except ValueError:
        pass  # more points than there are
    why = "it was not run" if result is None or not result.why else result.why
    data = {"text/plain": repr(points)}
    cell.outputs = [
        nbformat.from_dict(  # type: ignore[no-untyped-call]
            {"output_type": "stream", "name": "stdout", "text": f"{why}\n"}
        ),
        nbformat.from_dict(  # type: ignore[no-untyped-call]
            {"output_type": "execute_result", "execution_count": None, "data": data, "metadata": {}}
        ),
    ]
