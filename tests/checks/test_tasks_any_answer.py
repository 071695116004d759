"""No answer of a student's makes a judge of this lesson fail; what is cut short earns nothing."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.checks.tasks import EXERCISES
from lessonkit.records import Ending
from tests.checks import (
    test_tasks_aiming,
    test_tasks_climbing,
    test_tasks_grouping,
    test_tasks_parsing,
    test_tasks_posing,
    test_tasks_reading,
)
from tests.checks.handmade import back, judged
from tests.checks.test_any_answer import ANSWERS, ENDINGS, spoiled

GOOD: dict[str, dict[str, Any]] = {
    "2.1": test_tasks_parsing.facts(),
    "2.2": test_tasks_posing.facts(),
    "2.3": test_tasks_grouping.facts(),
    "2.4": test_tasks_climbing.facts(),
    "2.5": test_tasks_aiming.facts(),
    "2.6": test_tasks_reading.facts(),
}


def test_all_exercises_of_the_lesson_are_here() -> None:
    """And each has three hints, and facts that add up to its points."""
    assert set(GOOD) == {exercise.id for exercise in EXERCISES}
    for exercise in EXERCISES:
        verdict = judged(exercise.id, GOOD[exercise.id])
        assert verdict.passed
        assert verdict.points == verdict.max_points == exercise.max_points
        assert all(exercise.hints)


def test_the_points_of_the_lesson() -> None:
    """Twenty for the exercises."""
    assert sum(exercise.max_points for exercise in EXERCISES) == 20


@pytest.mark.parametrize("exercise", GOOD)
def test_every_answer_to_every_call_gets_a_verdict(exercise: str) -> None:
    """One call after the other, then all at once."""
    count: list[int] = []
    spoiled(GOOD[exercise], {}, -2, count)
    for call in [*map(back, ANSWERS), *ENDINGS]:
        for which in range(-1, len(count)):
            verdict = judged(exercise, spoiled(GOOD[exercise], call, which, []))
            assert verdict.run_again is None
            assert 0 <= verdict.points <= verdict.max_points


@pytest.mark.parametrize("exercise", ["2.1", "2.3", "2.4", "2.6"])
@pytest.mark.parametrize("answer", [None, True, 0, -1, "S", [], {}, (1, {1})])
def test_a_constant_earns_nothing(exercise: str, answer: Any) -> None:
    """Whatever it is, where the answers are all that the function does."""
    assert judged(exercise, spoiled(GOOD[exercise], back(answer), -1, [])).points == 0


@pytest.mark.parametrize("exercise", GOOD)
def test_what_a_limit_has_cut_short_is_no_failure_of_ours(exercise: str) -> None:
    """Whatever is missing then, and nothing of the rest counts."""
    cut = Ending(kind="limit", limit="tree_cpu_seconds")
    for missing in GOOD[exercise]:
        some = {name: value for name, value in GOOD[exercise].items() if name != missing}
        verdict = judged(exercise, some, ending=cut)
        assert verdict.points == 0
        assert "tree_cpu_seconds" in (verdict.problem or "")
