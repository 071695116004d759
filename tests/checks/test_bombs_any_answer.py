"""No answer of a student's makes a judge of the lesson 05-fork-bombs fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks import (
    test_bombs_defusing,
    test_bombs_growing,
    test_bombs_limiting,
    test_bombs_pooling,
    test_bombs_refusing,
    test_bombs_rescuing,
    test_bombs_waiting,
)
from tests.checks.handmade import back, judged
from tests.checks.test_any_answer import ANSWERS, ENDINGS, spoiled

GOOD: dict[str, dict[str, Any]] = {
    "5.1": test_bombs_growing.facts(),
    "5.2": test_bombs_limiting.facts(),
    "5.3": test_bombs_waiting.facts(),
    "5.4": test_bombs_pooling.facts(),
    "5.5": test_bombs_refusing.facts(),
    "5.6": test_bombs_rescuing.facts(),
    "5.7": test_bombs_defusing.facts(),
}


@pytest.mark.parametrize("exercise", GOOD)
def test_every_answer_to_every_call_gets_a_verdict(exercise: str) -> None:
    """One call after the other, then all at once."""
    count: list[int] = []
    spoiled(GOOD[exercise], {}, -2, count)
    assert judged(exercise, GOOD[exercise]).passed
    for call in [*map(back, ANSWERS), *ENDINGS]:
        for which in range(-1, len(count)):
            verdict = judged(exercise, spoiled(GOOD[exercise], call, which, []))
            assert verdict.run_again is None
            assert 0 <= verdict.points <= verdict.max_points
