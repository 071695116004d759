"""No answer of a student's makes a judge of the lesson 04-orphans fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks import (
    test_orphans_adopting,
    test_orphans_daemonising,
    test_orphans_dying,
    test_orphans_forwarding,
    test_orphans_helping,
    test_orphans_initialising,
    test_orphans_making,
    test_orphans_predicting,
)
from tests.checks.handmade import back, judged
from tests.checks.test_any_answer import ANSWERS, ENDINGS, spoiled

GOOD: dict[str, dict[str, Any]] = {
    "4.1": test_orphans_making.facts(),
    "4.2": test_orphans_adopting.facts(),
    "4.3": test_orphans_daemonising.facts(),
    "4.4": test_orphans_predicting.facts(),
    "4.5": test_orphans_initialising.facts(),
    "4.6": test_orphans_forwarding.facts(),
    "4.7": test_orphans_helping.facts(),
    "4.8": test_orphans_dying.facts(),
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
