"""What brought a copy of the student's process back is said beside the finding."""

from __future__ import annotations

from typing import Any

from lessonkit.checks.facts import stray_words
from tests.checks.handmade import back, judged, one_failed
from tests.checks.test_finding import RIGHT, facts

TRACE = 'Traceback:\n  File "<cell>", line 7, in spawn_codes\nValueError: no\n'


def raised(count: int, message: str = "no") -> dict[str, Any]:
    """A noted reply: so many copies came back, and one told of its exception."""
    error = {"type": "ValueError", "message": message, "traceback": TRACE}
    return {"strays": count, "stray_errors": [error]}


def test_the_exception_is_named_with_its_line() -> None:
    """Type, message, and where it was raised in the student's code."""
    assert stray_words(raised(1)) == "; it had raised ValueError: no (line 7)"


def test_of_several_copies_one_is_spoken_of() -> None:
    """The others mostly say the same; the first tells enough."""
    assert stray_words(raised(2), raised(1)).startswith("; one of them had raised ValueError")


def test_of_a_long_message_the_beginning_is_shown() -> None:
    """One line, and not too much of it."""
    words = stray_words(raised(1, "x" * 500 + "\nsecond line"))

    assert "second line" not in words
    assert len(words) < 250


def test_a_copy_that_returned_has_raised_nothing() -> None:
    """Then there is nothing to add; and older notes have no such entry."""
    assert stray_words({"strays": 2, "stray_errors": []}, {"strays": 1}) == ""


def test_the_first_wrong_fact_tells_of_it_if_no_other_does() -> None:
    """A child that raised ends early: what is wrong first may be only the consequence."""
    verdict = judged("3.3", facts([3, 5, 7], quiet={**back([3, 5, 7]), **raised(2)}))
    seen = one_failed(verdict).seen

    assert seen.startswith("find_zombies() returned 3 in its list; 2 copies of your process came")
    assert seen.endswith("back too; one of them had raised ValueError: no (line 7)")


def test_where_nothing_is_wrong_nothing_is_added() -> None:
    """A right answer stays right, whatever a copy said."""
    verdict = judged("3.3", facts(quiet={**back(RIGHT), **raised(1)}))

    assert verdict.passed
    assert all("raised" not in fact.seen for fact in verdict.facts)
