"""Verdicts of 4.1 on records made by hand."""

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


def good(subreaper: bool, pid: int = 9) -> dict[str, Any]:
    """A call in which all is well: S is 2, init is 1."""
    parent = 2 if subreaper else 1
    return {
        "subreaper": subreaper,
        "call": back((pid, parent)),
        "new": family((pid, parent, "S")),
        "forked": 2,
    }


def facts(**changes: Any) -> dict[str, Any]:
    """Three calls; *changes* in the last, which is one without a subreaper."""
    return {"rounds": [good(True), good(False), {**good(False), **changes}]}


def with_subreaper(**changes: Any) -> dict[str, Any]:
    """Three calls; *changes* in the last, which is one with a subreaper."""
    return {"rounds": [good(True), good(False), {**good(True), **changes}]}


def test_three_orphans_with_the_right_parents_are_full_points() -> None:
    """Where pids cannot be counted, that costs nothing."""
    assert judged("4.1", facts(), init_pid=1).points == 3
    assert judged("4.1", facts(forked=None), init_pid=1).points == 3


def test_a_call_that_is_missing_without_reason_is_our_failure() -> None:
    """Two good ones are not a result."""
    with pytest.raises(CheckError, match="2 of 3 rounds"):
        judged("4.1", {"rounds": [good(True), good(False)]}, init_pid=1)


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (facts(new=[]), "M4.4", "pid 9 is gone"),
        (facts(new=family((9, 1, "Z"))), "M4.4", "pid 9 is a zombie"),
        (facts(new=family((9, 2, "S"))), None, "pid 9 is your child"),
        (with_subreaper(forked=1), None, "pid 9 is your child"),
        (facts(new=family((8, 2, "S"), (9, 8, "S"))), None, "first parent still: pid 8, state S"),
        (facts(call=back((2, 1))), None, "pid 2 is your own process"),
        (with_subreaper(new=family((9, 1, "S"))), None, "pid 9 went to pid 1: somebody else"),
        (facts(call=back((9, 1), strays=1)), "M3.11", "1 copy came back"),
        (facts(call=back(9)), None, "orphan() returned 9"),
        (facts(call=back((True, 1))), None, "orphan() returned (True, 1)"),
        (facts(call=raised("OSError", "x")), None, "orphan() raised OSError: x (line 7)"),
        (facts(call=did_not_return()), None, "had not come back after 2 s"),
        (facts(call=vanished(0)), None, "ended during the call (exit code 0)"),
    ],
)
def test_without_an_orphan_nothing_counts(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The sentence says what was there instead."""
    verdict = judged("4.1", record, init_pid=1)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("record", "misconception", "words"),
    [
        (with_subreaper(call=back((9, 1))), "M4.1", "said 1, and the parent of pid 9 is 2"),
        (facts(call=back((9, 2))), "M4.2", "said 2, and the parent of pid 9 is 1: init"),
        (facts(call=back((9, 8))), None, "pid 8 has ended"),
        (facts(new=family((7, 1, "S"), (9, 7, "S"))), None, "first parent still"),
    ],
)
def test_the_parent_has_to_be_the_one_that_the_kernel_names(
    record: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Each wrong guess is told from the others."""
    verdict = judged("4.1", record, init_pid=1)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points < 3


@pytest.mark.parametrize(
    ("new", "misconception", "words"),
    [
        (family((8, 2, "Z"), (9, 1, "S")), "M3.3", "1 zombie (pid 8), child of pid 2"),
        (family((8, 1, "S"), (9, 1, "S")), None, "also still there: pid 8 (state S)"),
    ],
)
def test_what_is_left_over_costs_half_a_point(
    new: list[dict[str, Any]], misconception: str | None, words: str
) -> None:
    """The one in the middle is a zombie until somebody waits for it."""
    verdict = judged("4.1", facts(new=new), init_pid=1)
    fact = one_failed(verdict)
    assert (fact.misconception, verdict.points) == (misconception, 2.5)
    assert words in fact.seen
