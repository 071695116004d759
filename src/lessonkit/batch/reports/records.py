"""What a report is about: plain, frozen records of what the gradebook holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Class", "Graded", "Kind", "Mark", "Student", "Submitted"]

Kind = Literal["test", "manual", "task"]
"""Who gives the points of a question: a test; a person who reads an answer, or looks at a task."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Student:
    """Someone whom the gradebook knows; "" for what it does not know. lms_id: `lms_user_id`."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""

    @property
    def full_name(self) -> str:
        """First name, then last; the id where there is neither."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Graded:
    """A question, that is a cell that earns points. title: what its check calls it, or ""."""

    notebook: str
    grade_id: str
    kind: Kind
    max_points: float
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What one student has for one question.

    points: as nbgrader counts them: a person's before the machine's, with extra credit; None
    where there are none yet. waits: a person has to look. misconceptions: numbers such as "M3.2";
    () and tamper_proof where stock nbgrader has graded, which knows of neither.
    """

    points: float | None
    waits: bool = False
    misconceptions: tuple[str, ...] = ()
    tamper_proof: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """One student's submission.

    status: one of `grading.records.Status`, or "graded by nbgrader", or "not graded".
    in_gradebook: nbgrader has grades of it. penalty: points that being late costs.
    marks: by (notebook, grade_id).
    """

    student: Student
    status: str
    reason: str = ""
    in_gradebook: bool = True
    penalty: float = 0.0
    marks: Mapping[tuple[str, str], Mark] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """All points less the penalty, never below 0; None where nbgrader has no grades."""
        if not self.in_gradebook:
            return None
        return max(0.0, sum(mark.points or 0.0 for mark in self.marks.values()) - self.penalty)

    @property
    def waits(self) -> bool:
        """Whether a person has to look at any of it."""
        return any(mark.waits for mark in self.marks.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Class:
    """One assignment and what became of it. absent: who handed in nothing.

    ordered: the questions stand as in the notebook; else by name, which is all that is known.
    """

    assignment: str
    questions: tuple[Graded, ...]
    submitted: tuple[Submitted, ...]
    absent: tuple[Student, ...] = ()
    ordered: bool = True

    @property
    def max_points(self) -> float:
        """What can be earned, without extra credit."""
        return sum(question.max_points for question in self.questions)
