"""Verdicts of 4.5 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised, vanished

IDLE = {"cpu": 0.0, "runnable": 0.0, "sleeps": 0}


def ended(code: int, value: Any = None) -> dict[str, Any]:
    """A call after which pid 1 ended with that exit code."""
    return {**back(code if value is None else value), "wait_status": code << 8}


def facts(
    long: dict[str, Any] | None = None,
    killed: dict[str, Any] | None = None,
    missing: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Three good runs, with these changes."""
    runs = [
        {
            "kind": "long",
            "argv": ["sh"],
            "code": 83,
            "orphans": 9,
            "pid": 4,
            "call": ended(83),
            "ran": True,
            "main": {"pid": 5, "ppid": 4},
            "adopted": True,
            "alive": True,
            "idle": IDLE,
            "zombies": [],
            "main_alive": True,
            "told": True,
            "ended": True,
            "last_lives": False,
        },
        {"kind": "killed", "code": 143, "signal": 15, "call": ended(143)}
        | {"argv": ["sh"], "ran": True, "ended": True},
        {"kind": "missing", "code": 127, "signal": 0, "call": ended(127)}
        | {"argv": ["/x"], "ended": True},
    ]
    for run, change in zip(runs, (long, killed, missing), strict=True):
        run |= change or {}
    return {"pid_1": True, "runs": runs, **changes}


def test_three_good_runs_are_full_points() -> None:
    """Also where no namespace can be made: the verdict says what was not observed."""
    assert judged("4.5", facts()).points == 3.5
    weaker = judged("4.5", facts(pid_1=False))
    assert weaker.points == 3.5
    assert "your function ran as a subreaper" in weaker.facts[0].seen


def test_a_function_may_leave_with_exit_itself() -> None:
    """Then there is no value, and the process has ended during the call."""
    assert judged("4.5", facts({"call": vanished(83 << 8)})).points == 3.5


@pytest.mark.parametrize(
    ("long", "misconception", "words"),
    [
        ({"ran": False, "main": None, "call": ended(0)}, None, "never seen to run"),
        ({"ran": False, "ended": False, "call": did_not_return()}, None, "did nothing for 6 s"),
        ({"main": {"pid": 4, "ppid": 1}}, "M1.6", "has become the program itself"),
        ({"alive": False, "call": ended(77)}, "M4.12", "ended (exit code 77) while"),
        ({"alive": False, "call": ended(0)}, "M4.12", "ended (exit code 0) while"),
        ({"told": False, "call": ended(77)}, "M4.12", "ended (exit code 77) while"),
        ({"main": {"pid": 6, "ppid": 5}}, None, "the program is a child of pid 5"),
        ({"adopted": False}, None, "did not all come to pid 1"),
        ({"ended": False, "call": did_not_return()}, None, "was still there"),
        ({"call": ended(0)}, "M3.5", "pid 1: exit code 0; the program: exit code 83"),
        ({"call": ended(78)}, None, "pid 1: exit code 78"),
        ({"call": vanished(9)}, None, "pid 1: ended by SIGKILL"),
        ({"call": ended(255, [1])}, None, "returned [1], which is no number"),
        ({"call": {**ended(83), "strays": 1}}, "M3.11", "1 copy of pid 1 came back"),
        ({"call": raised("OSError", "x")}, None, "raised OSError: x"),
        ({"call": {**back(), "kind": "bad", "problem": "odd"}}, None, "odd"),
    ],
)
def test_without_the_first_fact_nothing_counts(
    long: dict[str, Any], misconception: str | None, words: str
) -> None:
    """pid 1 has to run the program, and to end as it ended."""
    verdict = judged("4.5", facts(long))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 0)


def test_zombies_are_told_and_gate_the_sleep() -> None:
    """Who collects nobody sleeps well."""
    verdict = judged("4.5", facts({"zombies": [7, 8]}))
    assert one_failed(verdict).misconception == "M4.5"
    assert verdict.points == 1.75


@pytest.mark.parametrize(
    "idle",
    [
        {"cpu": 0.9, "runnable": 0.1, "sleeps": 50},
        {"cpu": 0.1, "runnable": 1.0, "sleeps": 0},
        {"cpu": 0.1, "runnable": 1.0, "sleeps": 0, "own": 0.98},
    ],
)
def test_a_busy_pid_1_costs_half_a_point(idle: dict[str, float]) -> None:
    """Seen by its CPU time; or, where the host has much to do, by its never sleeping."""
    verdict = judged("4.5", facts({"idle": idle}))
    assert (one_failed(verdict).misconception, verdict.points) == ("M3.10", 3.0)


def test_one_that_asks_now_and_then_is_not_busy() -> None:
    """It waits for a CPU often, where others need it too, but goes to sleep by itself."""
    assert judged("4.5", facts({"idle": {"cpu": 0.1, "runnable": 0.7, "sleeps": 12}})).passed
    starved = {"cpu": 0.0, "runnable": 0.9, "sleeps": 1, "own": 0.02}
    assert judged("4.5", facts({"idle": starved})).passed


@pytest.mark.parametrize(
    ("killed", "missing", "misconception", "words"),
    [
        ({"call": ended(0)}, None, "M3.6", "SIGTERM ended the program; pid 1: exit code 0"),
        ({"call": ended(15)}, None, "M3.5", "pid 1: exit code 15"),
        ({"call": ended(241)}, None, "M3.5", "pid 1: exit code 241"),
        ({"ended": False, "call": did_not_return()}, None, None, "pid 1 did not end"),
        ({"ran": False}, None, None, "the second program was never seen"),
        (None, {"call": ended(1)}, None, "there is no such program; pid 1: exit code 1"),
        (None, {"call": {**ended(127), "strays": 1}}, "M3.11", "came back"),
        (None, {"call": raised("FileNotFoundError")}, None, "raised FileNotFoundError"),
    ],
)
def test_exit_codes_are_those_of_a_shell(
    killed: Any, missing: Any, misconception: str | None, words: str
) -> None:
    """128 + n, and 127."""
    verdict = judged("4.5", facts(None, killed, missing))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 2.75)


def test_a_process_that_could_not_be_started_is_a_finding() -> None:
    """The student's process, which was to fork it, was gone."""
    start = {"kind": "long", "argv": ["sh"], "code": 8, "orphans": 9, "call": vanished(9)}
    verdict = judged("4.5", {"runs": [start]})
    assert verdict.points == 0
    assert "ended during the call" in one_failed(verdict).seen


def test_runs_that_are_missing_without_reason_are_our_failure() -> None:
    """Three were to be made."""
    with pytest.raises(CheckError, match="2 of 3 runs"):
        judged("4.5", {**facts(), "runs": facts()["runs"][:2]})
    with pytest.raises(CheckError, match="no run"):
        judged("4.5", {**facts(), "runs": []})
    cut = facts(None, {"call": did_not_return(), "ended": False})
    assert len(failed(judged("4.5", {**cut, "runs": cut["runs"][:2]}))) == 1


def test_who_keeps_the_check_from_making_a_namespace_gets_nothing() -> None:
    """A subreaper does where a host allows no more, and only there."""
    record = facts(pid_1=False, pid_1_possible=True)
    assert judged("4.5", record).points == 0
    assert judged("4.5", {**record, "pid_1_possible": False}).points == 3.5
