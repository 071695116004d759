"""Verdicts of 6.6 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, family, judged, one_failed


def step(kind: str, pid: int, code: int, **more: Any) -> dict[str, Any]:
    """A child that was not lost."""
    return {
        "kind": kind,
        "argv": ["sh", "-c", "x"],
        "code": code,
        "ran": family((pid, 2, "S")),
        "call": back(pid),
        "left": [],
        "table": back({pid: code}),
        "held": 1,
        "traced": True,
        **more,
    }


def facts(which: int = -1, **changes: Any) -> dict[str, Any]:
    """A good record; step number *which* has these changes."""
    steps = [
        step("ordinary", 10, 3, blocked=False, while_it_ran=back({10: None})),
        step("fast", 11, 4),
        step("fast", 12, 5),
        step("fast", 13, 6),
    ]
    if which >= 0:
        steps[which] |= changes
    return {"start": back(handle=True), "traceable": True, "steps": steps}


def test_a_good_record_gets_full_points() -> None:
    """Also where nobody may trace: the verdict says so."""
    assert judged("6.6", facts()).points == 3
    weaker = judged("6.6", facts() | {"traceable": False})
    assert weaker.points == 3
    assert "nobody may trace here" in weaker.facts[1].expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"call": did_not_return("S")}, "had not come back"),
        ({"ran": []}, "no process with the argv"),
        ({"ran": family((10, 7, "S"))}, "and not once, as a child of pid 2"),
        ({"call": back(0)}, "returned 0, and the child is pid 10"),
        ({"while_it_ran": back({})}, "in the table it was not there"),
        ({"while_it_ran": back({10: 0})}, "in the table it was 0"),
        ({"while_it_ran": back([])}, "jobs() returned []"),
        ({"left": [10]}, "stayed a zombie"),
        ({"table": back({10: None})}, "None, as if it ran"),
        ({"table": back({})}, "missing"),
        ({"table": back({10: 768})}, "768 in the table"),
    ],
)
def test_without_an_ordinary_child_nothing_counts(changes: dict[str, Any], words: str) -> None:
    """From its start to its code."""
    verdict = judged("6.6", facts(0, **changes))
    assert words in failed(verdict)[0].seen
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"table": back({12: None})}, "M6.7", "in the table it is None, as if it ran"),
        ({"table": back({})}, "M6.7", "in the table it is missing"),
        ({"left": [12]}, "M6.7", "stayed a zombie"),
        ({"call": back(99)}, None, "jobs(argv) returned 99"),
        ({"ran": []}, None, "seen with that argv: nobody"),
        ({"traced": False}, None, "could be traced before your code was loaded"),
        ({"call": back(12, strays=1)}, "M3.11", "1 copy of your process"),
    ],
)
def test_a_lost_child_costs_its_own_points(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """One that was faster than fork."""
    verdict = judged("6.6", facts(2, **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, 1.5)


def test_a_blocked_child_costs_its_own_points() -> None:
    """The mask survives exec."""
    verdict = judged("6.6", facts(0, blocked=True))
    assert (one_failed(verdict).misconception, verdict.points) == ("M4.15", 2.5)


def test_children_that_were_not_tried_earn_nothing() -> None:
    """Three are needed."""
    record = facts()
    del record["steps"][3:]
    assert "2 of 3 were tried" in one_failed(judged("6.6", record)).seen


@pytest.mark.parametrize("missing", ["traceable", "steps", "start"])
def test_a_run_that_lacks_something_is_our_failure(missing: str) -> None:
    """The scene has to write it down."""
    record = facts()
    del record[missing]
    with pytest.raises(CheckError, match=f"'{missing}'"):
        judged("6.6", record)
