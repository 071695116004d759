"""Verdicts of 6.3 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, failed, judged, one_failed, raised, vanished

ALL = {3: 7, 4: 0, 5: -9}


def step(kind: str, wanted: str = "", expected: dict[int, int] | None = None) -> dict[str, Any]:
    """A step that went well."""
    return {
        "kind": kind,
        "wanted": wanted,
        "back": wanted,
        "expected": expected or {},
        "left": [],
        "unread": 0,
        "state": "S",
    }


def facts(which: int = -1, **changes: Any) -> dict[str, Any]:
    """A good record; step number *which* has these changes."""
    steps = [
        step("lines", "AB\nC\n"),
        step("a child", "", {3: 7}),
        step("half a line"),
        step("in the middle", "", {4: 0}),
        step("the other half", "LONG\n"),
        step("many", "X\n" * 20, {5: -9}),
    ]
    if which >= 0:
        steps[which] |= changes
        if changes.get("cut"):
            del steps[which + 1 :]
    return {
        "steps": steps,
        "quiet": {"switches": 0, "cpu_seconds": 0.0, "ready_seconds": 0.0},
        "answer": back(ALL),
        "all": ALL,
        "living": 6,
    }


def test_a_good_record_gets_full_points() -> None:
    """Every line, every child."""
    assert judged("6.3", facts()).points == 3


@pytest.mark.parametrize(
    ("changes", "answer", "misconception", "words"),
    [
        ({"back": ""}, vanished(9), "M3.10", "2 lines sent, and nothing came back"),
        ({"back": "AB\n"}, vanished(9), None, "2 of 5 bytes did not come back"),
        ({"back": "ab\nc\n"}, vanished(9), None, "instead of"),
        ({"back": "", "unread": 5}, back({}), "M6.8", "came back in the middle"),
        ({"back": ""}, raised("InterruptedError"), "M6.8", "raised InterruptedError"),
    ],
)
def test_without_lines_nothing_counts(
    changes: dict[str, Any], answer: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The first two lines decide."""
    verdict = judged("6.3", facts(0, cut=True, **changes) | {"answer": answer})
    first = failed(verdict)[0]
    assert words in first.seen
    assert (first.misconception, verdict.points) == (misconception, 0)


def test_where_sigchld_is_ignored_nobody_was_collected() -> None:
    """They vanish, and their codes with them: two facts, one reason."""
    verdict = judged("6.3", {**facts(), "answer": back({}), "ignored": True})
    assert {fact.misconception for fact in failed(verdict)} == {"M3.7"}
    assert verdict.points == 1.75


def test_who_is_not_there_when_the_lines_come_has_not_worked() -> None:
    """The call was over before anything was sent."""
    verdict = judged("6.3", {"answer": back({}), "all": {}, "living": 6})
    assert "before anything was sent" in failed(verdict)[0].seen
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("which", "changes", "misconception", "words", "points"),
    [
        (4, {"back": "NG\n"}, "M6.8", "2 of 5 bytes did not come back", 2.25),
        (5, {"back": "X\n" * 21}, None, "came back instead of", 2.25),
        (2, {"back": "LO"}, None, "came back instead of ''", 2.25),
        (1, {"left": [3]}, None, "1 of 1 child that ended stayed", 2.25),
        (5, {"left": [5], "expected": {5: -9, 8: 1}}, "M6.1", "1 of 2 children", 2.25),
    ],
)
def test_each_step_costs_its_own_points(
    which: int, changes: dict[str, Any], misconception: str | None, words: str, points: float
) -> None:
    """Lines and children are two facts."""
    verdict = judged("6.3", facts(which, **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


@pytest.mark.parametrize(
    ("answer", "misconception", "words"),
    [
        (vanished(9), "M3.10", "inp was at its end, and your function did not come back"),
        (back({3: 7}), None, "pids 4, 5 have ended, and are missing"),
        (back({**ALL, 6: 0}), None, "[6] in what"),
        (back({3: 1792, 4: 0, 5: -9}), "M3.5", "pid 3: 1792"),
        (back(None), None, "returned None"),
        (back(ALL, strays=1), "M3.11", "1 copy of your process"),
    ],
)
def test_the_answer_costs_its_own_points(
    answer: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Exactly those that have ended."""
    verdict = judged("6.3", facts() | {"answer": answer})
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 2.5)


def test_a_run_without_the_call_is_our_failure() -> None:
    """Nothing can be said of it."""
    record = facts()
    del record["answer"]
    with pytest.raises(CheckError, match="'answer'"):
        judged("6.3", record)


def test_a_script_that_was_cut_short_is_not_passed() -> None:
    """What was not tried earns nothing."""
    record = facts()
    del record["steps"][2:]
    assert judged("6.3", record).points < 2
