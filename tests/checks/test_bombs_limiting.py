"""Verdicts of 5.2 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import (
    back,
    did_not_return,
    failed,
    family,
    judged,
    one_failed,
    raised,
    vanished,
)


def one_round(n: int, code: int, **changes: Any) -> dict[str, Any]:
    """One call of limited: the program had its limit, and only the program."""
    seen = {
        "pid": 7,
        "ppid": 2,
        "program": [str(n), str(n)],
        "student": ["64", "64"],
        "others": [],
    }
    return {
        "n": n,
        "argv": ["sh", "-c", "read code; exit $code"],
        "code": code,
        "before": ["64", "64"],
        "call": back(code),
        "seen": seen | changes.pop("seen", {}),
        "after": ["64", "64"],
        "left": [],
        **changes,
    }


def facts(seen: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Two calls, the first with those changes."""
    rounds = [one_round(30, 77, seen=seen or {}, **changes), one_round(41, -9)]
    return {"before": ["64", "64"], "rounds": rounds}


def test_a_limit_for_the_program_only_is_full_points() -> None:
    """Soft and hard."""
    assert judged("5.2", facts()).points == 2.5


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (facts({"program": ["30", "64"]}), "M5.14", "can be raised again"),
        (facts({"program": ["64", "64"]}), None, "set it in the child"),
        (facts({"program": ["64", "64"]}, after=["30", "30"]), "M5.15", "limits are copied"),
        (facts({"program": None}), None, "set it in the child"),
        (facts({"ppid": 6}), None, "somebody stands between"),
        (facts({"pid": 2, "ppid": 1}), "M1.7", "has become the program"),
        (facts({"others": family((9, 2, "S"))}), None, "a helper takes room too"),
        (facts({"program": ["31", "31"]}), None, "soft 31, hard 31"),
    ],
)
def test_without_the_limit_nothing_counts(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """It is the whole point."""
    verdict = judged("5.2", record)
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert (fact.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (raised("FileNotFoundError"), "raised FileNotFoundError"),
        (raised("BlockingIOError"), "the limit was on it as well"),
        (did_not_return(), "it was asleep"),
        (vanished(9), "ended by SIGKILL"),
        (back(77), "no process with the argv"),
    ],
)
def test_a_program_that_never_ran_is_told_with_its_reason(call: dict[str, Any], words: str) -> None:
    """Whatever was returned."""
    record = facts()
    record["rounds"] = [{**record["rounds"][0], "call": call, "seen": None}]
    fact = one_failed(judged("5.2", record))
    assert words in f"{fact.seen} {fact.why}"


@pytest.mark.parametrize("changes", [{"seen": {"student": ["30", "64"]}}, {"after": ["30", "30"]}])
def test_the_caller_keeps_its_limits(changes: dict[str, Any]) -> None:
    """While the program runs, and afterwards."""
    verdict = judged("5.2", facts(**changes))
    assert one_failed(verdict).misconception == "M5.15"
    assert verdict.points == 1.75


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"call": back(77 << 8)}, "M3.5", "that is the wait status"),
        ({"call": back(None)}, None, "there is no answer"),
        ({"call": back(0)}, None, "returned 0"),
        (
            {"call": back(None), "left": family((7, 2, "S"))},
            None,
            "was still running then: who sleeps for a while and then asks has guessed",
        ),
        ({"left": family((7, 2, "Z"))}, "M3.9", "1 zombie"),
        ({"left": family((9, 2, "S"))}, None, "nothing else should run"),
    ],
)
def test_the_code_has_to_be_right_and_nothing_left(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Half a point."""
    verdict = judged("5.2", facts(**changes))
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert (fact.misconception, verdict.points) == (misconception, 2)


def test_a_copy_that_came_back_is_told() -> None:
    """exec failed, and the child went on."""
    record = facts(call=back(77, strays=1))
    assert failed(judged("5.2", record))[0].misconception == "M3.11"


def test_a_hard_limit_that_was_lowered_is_told_when_it_is_in_the_way() -> None:
    """The second number is the larger one."""
    record = facts(after=["30", "30"])
    record["rounds"][1] |= {"before": ["30", "30"], "call": raised("ValueError"), "seen": None}
    fact = failed(judged("5.2", record))[0]
    assert "your own process has soft 30, hard 30" in fact.seen
    assert fact.misconception == "M5.15"


def test_one_call_is_not_enough() -> None:
    """What stopped the scene was not steady."""
    record = facts()
    record["rounds"] = record["rounds"][:1]
    assert judged("5.2", record).points == 0
