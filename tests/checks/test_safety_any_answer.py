"""No answer of a student's makes a judge of the lesson 00-safety fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks import test_safety_ending, test_safety_naming
from tests.checks.handmade import back, judged
from tests.checks.test_any_answer import ANSWERS, ENDINGS, spoiled

GOOD: dict[str, dict[str, Any]] = {
    "0.1": test_safety_naming.facts(),
    "0.2": test_safety_ending.facts(),
}


@pytest.mark.parametrize("exercise", GOOD)
def test_every_answer_to_every_call_gets_a_verdict(exercise: str) -> None:
    """One call after the other, then all at once."""
    count: list[int] = []
    spoiled(GOOD[exercise], {}, -2, count)
    assert judged(exercise, GOOD[exercise], init_pid=1).passed
    for call in [*map(back, ANSWERS), *ENDINGS]:
        for which in range(-1, len(count)):
            verdict = judged(exercise, spoiled(GOOD[exercise], call, which, []), init_pid=1)
            assert verdict.run_again is None
            assert 0 <= verdict.points <= verdict.max_points
