"""No answer of a student's makes a judge of this lesson fail; what is cut short earns nothing."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.checks.forking import EXERCISES
from lessonkit.records import Ending
from tests.checks import (
    test_forking_copying,
    test_forking_counting,
    test_forking_growing,
    test_forking_redirecting,
    test_forking_running,
    test_forking_spawning,
    test_forking_starting,
    test_forking_writing,
)
from tests.checks.handmade import back, judged
from tests.checks.test_any_answer import ANSWERS, ENDINGS, spoiled

GOOD: dict[str, dict[str, Any]] = {
    "1.1": test_forking_spawning.facts(),
    "1.2": test_forking_growing.facts(),
    "1.3": test_forking_counting.facts(),
    "1.4": test_forking_running.facts(),
    "1.5": test_forking_redirecting.facts(),
    "1.6": test_forking_writing.facts(),
    "1.7": test_forking_copying.facts(),
    "1.8": test_forking_starting.facts(),
}


def test_all_exercises_of_the_lesson_are_here() -> None:
    """And each has three hints, and facts that add up to its points."""
    assert set(GOOD) == {exercise.id for exercise in EXERCISES}
    for exercise in EXERCISES:
        verdict = judged(exercise.id, GOOD[exercise.id])
        assert verdict.passed
        assert verdict.points == verdict.max_points == exercise.max_points
        assert all(exercise.hints)


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


@pytest.mark.parametrize("exercise", GOOD)
def test_what_a_limit_has_cut_short_is_no_failure_of_ours(exercise: str) -> None:
    """Whatever is missing then, and nothing of the rest counts."""
    cut = Ending(kind="limit", limit="tree_cpu_seconds")
    for missing in GOOD[exercise]:
        some = {name: value for name, value in GOOD[exercise].items() if name != missing}
        verdict = judged(exercise, some, ending=cut)
        assert verdict.points == 0
        assert "tree_cpu_seconds" in (verdict.problem or "")


@pytest.mark.parametrize("exercise", [name for name in GOOD if name != "1.3"])
def test_answers_alone_earn_nothing(exercise: str) -> None:
    """The negative control for all: with nothing seen by the kernel, the same calls are worth 0."""
    assert judged(exercise, _blind(GOOD[exercise])).points == 0


def _blind(node: Any) -> Any:
    """The record of a scene that saw no process, no program and no count."""
    empty: dict[str, Any] = {"standing": None, "grown": [], "seen": [], "there": [], "steps": []}
    if isinstance(node, dict):
        found = {name: _blind(value) for name, value in node.items()}
        for name, value in empty.items():
            if name in found:
                found[name] = value
        if "standing" in found:
            del found["standing"]
            found["most"] = []
        if "own_kib" in found:
            found["own_kib"] = None
        return found
    return [_blind(item) for item in node] if isinstance(node, list) else node
