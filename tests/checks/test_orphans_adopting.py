"""Verdicts of 4.2 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import (
    back,
    did_not_return,
    family,
    judged,
    one_failed,
    raised,
    vanished,
)


def daemon(pid: int, code: int, **changes: Any) -> dict[str, Any]:
    """A daemon that S, which is 2, has adopted and collected."""
    return {
        "command": ["sh", "-c", f"sh -c 'exit {code}' &"],
        "pid": pid,
        "parents": [pid - 1, 2],
        "code": code,
        "released": True,
        "command_run": True,
        "reaped_by_init": False,
        "state": None,
        **changes,
    }


def facts(value: Any = None, first: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Three daemons, the first with those changes."""
    daemons = [daemon(11, 7), daemon(13, -9), daemon(15, 200)]
    daemons[0] |= first or {}
    codes = {one["pid"]: one["code"] for one in daemons}
    return {
        "call": back(codes if value is None else value),
        "daemons": daemons,
        "left": [],
        **changes,
    }


def test_all_adopted_all_collected_is_full_points() -> None:
    """Where a helper adopts, too."""
    assert judged("4.2", facts(), init_pid=1).points == 3
    assert judged("4.2", facts(first={"parents": [5]}), init_pid=1).points == 3


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (facts(first={"parents": [10, 1]}), "M4.2", "1 of 3 daemons went to init (pid 11)"),
        (facts(first={"pid": None, "parents": []}), None, "2 of 3 daemons seen"),
        (facts(first={"command_run": False}), None, "1 daemon (pid 11) not started by"),
        (facts(call=raised("ChildProcessError")), None, "raised ChildProcessError (line 7)"),
        (facts(call=did_not_return()), None, "it was asleep"),
        (facts(call=vanished(9)), None, "ended by SIGKILL"),
    ],
)
def test_without_adoption_nothing_counts(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Who was to adopt them is the whole point."""
    verdict = judged("4.2", record, init_pid=1)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


def test_all_of_them_at_init_is_another_sentence_than_some() -> None:
    """Never asked, or asked too late."""
    record = facts()
    record["daemons"] = [daemon(pid, 7, parents=[1]) for pid in (11, 13, 15)]
    assert "unless it has asked for orphans" in one_failed(judged("4.2", record, init_pid=1)).why
    record["daemons"][0]["parents"] = [2]
    assert "nobody is handed over later" in one_failed(judged("4.2", record, init_pid=1)).why


@pytest.mark.parametrize(
    ("value", "misconception", "words"),
    [
        ([], None, "returned []"),
        ({}, None, "3 of 3 daemons not in the result"),
        ({11: 7, 13: -9, 15: 200, 10: 0}, None, "[10] in the result: no daemon"),
        ({11: 7, 13: 137, 15: 200}, "M3.5", "pid 13: 137, but it was ended by SIGKILL"),
        ({11: 7, 13: 0, 15: 200}, "M3.6", "so -9 is right"),
        ({11: 1792, 13: -9, 15: 200}, "M3.5", "pid 11: 1792, but it exited with 7"),
        ({11: 7.0, 13: -9, 15: 200}, None, "pid 11: 7.0"),
    ],
)
def test_the_codes_have_to_be_those_of_the_daemons(
    value: Any, misconception: str | None, words: str
) -> None:
    """One wrong code is enough."""
    verdict = judged("4.2", facts(value), init_pid=1)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 1.75)


def test_daemons_that_were_not_waited_for_are_told() -> None:
    """They are zombies of S then."""
    record = facts({13: -9, 15: 200}, first={"state": "Z"}, left=family((11, 2, "Z")))
    verdict = judged("4.2", record, init_pid=1)
    assert verdict.points == 1
    assert {fact.misconception for fact in verdict.facts} == {None, "M4.5"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"left": family((10, 2, "Z"))}, "1 zombie (pid 10), child of pid 2"),
        ({"left": family((10, 1, "S"))}, "still there: pid 10 (python3, state S)"),
    ],
)
def test_what_is_left_over_costs_points(changes: dict[str, Any], words: str) -> None:
    """Commands are children too."""
    verdict = judged("4.2", facts(**changes), init_pid=1)
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.25
