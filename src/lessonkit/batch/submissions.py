"""One student's submission, before anything is judged: what came, and what its grade rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from lessonkit.batch.course import Course
from lessonkit.batch.intake import take
from lessonkit.batch.lateness import TIMESTAMP, parse_timestamp
from lessonkit.batch.records import Released
from lessonkit.batch.specs import Assignment
from lessonkit.errors import UsageError

__all__ = ["Submission", "base_fingerprint", "look", "wanted"]

LONGEST_NAME = 128  # of a student, in nbgrader's tables


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What one student handed in.

    notebooks: by their names in the assignment; the bytes may be anything. missing: why each of
    the others is not there. files: what lies beside them. timestamp: UTC, None where none came.
    fingerprint: of all that the grade rests on. notes: sentences on what was left out, and why.
    """

    student: str
    notebooks: Mapping[str, bytes]
    missing: Mapping[str, str]
    files: Mapping[str, bytes]
    timestamp: datetime | None
    fingerprint: str
    notes: tuple[str, ...]


def wanted(
    course: Course, name: str, students: tuple[str, ...]
) -> tuple[dict[str, Path], list[str]]:
    """The folders of those whose submissions are to be graded; sentences on who is left out.

    students: whose; everybody's where there are none.

    Raises:
        UsageError: One of them handed in nothing.
    """
    found = course.submissions(name)
    for student in students:
        if student not in found:
            raise UsageError(
                f"{student!r} handed in nothing for {name}: there is no folder "
                f"{course.path(course.submitted, student, name)}"
            )
    if students:
        found = {student: found[student] for student in students}
    sentences = [
        f"the folder {student!r:.160} has a name that cannot stand in a gradebook: at most "
        f"{LONGEST_NAME} characters that can be shown. It is not graded"
        for student in found
        if not _is_name(student)
    ]
    return {name: folder for name, folder in found.items() if _is_name(name)}, sentences


def _is_name(student: str) -> bool:
    return len(student) <= LONGEST_NAME and student.isprintable()


def base_fingerprint(course: Course, assignment: Assignment, released: Released) -> str:
    """A hash of what all grades of an assignment rest on."""
    told = {
        "specs": dict(assignment.fingerprints),
        "given": {name: _hash([data]) for name, data in assignment.given.items()},
        "kept": sorted(assignment.kept),
        "budget": asdict(course.budget),
        "due": str(released.duedate),
    }
    return _hash([json.dumps(told, sort_keys=True).encode()])


def look(
    course: Course,
    assignment: Assignment,
    base: str,
    extension: timedelta | None,
    student: str,
    folder: Path,
) -> Submission:
    """Take in a submission.

    Raises:
        OSError: The folder cannot be read.
    """
    handed = take(folder, tuple(assignment.specs), course.ignore, course.budget)
    notes = list(handed.notes)
    timestamp = None
    if text := handed.files.get(TIMESTAMP, b"").decode("utf-8", "replace").strip():
        try:
            timestamp = parse_timestamp(text)
        except ValueError:
            notes.append(f"{TIMESTAMP} is no time, so it is not known when this was handed in.")
    parts = [base.encode(), str(extension).encode()]
    for kind in (handed.notebooks, handed.files):
        for name in sorted(kind):
            parts += [name.encode("utf-8", "surrogateescape"), kind[name]]
        parts.append(b"")
    return Submission(
        student=student,
        notebooks=handed.notebooks,
        missing=handed.refused,
        files=handed.files,
        timestamp=timestamp,
        fingerprint=_hash([*parts, json.dumps([notes, dict(handed.refused)]).encode()]),
        notes=tuple(notes),
    )


def _hash(parts: Iterable[bytes]) -> str:
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))  # so that parts cannot run into each other
        made.update(part)
    return made.hexdigest()
