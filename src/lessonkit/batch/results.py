"""Put what became of a submission's notebooks together into one result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lessonkit.batch import folders
from lessonkit.batch.notebooks import finished, stand_in
from lessonkit.batch.noting import noted
from lessonkit.batch.records import NotebookResult, Released, Result
from lessonkit.batch.running import Outcome
from lessonkit.batch.specs import Assignment
from lessonkit.batch.submissions import Submission
from lessonkit.errors import LessonkitError
from lessonkit.grading.records import CellResult, Judgement, NotebookSpec, Status

__all__ = ["failure", "result_of"]

# What stands first says most about a submission of several notebooks.
ORDER: tuple[Status, ...] = (
    "we failed",
    "not gradable",
    "timed out",
    "limit hit",
    "repaired",
    "graded",
)


def failure(student: str, fingerprint: str, reason: str) -> Result:
    """The result where we failed: nothing but the reason is written."""
    return Result(student=student, fingerprint=fingerprint, status="we failed", reason=reason)


def result_of(
    submission: Submission,
    outcomes: Mapping[str, Outcome],
    assignment: Assignment,
    released: Released,
    decode: Callable[[bytes], Judgement],
) -> Result:
    """The result of a submission whose notebooks have all been judged."""
    notebooks = []
    try:
        for name, spec in assignment.specs.items():
            judgement = _judgement(outcomes[name], spec, decode) if name in outcomes else None
            notebooks.append(_notebook(name, judgement, spec, released, submission.notes))
    except LessonkitError as error:
        return failure(submission.student, submission.fingerprint, str(error))
    except Exception as error:  # a fault of ours, which must not end the batch
        why = f"{type(error).__name__}: {error}"
        return failure(submission.student, submission.fingerprint, why)
    if not submission.notebooks:  # a page says so, and a person may give points all the same
        notebooks = [
            replace(
                one,
                content=stand_in(
                    assignment.specs[one.name],
                    released.notebooks[one.name],
                    [*submission.notes, _why_missing(one, submission)],
                ),
            )
            for one in notebooks
        ]
    status, reason = _together(notebooks, submission)
    if status == "we failed":
        return failure(submission.student, submission.fingerprint, reason)
    if status == "graded" and not reason:
        reason = " ".join(submission.notes)  # such as which file was left out, and why
    files = folders.put_together(submission.files, assignment.given, assignment.kept)
    files |= {f"{one.name}.ipynb": one.content for one in notebooks if one.content}
    return Result(
        student=submission.student,
        fingerprint=submission.fingerprint,
        status=status,
        reason=reason,
        timestamp=submission.timestamp,
        notebooks=tuple(notebooks),
        notes=submission.notes,
        files=files,
    )


def _judgement(
    outcome: Outcome, spec: NotebookSpec, decode: Callable[[bytes], Judgement]
) -> Judgement:
    if outcome.answer:
        return decode(outcome.answer)
    if not outcome.overdue:
        return Judgement(status="we failed", reason=outcome.why)
    why = f"Judging was ended, because {outcome.why}; a person has to look."
    cells = [
        CellResult(grade_id=cell.grade_id, points=0.0, max_points=cell.points, why=why)
        for cell in spec.cells
        if cell.grade or cell.task
    ]
    return Judgement(status="timed out", reason=why, cells=tuple(cells))


def _notebook(
    name: str,
    judgement: Judgement | None,
    spec: NotebookSpec,
    released: Released,
    notes: Sequence[str],
) -> NotebookResult:
    if judgement is None:
        return NotebookResult(name=name, judgement=None)
    if judgement.status == "we failed":
        return NotebookResult(name=name, judgement=judgement)
    if judgement.notebook:
        content, untouched = finished(noted(judgement, notes), released.notebooks[name])
    else:
        content = stand_in(spec, released.notebooks[name], [*notes, judgement.reason])
        untouched = frozenset()
    return NotebookResult(name=name, judgement=judgement, content=content, untouched=untouched)


def _why_missing(one: NotebookResult, submission: Submission) -> str:
    return submission.missing.get(one.name) or f"There is no {one.name}.ipynb in the submission."


def _together(notebooks: Sequence[NotebookResult], submission: Submission) -> tuple[Status, str]:
    came = [one for one in notebooks if one.judgement is not None]
    missing = [_why_missing(one, submission) for one in notebooks if one.judgement is None]
    if not came:
        return "not gradable", " ".join(missing)
    said = []
    for one in came:
        assert one.judgement is not None
        if one.judgement.reason:
            many = len(came) + len(missing) > 1
            said.append(f"{one.name}: {one.judgement.reason}" if many else one.judgement.reason)
    found = {one.judgement.status for one in came if one.judgement is not None}
    return next(status for status in ORDER if status in found), " ".join([*said, *missing])
