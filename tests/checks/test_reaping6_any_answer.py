"""No answer of a student's makes a judge of the lesson 06-sigchld fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks import (
    test_reaping6_comparing,
    test_reaping6_installing,
    test_reaping6_neighbouring,
    test_reaping6_repairing,
    test_reaping6_supervising,
    test_reaping6_telling,
    test_reaping6_tracking,
    test_reaping6_working,
)
from tests.checks.handmade import back, judged
from tests.checks.test_any_answer import ANSWERS, ENDINGS, spoiled

GOOD: dict[str, dict[str, Any]] = {
    "6.1": test_reaping6_installing.facts(),
    "6.2": test_reaping6_repairing.facts(),
    "6.3": test_reaping6_working.facts(),
    "6.4": test_reaping6_neighbouring.facts(),
    "6.5": test_reaping6_supervising.facts(),
    "6.6": test_reaping6_tracking.facts(),
    "6.7": test_reaping6_telling.facts(),
    "6.8": test_reaping6_comparing.facts(),
}
MORE: list[Any] = [
    [([1], {}, float("nan"))],
    [(3, [], {})],
    [(3, "exited", [])],
    [({}, "stopped", 19)],
    [({}, 0)],
    {3: {}, 10: [float("nan")], 12: "x"},
    [[], {}, None, "\ud800", 1e308],
    {"zombies": [], "runs": {}, "known": float("nan"), "library": "\ud800", "busy": ()},
    "\ud800",
]


@pytest.mark.parametrize("exercise", GOOD)
def test_every_answer_to_every_call_gets_a_verdict(exercise: str) -> None:
    """One call after the other, then all at once."""
    count: list[int] = []
    spoiled(GOOD[exercise], {}, -2, count)
    assert judged(exercise, GOOD[exercise]).passed
    for call in [*map(back, [*ANSWERS, *MORE]), *ENDINGS]:
        for which in range(-1, len(count)):
            verdict = judged(exercise, spoiled(GOOD[exercise], call, which, []))
            assert verdict.run_again is None
            assert 0 <= verdict.points <= verdict.max_points
