"""Notebooks damaged at random go through the whole of judging, in the real box.

A few always; a hundred with LESSONKIT_ALL_HOSTS=1.
"""

from __future__ import annotations

import os

import pytest

from lessonkit.grading.codec import job_to_bytes, judgement_from_bytes
from lessonkit.grading.judging import judge
from lessonkit.grading.records import Budget, Job
from tests.grading.fuzzing import Damage
from tests.grading.properties import sentence_problems

SEEDS = range(100 if os.environ.get("LESSONKIT_ALL_HOSTS") == "1" else 8)
OUTCOMES = {"graded", "repaired", "timed out", "limit hit", "not gradable"}
BUDGET = Budget(cell_seconds=10.0, call_seconds=5.0)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_notebook_is_judged_or_refused(seed: int) -> None:
    """Never a failure of ours; one sentence says what is remarkable; answers that nothing has
    touched earn their points."""
    damage = Damage(seed)
    spec = damage.base.spec
    job = Job(assignment="ps1", student="ada", spec=spec, submitted=damage.data, budget=BUDGET)

    judged = judgement_from_bytes(judge(job_to_bytes(job)))

    assert judged.status in OUTCOMES, (judged.reason, damage.steps)
    assert bool(judged.reason) == (judged.status != "graded")
    for sentence in (judged.reason, *judged.repairs):
        assert not sentence or sentence_problems(sentence) == []
    marks = {cell.grade_id: cell for cell in judged.cells}
    assert list(marks) == [cell.grade_id for cell in spec.cells if cell.grade or cell.task]
    assert all(0 <= (mark.points or 0.0) <= mark.max_points for mark in marks.values())
    if judged.status not in ("graded", "repaired"):
        return
    order = [cell.grade_id for cell in spec.cells]
    for name in damage.intact:
        test = next(cell for cell in spec.cells[order.index(name) :] if cell.is_test)
        assert marks[test.grade_id].points == test.points, (name, marks[test.grade_id].why)
