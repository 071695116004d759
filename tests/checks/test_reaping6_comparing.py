"""Verdicts of 6.8 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, judged, one_failed

KEYS = ("runs", "zombies", "known", "library", "busy")
TRUTH: dict[str, tuple[Any, ...]] = {
    "A": (0, 5, 0, 2, False),
    "B": (0, 0, 0, 0, False),
    "C": (1, 2, 1, 0, False),
    "D": (1, 0, 3, 0, False),
    "E": (1, 2, 3, 2, False),
    "F": (0, 0, 3, 0, True),
    "G": (0, 0, 3, 0, False),
    "H": (0, 2, 3, 2, False),
}


def facts(way: str = "", **answer: Any) -> dict[str, Any]:
    """A good record; the answer for *way* has these changes."""
    cases = []
    for letter, row in TRUTH.items():
        truth = dict(zip(KEYS, row, strict=True))
        case = {"way": letter, "own": 4, "ended": 3, "library": 0 if letter == "C" else 2}
        said = truth | (answer if letter == way else {})
        cases.append({"case": case, "truth": truth, "call": back(said)})
    return {"cases": cases}


def test_a_good_record_gets_full_points() -> None:
    """More than was asked for does no harm."""
    assert judged("6.8", facts()).points == 2.5
    assert judged("6.8", facts("A", why="nobody waits")).points == 2.5


@pytest.mark.parametrize(
    ("way", "zombies", "misconception"),
    [
        ("A", 0, "M3.7"),
        ("B", 5, "M3.7"),
        ("C", 0, "M6.1"),
        ("D", 2, "M6.5"),
        ("E", 0, "M6.5"),
        ("D", "0", "M6.5"),
        ("D", False, None),
    ],
)
def test_without_the_zombies_nothing_counts(
    way: str, zombies: Any, misconception: str | None
) -> None:
    """One wrong number is enough; a text and False are no numbers."""
    verdict = judged("6.8", facts(way, zombies=zombies))
    first = failed(verdict)[0]
    assert (first.misconception, verdict.points) == (misconception, 0)
    assert f"way {way}, 3 of 4 own" in first.seen


@pytest.mark.parametrize(
    ("way", "key", "said", "misconception", "points"),
    [
        ("D", "runs", 5, "M6.1", 2),
        ("G", "runs", 1, None, 2),
        ("A", "known", 3, "M3.10", 2),
        ("B", "known", 3, "M3.7", 2),
        ("C", "known", 3, "M6.1", 2),
        ("H", "known", 0, None, 2),
        ("B", "library", 2, "M3.7", 2),
        ("G", "library", 2, "M6.5", 2),
        ("E", "library", 0, "M6.5", 2),
        ("F", "busy", False, "M3.10", 2.25),
        ("G", "busy", True, "M3.10", 2.25),
        ("G", "busy", 0, None, 2.25),
    ],
)
def test_each_key_costs_its_own_points(
    way: str, key: str, said: Any, misconception: str | None, points: float
) -> None:
    """One thing wrong is one fact."""
    verdict = judged("6.8", facts(way, **{key: said}))
    fact = one_failed(verdict)
    assert (fact.name, fact.misconception, verdict.points) == (key, misconception, points)


def test_the_right_number_in_another_form_is_no_misconception() -> None:
    """1 is not True, and True is not 1: that is all there is to say."""
    fact = one_failed(judged("6.8", facts("F", busy=1)))
    assert fact.why == "the same, but not as asked for: busy is True or False"


@pytest.mark.parametrize("value", [None, [], {"zombies": 5}, 3])
def test_an_answer_of_another_form_counts_for_nothing_that_it_lacks(value: Any) -> None:
    """The sentence says which form is asked for."""
    record = facts()
    record["cases"][0]["call"] = back(value)
    verdict = judged("6.8", record)
    assert "compare(case) returned" in failed(verdict)[0].seen
    assert verdict.points in (0, 0.75)


def test_a_call_that_does_not_come_back_ends_it() -> None:
    """What follows is not asked any more, and not passed."""
    record = facts()
    del record["cases"][3:]
    record["cases"][2]["call"] = did_not_return("S")
    assert judged("6.8", record).points == 0


def test_a_run_that_lacks_ways_is_our_failure() -> None:
    """All eight are asked for."""
    record = facts()
    del record["cases"][3:]
    with pytest.raises(CheckError, match="3 of 8 ways"):
        judged("6.8", record)
