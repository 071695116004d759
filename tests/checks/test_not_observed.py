"""What a host does not let a check see is said where learners read it: also when all is well."""

from __future__ import annotations

import pytest

from lessonkit import show
from lessonkit.checks.facts import Finding, fact
from lessonkit.records import Verdict
from tests.checks import (
    test_orphans_dying,
    test_orphans_forwarding,
    test_orphans_helping,
    test_orphans_initialising,
    test_orphans_predicting,
)
from tests.checks.handmade import judged

NOTE = " (nobody may trace on this host: not observed)"

WEAKER = {
    "4.4": test_orphans_predicting.facts(namespaces=False),
    "4.5": test_orphans_initialising.facts(pid_1=False),
    "4.6": test_orphans_forwarding.facts(pid_1=False),
    "4.7": test_orphans_helping.facts(pid_1=False),
    "4.8": test_orphans_dying.facts(traceable=False),
}


def text(verdict: Verdict) -> str:
    """The verdict as a terminal shows it, without line breaks."""
    return " ".join(show.verdict_text(verdict).split())


@pytest.mark.parametrize("exercise", WEAKER)
def test_a_passed_verdict_says_what_was_not_observed(exercise: str) -> None:
    """The text of a passed fact has no line for what was expected."""
    verdict = judged(exercise, WEAKER[exercise])

    assert verdict.passed
    assert "not observed" in text(verdict)


def test_where_all_was_observed_nothing_is_said() -> None:
    """Negative control."""
    assert "not observed" not in text(judged("4.7", test_orphans_helping.facts()))


def test_a_note_stands_once() -> None:
    """Behind what was seen where that is good, else behind what was expected."""
    good = fact("ends", 1, expected="gone", good="gone", finding=None, note=NOTE)
    bad = fact("ends", 1, expected="gone", good="gone", finding=Finding(seen="lives"), note=NOTE)

    assert (good.expected, good.seen) == ("gone", f"gone{NOTE}")
    assert (bad.expected, bad.seen) == (f"gone{NOTE}", "lives")
