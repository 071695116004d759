"""Verdicts of 0.1 on records made by hand."""

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

PIDS = (2, 9, 14, 17, 2)


def good(pid: int, value: Any = ...) -> dict[str, Any]:
    """A call in the process *pid*; S is 2."""
    call = back(pid if value is ... else value)
    return {"pid": pid, "groups": [700, 701], "again": pid == 2, "call": call}


def facts(*, left: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Five calls in which all is well."""
    return {"calls": [good(pid) for pid in PIDS], "left": left or []}


def all_say(value: Any) -> dict[str, Any]:
    """The same answer in the first two calls; the scene goes on to the end."""
    return {"calls": [good(pid, value) for pid in PIDS], "left": []}


def ends_with(call: dict[str, Any]) -> dict[str, Any]:
    """The first call ends like this, and the scene with it."""
    return {"calls": [{"pid": 2, "groups": [], "again": True, "call": call}]}


def test_the_right_number_in_every_process_is_full_points() -> None:
    """The verdict names the numbers that init saw."""
    verdict = judged("0.1", facts(), init_pid=1)
    assert verdict.points == verdict.max_points == 2
    assert verdict.facts[0].seen == "2, 9, 14, 17: as init saw them"


def test_a_call_that_is_missing_without_reason_is_our_failure() -> None:
    """Two good ones are not a result."""
    with pytest.raises(CheckError, match="2 of 5 calls"):
        judged("0.1", {"calls": facts()["calls"][:2]}, init_pid=1)


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (all_say(2), "M0.2", "2 is the number of the process that was asked first"),
        (all_say(23509), "M0.3", "hello() returned 23509; the process that ran it was pid 2"),
        (all_say(1), None, "1 is init, its parent"),
        (all_say(700), None, "700 is the number of its session"),
        (all_say(701), None, "or of its process group"),
        (all_say(5), None, "hello() returned 5; the process that ran it was pid 2"),
        (all_say("2"), None, "hello() returned '2', a text"),
        (all_say(True), None, "hello() returned True"),
        (all_say(None), "M0.1", "hello() returned None: nothing"),
        (ends_with(raised("OSError", "x")), None, "hello() raised OSError: x (line 7)"),
        (ends_with(did_not_return()), None, "had not come back after 2 s"),
        (ends_with(vanished(0)), None, "ended during the call (exit code 0)"),
    ],
)
def test_another_number_earns_nothing(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The sentence says whose number it was, or that it is nobody's."""
    verdict = judged("0.1", record, init_pid=1)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("stdout", "words"), [("I am 2\n", "goes to the screen"), ("hi\n", "with `return`")]
)
def test_who_printed_the_number_is_told_where_it_went(stdout: str, words: str) -> None:
    """Nothing comes back in both cases; the reason differs."""
    assert words in one_failed(judged("0.1", all_say(None), init_pid=1, stdout=stdout)).why


@pytest.mark.parametrize(
    ("left", "strays", "words"),
    [
        (family((12, 2, "Z")), 0, "pid 12 (state Z)"),
        (family((12, 1, "S")), 0, "pid 12 (state S)"),
        ([], 1, "1 copy of your process came back"),
    ],
)
def test_what_is_left_over_costs_half_a_point(
    left: list[dict[str, Any]], strays: int, words: str
) -> None:
    """The number itself was right."""
    record = facts(left=left)
    record["calls"][0]["call"]["strays"] = strays
    verdict = judged("0.1", record, init_pid=1)
    assert words in one_failed(verdict).seen
    assert verdict.points == 1.5
