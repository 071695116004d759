"""Judge one notebook: repair it, run the student's cells in a box, run the tests apart.

    judgement_bytes = judge(job_bytes)        # any Executor can run it, on any machine

Never raises for anything that a student handed in. A failure of ours is a judgement too, "we
failed", in which nobody has any points and nothing is to be written down.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from typing import Any

from lessonkit.errors import LessonkitError
from lessonkit.grading.codec import job_from_bytes, judgement_to_bytes
from lessonkit.grading.records import CellResult, CellSpec, Job, Judgement, Mode, Status
from lessonkit.grading.repair import NotGradable, Repaired, repair
from lessonkit.grading.student import Student
from lessonkit.grading.together import run_together
from lessonkit.grading.trusted import Result, Trusted

__all__ = ["judge", "judge_job"]

_turn = threading.RLock()
"""Tests change what belongs to the whole process (stdout, the folder): one notebook at a time."""

_LIMIT_WORDS = {
    "wall_seconds": "time",
    "tree_cpu_seconds": "processor time",
    "cpu_seconds": "processor time",
    "tree_memory_bytes": "memory",
    "output_bytes": "output",
    "disk_bytes": "disk",
    "disk_inodes": "files",
}


def judge(job: bytes) -> bytes:
    """Judge the notebook in *job* (codec.job_to_bytes); return a judgement as bytes."""
    return judgement_to_bytes(judge_job(job_from_bytes(job)))


def judge_job(job: Job) -> Judgement:
    """Judge one notebook. Raises nothing but KeyboardInterrupt."""
    began, cpu = time.monotonic(), time.process_time()
    try:
        repaired = repair(job.submitted, job.spec, job.budget)
    except NotGradable as reason:
        return Judgement(
            status="not gradable", reason=str(reason), cells=tuple(_nothing(job, str(reason)))
        )
    except Exception as error:  # a fault of ours in the repair
        return _we_failed(job, f"the notebook could not be read: {error!r:.300}")
    with _turn:
        state = random.getstate()
        try:
            if job.seed is not None:
                random.seed(job.seed)
            return _Judging(job, repaired, began, cpu).judgement()
        except (LessonkitError, OSError) as error:
            return _we_failed(job, str(error).split("\n")[0] or repr(error))
        except Exception as error:  # a fault of ours: it must not cost points, nor end a batch
            return _we_failed(job, repr(error)[:300])
        finally:
            random.setstate(state)


def _we_failed(job: Job, why: str) -> Judgement:
    return Judgement(status="we failed", reason=why)


def _nothing(job: Job, why: str) -> Iterator[CellResult]:
    for cell in job.spec.cells:
        if cell.grade or cell.task:
            points = None if cell.is_manual else 0.0
            yield CellResult(grade_id=cell.grade_id, points=points, max_points=cell.points, why=why)


class _Judging:
    """The judging of one notebook, from its first cell to its last."""

    def __init__(self, job: Job, repaired: Repaired, began: float, cpu: float) -> None:
        self._job = job
        self._spec = job.spec
        self._repaired = repaired
        self._began = began
        self._cpu = cpu
        self._numbers = {c.grade_id: n for n, c in enumerate(job.spec.cells) if c.grade_id}
        self._student = Student(job.budget, job.files)
        self._trusted = Trusted(job.spec, self._student, job.files, job.seed, job.trusted_files)
        self._results: dict[str, CellResult] = {}
        self._passed: set[int] = set()

    def judgement(self) -> Judgement:
        """Run everything once, in order."""
        try:
            self._run()
            self._student.close()
        finally:
            self._trusted.close()
            self._student.abandon()
        notebook = json.dumps(self._repaired.notebook, ensure_ascii=False)
        status, reason = self._status()
        return Judgement(
            status=status,
            reason=reason,
            repairs=self._repaired.repairs,
            notebook=notebook.encode("utf-8", "replace") + b"\n",
            cells=tuple(self._in_order()),
            wall_seconds=time.monotonic() - self._began,
            cpu_seconds=time.process_time() - self._cpu + self._student.cpu_seconds,
            peak_memory_bytes=self._student.peak_memory_bytes,
        )

    def _run(self) -> None:
        students = {cell.place: cell for cell in self._repaired.cells}
        tests = {
            place: self._numbers[grade_id]
            for grade_id, place in self._repaired.places.items()
            if self._spec.cells[self._numbers[grade_id]].is_test
        }
        count = 0
        for place, cell in enumerate(self._repaired.notebook["cells"]):
            if cell.get("cell_type") != "code":
                continue
            count += 1
            if place in tests:
                outputs = self._test(tests[place])
            elif place in students:
                outputs = self._student.run_cell(students[place].source).outputs
            else:
                continue
            for output in outputs:
                if output["output_type"] == "execute_result":
                    output["execution_count"] = count
            cell["outputs"] = outputs
            cell["execution_count"] = count

    def _test(self, number: int) -> list[dict[str, Any]]:
        cell = self._spec.cells[number]
        mode: Mode = self._spec.modes.get(cell.grade_id, "apart")
        if mode == "together":
            result = run_together(self._spec, number, self._student, self._passed)
        else:
            result = self._trusted.run(number)
        if result.points == cell.points:
            self._passed.add(number)
        self._results[cell.grade_id] = _cell_result(cell, result)
        return result.outputs

    def _in_order(self) -> Iterator[CellResult]:
        texts = {
            grade_id: _text(self._repaired.notebook["cells"][place])
            for grade_id, place in self._repaired.places.items()
        }
        for cell in self._spec.cells:
            if cell.grade_id in self._results:
                yield self._results[cell.grade_id]
            elif cell.is_manual:
                yield self._by_a_person(cell, texts.get(cell.grade_id))
            elif cell.grade:
                yield CellResult(
                    grade_id=cell.grade_id, points=0.0, max_points=cell.points, why="it was not run"
                )

    def _by_a_person(self, cell: CellSpec, text: str | None) -> CellResult:
        """An answer that nobody wrote needs nobody to read it."""
        given = self._spec.released.get(cell.grade_id)
        blank = not cell.task and given is not None and text is not None
        if blank and text == given:
            why = "not answered: the cell is as it was handed out"
            return CellResult(grade_id=cell.grade_id, points=0.0, max_points=cell.points, why=why)
        return CellResult(grade_id=cell.grade_id, points=None, max_points=cell.points)

    def _status(self) -> tuple[Status, str]:
        if self._student.limits:
            names = sorted({_LIMIT_WORDS.get(n, n) for n in self._student.limits})
            return (
                "limit hit",
                f"A cell or a function used more {' and '.join(names)} than allowed.",
            )
        if self._student.timed_out:
            return "timed out", "A cell or a function was ended because its time was up."
        if self._repaired.repairs:
            return "repaired", self._repaired.repairs[0]
        return "graded", ""


def _cell_result(cell: CellSpec, result: Result) -> CellResult:
    return CellResult(
        grade_id=cell.grade_id,
        points=result.points,
        max_points=cell.points,
        why=result.why,
        misconceptions=result.misconceptions,
        verdict=result.verdict,
        tamper_proof=result.tamper_proof,
    )


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
