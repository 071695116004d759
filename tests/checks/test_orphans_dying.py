"""Verdicts of 4.8 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import (
    back,
    did_not_return,
    family,
    judged,
    one_failed,
    raised,
    vanished,
)

GONE: dict[str, Any] = {"programs_left": [], "others_left": []}


def part(pid: int, **changes: Any) -> dict[str, Any]:
    """The parent is pid - 1; its child runs the program, and ends with it."""
    return {
        "argv": ["sh"],
        "call": back(pid),
        "answered": True,
        "parent": pid - 1,
        "children": family((pid, pid - 1, "S")),
        "ended_already": False,
        **GONE,
        **changes,
    }


def birth(which: int, forks: int | None = 2, **changes: Any) -> dict[str, Any]:
    """The parent was killed at a fork of it; 0: they were only counted."""
    seen = {"which": which, "forks": forks if which == 0 else which}
    return {"call": back(20), "traced": True, **seen, **GONE, **changes}


def facts(alive: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """All is well but for these changes."""
    lives = {"stays": True, "code": 207, "heard": 207, "kept": True}
    return {
        "traceable": True,
        "alive": {**part(6), **lives, **(alive or {})},
        "exits": part(12),
        "killed": part(9),
        "births": [birth(0), birth(1), birth(2)],
        **changes,
    }


def test_a_child_that_ends_with_its_parent_is_full_points() -> None:
    """Where nobody may trace, the verdict says so, and the points count elsewhere."""
    assert judged("4.8", facts()).points == 3
    record = facts(traceable=False)
    del record["births"]
    verdict = judged("4.8", record)
    assert verdict.points == verdict.max_points == 3
    assert any("not observed" in fact.seen for fact in verdict.facts)


@pytest.mark.parametrize(
    ("alive", "misconception", "words"),
    [
        ({"children": []}, None, "no process ran the program"),
        ({"children": [], "ended_already": True}, "M4.13", "pid 6 ended while its parent lived"),
        ({"stays": False}, "M4.13", "pid 6 ended while its parent lived"),
        ({"children": family((6, 4, "S"))}, None, "pid 6 is a child of pid 4, not of pid 5"),
        ({"call": back(5)}, None, "returned 5, and the child is pid 6"),
        ({"call": back(True)}, None, "returned True"),
        ({"heard": None}, None, "its parent heard None"),
        ({"kept": False}, None, "ended with code 207"),
        ({"call": back(6, strays=1)}, "M3.11", "1 copy of the parent"),
        ({"call": raised("OSError", "x"), "answered": False}, None, "raised OSError"),
        ({"call": did_not_return(), "answered": False}, None, "it was asleep"),
        ({"call": vanished(0), "answered": False}, None, "ended during the call"),
    ],
)
def test_without_an_ordinary_child_nothing_counts(
    alive: dict[str, Any], misconception: str | None, words: str
) -> None:
    """As long as its parent lives nothing is special about it."""
    verdict = judged("4.8", facts(alive))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        (
            {"exits": part(12, programs_left=family((12, 1, "S"))), "killed": None},
            "M4.4",
            "pid 12 lives on (state S) after its parent has exited",
        ),
        (
            {"killed": part(9, programs_left=family((9, 1, "S")))},
            "M4.16",
            "pid 9 lives on (state S) after its parent was ended by SIGKILL",
        ),
        ({"killed": part(9, children=[])}, None, "did not run this time"),
        ({"exits": part(12, call=did_not_return())}, None, "had not come back"),
        ({"killed": None}, None, "not tried"),
    ],
)
def test_it_has_to_end_however_its_parent_ends(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """An exit can be noticed by the parent itself; SIGKILL cannot."""
    verdict = judged("4.8", facts(**changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 0.75)


def test_helpers_have_to_end_too() -> None:
    """Half a point, whatever else holds."""
    record = facts(exits=part(12, others_left=family((13, 1, "S"))))
    verdict = judged("4.8", record)
    assert "pid 13 (python3, S)" in one_failed(verdict).seen
    assert verdict.points == 2.5


@pytest.mark.parametrize(
    ("births", "misconception", "words"),
    [
        ([birth(1, programs_left=family((20, 1, "S")))], "M4.17", "(pid 20, parent 1)"),
        ([birth(0), birth(1, others_left=family((21, 1, "S")))], None, "pid 21"),
        ([birth(0, 0)], None, "of its forks only none"),
        ([birth(0, None)], None, "of its forks only none"),
        ([birth(0), birth(2, forks=2) | {"forks": 1}], None, "of its forks only 1"),
        ([birth(0, traced=False)], None, "could not be stopped at its fork"),
        ([birth(0, traced=False, call=vanished(9))], None, "ended during the call"),
    ],
)
def test_it_has_to_end_also_when_the_parent_was_faster(
    births: list[dict[str, Any]], misconception: str | None, words: str
) -> None:
    """The newborn had done nothing yet when its parent was dead."""
    verdict = judged("4.8", facts(births=births))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 2.25)


def test_a_record_without_births_is_our_failure() -> None:
    """Unless something else was wrong before."""
    record = facts()
    del record["births"]
    with pytest.raises(CheckError, match="no birth"):
        judged("4.8", record)
    assert judged("4.8", {**record, "killed": None}).points == 0.75
