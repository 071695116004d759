"""Find out, with the instructor's own solution, how each test is to be run.

A test that earns all its points apart is run apart. One that does not is tried together with
the solution: where that works, what it needs cannot leave the sandbox, and from then on it is run
together with the student's code, which is marked in every report. One that works in neither
way is told to the instructor: it would fail everybody.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lessonkit.errors import SandboxError
from lessonkit.grading.codec import job_from_bytes
from lessonkit.grading.judging import judge_job
from lessonkit.grading.names import read
from lessonkit.grading.records import Budget, CellSpec, Job, Judgement, Mode, NotebookSpec

__all__ = ["Calibration", "calibrate", "calibrate_job"]

_OURS = re.compile(r"^\s*(check|print\(quiz|right = quiz|quiz)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """How the tests of a notebook are to be run.

    modes: grade_id -> mode, of the tests that are not run apart. problems: grade_id -> why the
    instructor's own solution does not earn all the points of that test, one line each.
    """

    modes: Mapping[str, Mode] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def calibrate(
    spec: NotebookSpec, files: Mapping[str, bytes], budget: Budget | None = None
) -> Calibration:
    """Judge the instructor's own solution, at most twice.

    Raises SandboxError when we failed: nothing is known then.
    """
    budget = budget or Budget()
    tests = [cell for cell in spec.cells if cell.is_test]
    if all(_is_ours(cell) for cell in tests):
        return Calibration()
    apart = dataclasses.replace(spec, modes={})
    failed = _short(_judged(apart, files, budget))
    if not failed:
        return Calibration()
    modes: dict[str, Mode] = dict.fromkeys(failed, "together")
    again = _short(_judged(dataclasses.replace(spec, modes=modes), files, budget))
    return Calibration(
        modes={name: mode for name, mode in modes.items() if name not in again},
        problems={name: failed[name] for name in failed if name in again},
    )


def calibrate_job(job: bytes) -> bytes:
    """The same for bytes: of the job only specification, files and budget count. Returns JSON,
    {"modes": {grade_id: mode}, "problems": [sentence]}."""
    told = job_from_bytes(job)
    found = calibrate(told.spec, told.files, told.budget)
    sentences = [
        f"the instructor's own solution does not earn all points of {name}: {why}"
        for name, why in found.problems.items()
    ]
    return json.dumps({"modes": dict(found.modes), "problems": sentences}).encode()


def _judged(spec: NotebookSpec, files: Mapping[str, bytes], budget: Budget) -> Judgement:
    job = Job(
        assignment="",
        student="",
        spec=spec,
        submitted=_solution(spec),
        files=files,
        trusted_files=files,
        budget=budget,
    )
    judgement = judge_job(job)
    if judgement.status in ("we failed", "not gradable"):
        raise SandboxError(f"the instructor's notebook could not be run: {judgement.reason}")
    return judgement


def _short(judgement: Judgement) -> dict[str, str]:
    """The tests that did not give all their points, and why."""
    return {
        cell.grade_id: cell.why or f"{cell.points:g} of {cell.max_points:g} points"
        for cell in judgement.cells
        if cell.points is not None and cell.points < cell.max_points
    }


def _is_ours(cell: CellSpec) -> bool:
    """Whether a test only calls a check or a quiz, which need nothing that cannot be had."""
    told = read(cell.source)
    return told.is_python and all(
        _OURS.match(line) or line.lstrip().startswith(("#", "assert right"))
        for line in cell.source.splitlines()
        if line.strip()
    )


def _solution(spec: NotebookSpec) -> bytes:
    """The instructor's notebook, as if it had been handed in."""
    cells: list[dict[str, Any]] = []
    for number, cell in enumerate(spec.cells):
        made: dict[str, Any] = {
            "cell_type": cell.kind,
            "id": f"cell-{number}",
            "metadata": {},
            "source": cell.source,
        }
        if cell.kind == "code":
            made |= {"outputs": [], "execution_count": None}
        if cell.grade_id:
            made["metadata"]["nbgrader"] = {
                "grade_id": cell.grade_id,
                "schema_version": 3,
                "cell_type": cell.kind,
                "grade": cell.grade,
                "solution": cell.solution,
                "locked": cell.locked,
                "task": cell.task,
                "points": cell.points,
            }
        cells.append(made)
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode()
