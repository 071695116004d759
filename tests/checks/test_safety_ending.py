"""Verdicts of 0.2 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, judged, one_failed, raised, vanished

CODES = (41, 0, 200)


def one(code: int, status: int | None = None) -> dict[str, Any]:
    """A process that ended with that wait status; with the code asked for if none is given."""
    status = code << 8 if status is None else status
    return {"pid": 9, "code": code, "call": vanished(status), "wait_status": status}


def facts() -> dict[str, Any]:
    """Three calls in which all is well."""
    return {"ends": [one(code) for code in CODES]}


def first(call: dict[str, Any], status: int | None = None) -> dict[str, Any]:
    """The first call goes like this, and the scene ends with it."""
    return {"ends": [{"pid": 9, "code": 41, "call": call, "wait_status": status}]}


def test_three_ends_with_their_codes_are_full_points() -> None:
    """The codes stand in what was expected."""
    verdict = judged("0.2", facts())
    assert verdict.points == verdict.max_points == 2
    assert verdict.facts[1].expected == "exit codes 41, 0, 200"


def test_a_call_that_is_missing_without_reason_is_our_failure() -> None:
    """One good one is not a result."""
    with pytest.raises(CheckError, match="1 of 3 calls"):
        judged("0.2", {"ends": [one(41)]})


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (first(back(41), 41 << 8), "M0.4", "goodbye(41) came back with 41, and its process"),
        (first(back(None), 255 << 8), "M0.4", "goodbye(41) came back with None"),
        (first({**back(), "kind": "bad", "problem": "x"}, 0), "M0.4", "came back, and its"),
        (first(raised("RuntimeError", "41"), 1 << 8), None, "raised RuntimeError: 41 (line 7)"),
        (first(did_not_return()), None, "2 s after goodbye(41) the process had not ended; it was"),
        (first(did_not_return("R")), None, "it was running"),
        (first({**vanished(41 << 8), "strays": 1}, 41 << 8), "M3.11", "1 copy of it came back"),
        (first(vanished(0), None), None, "nobody knows how"),
    ],
)
def test_who_goes_on_earns_nothing(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """What came back is not an exit code, whatever it was."""
    verdict = judged("0.2", record)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "after goodbye(200): exit code 0"),
        (9, "after goodbye(200): ended by SIGKILL"),
        (56 << 8, "exit code 56"),
    ],
)
def test_another_end_costs_half(status: int, words: str) -> None:
    """It did end: that is the other half."""
    record = {"ends": [one(41), one(0), one(200, status)]}
    verdict = judged("0.2", record)
    assert words in one_failed(verdict).seen
    assert verdict.points == 1
