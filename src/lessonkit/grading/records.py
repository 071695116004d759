"""What goes into the judging of one notebook, and what comes out: plain, frozen records.

A `Job` is all that judging may know; a `Judgement` is all that comes of it. Both travel as bytes,
to another process or another machine, and hold no path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lessonkit.sandbox.patience import MOST, MOST_OF_ALL

__all__ = [
    "Budget",
    "CellResult",
    "CellSpec",
    "Job",
    "Judgement",
    "Mode",
    "NotebookSpec",
    "Status",
]

Mode = Literal["apart", "together"]
"""How a test cell is run: "apart" in a trusted interpreter that calls the student's functions and
gets plain data back; "together" in a copy of the student's own interpreter, for tests of objects
that cannot cross. The points of such a cell are not proof against tampering, and are marked."""

Status = Literal["graded", "timed out", "limit hit", "repaired", "not gradable", "we failed"]
"""What became of a submission. "timed out" and "limit hit": points earned before and after are
kept. "repaired": damaged, put right, graded. "not gradable": damaged, the reason is told; 0 points
until a person looks. "we failed": no points are written and nothing is lost; grade again."""

MiB = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class CellSpec:
    """One cell as the instructor wrote it. grade_id: "" for a cell without an nbgrader entry."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    grade_id: str = ""
    points: float = 0.0
    grade: bool = False
    solution: bool = False
    task: bool = False
    locked: bool = False

    @property
    def is_test(self) -> bool:
        """A graded code cell that the student does not write: its result is the score."""
        return self.kind == "code" and self.grade and not self.solution

    @property
    def is_manual(self) -> bool:
        """A person gives its points."""
        return self.task or (self.grade and self.solution)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotebookSpec:
    """One notebook of an assignment, from source/, with solutions and hidden tests.

    name: without ".ipynb". cells: in order. released: the same cells as students got them, by
    grade_id: their text, to tell an untouched cell from a changed one.
    modes: grade_id of a test cell -> how it is run; "apart" where nothing is said.
    """

    name: str
    cells: tuple[CellSpec, ...]
    released: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, Mode] = field(default_factory=dict)

    @property
    def by_id(self) -> dict[str, CellSpec]:
        """The cells with an nbgrader entry, by grade_id."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id}

    @property
    def max_points(self) -> float:
        """What can be earned, by machine and by people."""
        return sum(cell.points for cell in self.cells if cell.grade or cell.task)


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What one submission may use in all, however many cells it has.

    Seconds are of wall time unless named otherwise, less what others had of a busy host's
    processors (`clock`). A check cell has limits of its own, which come long before test_seconds.
    """

    cell_seconds: float = 30.0
    call_seconds: float = 10.0
    test_seconds: float = 120.0
    wall_seconds: float = 600.0
    tree_cpu_seconds: float = 120.0
    memory_bytes: int = 512 * MiB
    tree_memory_bytes: int = 1024 * MiB
    max_processes: int = 64
    disk_bytes: int = 64 * MiB
    output_bytes: int = 1 * MiB
    shown_bytes: int = 16 * MiB
    notebook_bytes: int = 20 * MiB
    notebook_cells: int = 2000
    files_bytes: int = 32 * MiB

    @property
    def longest_seconds(self) -> float:
        """How long judging may take by the clock on the wall, on a host that is busy with others
        all the time: the whole, and the last cell or call, are given all that they can be given."""
        last = MOST * max(self.cell_seconds, self.call_seconds)
        return self.wall_seconds * (1 + MOST_OF_ALL) + last


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One submitted notebook to be judged.

    submitted: the file as it was handed in, however damaged. files: what else was handed in and
    what the instructor gives beside it (the instructor's wins), name -> content; names are
    relative, without "..". trusted_files: the instructor's own, all of them, as tests may import
    them; of `files` nothing is ever imported beside a test. seed: None for random parameters of
    checks.
    """

    assignment: str
    student: str
    spec: NotebookSpec
    submitted: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    trusted_files: Mapping[str, bytes] = field(default_factory=dict)
    budget: Budget = Budget()
    seed: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CellResult:
    """What a graded cell came to.

    points: None where a person gives them. why: one line for the report, "" for full points.
    misconceptions: their numbers, as in "M3.2". verdict: that of `check`, as JSON, where there
    was one. tamper_proof: False where the test ran together with the student's code.
    """

    grade_id: str
    points: float | None
    max_points: float
    why: str = ""
    misconceptions: tuple[str, ...] = ()
    verdict: Mapping[str, Any] | None = None
    tamper_proof: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What came of one notebook.

    reason: one sentence, "" when it was simply graded. repairs: one sentence for each thing that
    was put right. notebook: the judged notebook as nbformat 4 JSON, with the cells as in the
    gradebook, outputs of students' cells as they came, outputs of test cells as nbgrader reads
    them; b"" where there is none ("not gradable", "we failed").
    cells: all graded and task cells, in the instructor's order, also for "not gradable".
    """

    status: Status
    reason: str = ""
    repairs: tuple[str, ...] = ()
    notebook: bytes = b""
    cells: tuple[CellResult, ...] = ()
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0

    @property
    def points(self) -> float:
        """The points that need no person."""
        return sum(cell.points or 0.0 for cell in self.cells)
