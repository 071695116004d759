"""What the parts of a batch hand to each other: plain, frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lessonkit.grading.records import Judgement, Status

__all__ = [
    "Done",
    "NotebookResult",
    "Released",
    "ReleasedCell",
    "ReleasedNotebook",
    "Result",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleasedCell:
    """A cell with an nbgrader entry, as the gradebook has it since it was released.

    source: a solution cell as students got it; a test with its hidden part.
    max_score: None for a cell that is not graded.
    grade_cell, solution_cell, task_cell: ids of its rows in these tables, "" where it has none.
    """

    name: str
    kind: str
    source: str
    locked: bool
    checksum: str | None
    max_score: float | None = None
    grade_cell: str = ""
    solution_cell: str = ""
    task_cell: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleasedNotebook:
    """A notebook of an assignment as the gradebook has it. kernelspec: JSON, "" for none."""

    id: str
    name: str
    kernelspec: str
    cells: Mapping[str, ReleasedCell]


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """An assignment as the gradebook has it. duedate: UTC."""

    id: str
    name: str
    duedate: datetime | None
    notebooks: Mapping[str, ReleasedNotebook]


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What is known of a submission from before. in_gradebook: nbgrader has rows of it, too."""

    fingerprint: str
    status: Status
    reason: str
    points: float
    max_points: float
    in_gradebook: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NotebookResult:
    """What a submission came to for one notebook.

    judgement: None when that notebook was not handed in.
    content: the file for autograded/, b"" for none.
    untouched: names of the cells that are as they were released.
    """

    name: str
    judgement: Judgement | None
    content: bytes = b""
    untouched: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What one student's submission came to.

    reason: "" when it was simply graded. timestamp: when it was handed in, UTC, where that is
    known. notes: further sentences for whoever looks closer, such as which files were refused.
    files: what goes to autograded/ beside the notebooks.
    """

    student: str
    fingerprint: str
    status: Status
    reason: str = ""
    timestamp: datetime | None = None
    notebooks: tuple[NotebookResult, ...] = ()
    notes: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """The points that need no person."""
        return sum(one.judgement.points for one in self.notebooks if one.judgement)

    @property
    def written(self) -> bool:
        """Whether the gradebook gets anything but the status."""
        return self.status != "we failed"
