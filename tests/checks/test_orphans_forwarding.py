"""Verdicts of 4.6 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, judged, one_failed, raised, vanished

FIVE = (15, 2, 1, 10, 12)


def step(number: int, first: bool = True, **changes: Any) -> dict[str, Any]:
    """One signal that was sent and arrived."""
    return {
        "signal": number,
        "first": first,
        "pending": [number],
        "arrived": True,
        "once_more": [],
        "alive": True,
        **changes,
    }


def ended(code: int) -> dict[str, Any]:
    """A call after which pid 1 ended with that exit code."""
    return {**back(code), "wait_status": code << 8}


def facts(
    start: dict[str, Any] | None = None, stop: dict[str, Any] | None = None, pid_1: bool = True
) -> dict[str, Any]:
    """Two good runs, with these changes."""
    return {
        "pid_1": pid_1,
        "start": {
            "argv": ["sh"],
            "code": 28,
            "ran": True,
            "call": ended(28),
            "pid": 4,
            "main": {"pid": 5, "ppid": 4},
            "blocked": [],
            "ignored": [],
            "steps": [*map(step, FIVE), step(15, False), step(1, False)],
            "bystander": "S",
            "alive": True,
            "ended": True,
            **(start or {}),
        },
        "stop": {
            "code": 143,
            "ran": True,
            "call": ended(143),
            "ended": True,
            "program_ended": True,
            **(stop or {}),
        },
    }


def test_all_passed_on_is_full_points() -> None:
    """Also where no namespace can be made: the verdict says what was not observed."""
    assert judged("4.6", facts()).points == 3
    assert judged("4.6", facts({"call": vanished(28 << 8)})).points == 3
    weaker = judged("4.6", facts(pid_1=False))
    assert weaker.points == 3
    assert "your function ran as a subreaper" in weaker.facts[0].seen


@pytest.mark.parametrize(
    ("start", "misconception", "words"),
    [
        ({"steps": [step(15, pending=[], arrived=False)]}, "M4.7", "nothing came to the program"),
        (
            {
                "steps": [step(2, pending=[], arrived=False, alive=False)],
                "call": vanished(2),
            },
            "M4.7",
            "SIGINT was sent to pid 1, which ended (ended by SIGINT)",
        ),
        ({"steps": [step(1, pending=[15], arrived=False)]}, None, "SIGTERM came to the program"),
        ({"steps": [step(1, once_more=[1])]}, "M4.14", "again and again"),
        (
            {"steps": [step(1, pending=[1, 2, 15], arrived=False)]},
            "M4.14",
            "SIGHUP was sent once to pid 1, and SIGHUP, SIGINT, SIGTERM came to the program",
        ),
        ({"steps": [step(1, alive=False)], "call": ended(129)}, "M4.7", "after SIGHUP pid 1 ended"),
        ({"steps": [step(1)]}, "M4.7", "after SIGHUP the program was gone"),
        ({"call": raised("RecursionError")}, "M4.14", "raised RecursionError"),
        ({"call": raised("OSError", "x")}, None, "raised OSError: x"),
        ({"call": {**ended(0), "strays": 1}}, "M3.11", "1 copy of pid 1"),
        ({"ran": False, "call": ended(143)}, None, "pid 1 ended (exit code 143), and the"),
        ({"ran": False, "ended": False, "call": did_not_return()}, None, "did nothing for 5 s"),
        ({"main": {"pid": 4, "ppid": 1}}, "M1.6", "has become the program itself"),
    ],
)
def test_without_all_five_nothing_counts(
    start: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The sentence says what came instead."""
    verdict = judged("4.6", facts(start))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 0)


def test_a_program_that_did_not_run_on_heard_nothing() -> None:
    """No signal was sent then."""
    record = facts()
    del record["start"]["steps"]
    verdict = judged("4.6", record)
    assert "did not run on" in one_failed(verdict).seen
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("start", "stop", "misconception", "words", "points"),
    [
        (
            {"steps": [*map(step, FIVE), step(15, False, pending=[], arrived=False)]},
            None,
            None,
            "SIGTERM was sent a second time",
            2.25,
        ),
        (
            {"steps": [*map(step, FIVE), step(15, False, once_more=[15])]},
            None,
            "M4.14",
            "again and again",
            2.25,
        ),
        ({"bystander": None}, None, "M4.14", "an orphan beside the program", 2.25),
        ({"bystander": "Z"}, None, "M4.14", "an orphan beside the program", 2.25),
        ({"ended": False, "call": did_not_return()}, None, None, "was still there", 2.5),
        ({"call": ended(0)}, None, None, "pid 1: exit code 0; the program: exit code 28", 2.5),
        (None, {"program_ended": False, "ended": False}, "M4.7", "the program was still", 2.5),
        (None, {"ended": False}, "M4.7", "pid 1 was still", 2.5),
        (None, {"call": ended(0)}, "M3.5", "pid 1: exit code 0, and exit code 143", 2.5),
        (None, {"ran": False}, None, "a second program was never seen", 2.5),
        ({"blocked": [15, 2]}, None, "M4.15", "blocked in the program", 2.5),
        ({"ignored": [1]}, None, "M4.15", "ignored in the program from its start: SIGHUP", 2.5),
    ],
)
def test_each_other_fact_costs_its_own_points(
    start: Any, stop: Any, misconception: str | None, words: str, points: float
) -> None:
    """One thing wrong is one fact."""
    verdict = judged("4.6", facts(start, stop))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


def test_a_run_without_any_signal_is_our_failure() -> None:
    """A child that listens, and nothing was sent to it."""
    with pytest.raises(CheckError, match="no signal that it sent"):
        judged("4.6", facts({"steps": []}))
