"""Make small assignments and submissions for tests, and judge them.

    judged(given("import os"), answer("def f(x): return x"), test("assert f(1) == 1", 2))

An answer's text is the student's; `model` is the instructor's where it differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lessonkit.grading.judging import judge_job
from lessonkit.grading.records import Budget, CellSpec, Job, Judgement, Mode, NotebookSpec

__all__ = [
    "Part",
    "answer",
    "given",
    "job_of",
    "judged",
    "locked",
    "outputs_of",
    "points_of",
    "submission",
    "test",
]

# Seconds are many: on a busy machine the first sandbox of a process takes a while to be made.
QUICK = Budget(cell_seconds=30, call_seconds=20, test_seconds=60, wall_seconds=250)


@dataclass(frozen=True)
class Part:
    """One cell: as the instructor has it, and as the student handed it in."""

    spec: CellSpec
    handed_in: str


def given(source: str) -> Part:
    """A plain code cell."""
    return Part(CellSpec(kind="code", source=source), source)


def locked(source: str) -> Part:
    """A locked code cell of the instructor's that gives no points."""
    return Part(CellSpec(kind="code", source=source, grade_id="?", locked=True), source)


def answer(source: str, *, model: str | None = None) -> Part:
    """A cell for the student's code."""
    spec = CellSpec(
        kind="code", source=source if model is None else model, grade_id="?", solution=True
    )
    return Part(spec, source)


def test(source: str, points: float = 1) -> Part:  # noqa: PT028  it is no test of pytest's
    """A test."""
    spec = CellSpec(
        kind="code", source=source, grade_id="?", grade=True, locked=True, points=points
    )
    return Part(spec, source)


test.__test__ = False  # type: ignore[attr-defined]


def job_of(
    *parts: Part,
    budget: Budget = QUICK,
    files: Mapping[str, bytes] | None = None,
    modes: Mapping[str, Mode] | None = None,
    extra: Mapping[int, str] | None = None,
) -> Job:
    """The job. Cells are called c0, c1, ... extra: number of a cell -> a cell of the student's
    that stands before it."""
    cells, notebook = [], []
    for number, part in enumerate(parts):
        name = f"c{number}" if part.spec.grade_id else ""
        spec = CellSpec(
            kind=part.spec.kind,
            source=part.spec.source,
            grade_id=name,
            points=part.spec.points,
            grade=part.spec.grade,
            solution=part.spec.solution,
            locked=part.spec.locked,
        )
        cells.append(spec)
        if extra and number in extra:
            notebook.append(_cell(extra[number], f"extra{number}", None))
        notebook.append(_cell(part.handed_in, f"id{number}", spec if name else None))
    spec_of_all = NotebookSpec(name="ps1", cells=tuple(cells), modes=dict(modes or {}))
    return Job(
        assignment="ps1",
        student="ada",
        spec=spec_of_all,
        submitted=submission(notebook),
        files=dict(files or {}),
        budget=budget,
    )


def judged(*parts: Part, **options: Any) -> Judgement:
    """Judge it."""
    return judge_job(job_of(*parts, **options))


def points_of(judgement: Judgement) -> list[float | None]:
    """The points of the graded cells, in order."""
    return [cell.points for cell in judgement.cells]


def outputs_of(judgement: Judgement, number: int) -> list[dict[str, Any]]:
    """The outputs of the code cell with that number, from 0, as they were submitted."""
    cells = json.loads(judgement.notebook)["cells"]
    found: list[dict[str, Any]] = [c for c in cells if c["cell_type"] == "code"][number]["outputs"]
    return found


def submission(cells: list[dict[str, Any]]) -> bytes:
    """A notebook as a file."""
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode()


def _cell(source: str, identity: str, spec: CellSpec | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if spec is not None:
        metadata["nbgrader"] = {
            "grade_id": spec.grade_id,
            "schema_version": 3,
            "cell_type": spec.kind,
            "grade": spec.grade,
            "solution": spec.solution,
            "locked": spec.locked,
            "task": spec.task,
            "points": spec.points,
        }
    return {
        "cell_type": "code",
        "id": identity,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
