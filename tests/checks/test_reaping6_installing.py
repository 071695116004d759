"""Verdicts of 6.1 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import (
    back,
    did_not_return,
    failed,
    judged,
    one_failed,
    raised,
    vanished,
)

FIRST = {3: 7, 4: 0, 5: -9}
LATER = {9: 200}
REST = {6: 1}
LAST = {7: -1}


def step(
    kind: str, expected: dict[int, int], so_far: dict[int, int], **more: Any
) -> dict[str, Any]:
    """Children that ended, were collected, and are told."""
    return {
        "kind": kind,
        "expected": expected,
        "left": [],
        "living": {6: "S", 7: "T"},
        "seen": back(list(so_far.items())),
        "so_far": so_far,
        **more,
    }


def facts(which: int = -1, **changes: Any) -> dict[str, Any]:
    """A good record; step number *which* has these changes."""
    steps = [
        step("burst", FIRST, FIRST),
        step("stop", {}, FIRST),
        step("one by one", LATER, FIRST | LATER),
        step("the rest", REST, FIRST | LATER | REST),
        step("the last", LAST, FIRST | LATER | REST | LAST, work=back(True), living={}),
    ]
    if which >= 0:
        steps[which] |= changes
        if changes.get("cut"):
            del steps[which + 1 :]
    return {
        "install": back(handle=True),
        "steps": steps,
        "ignored": False,
        "quiet": {"switches": 0, "cpu_seconds": 0.0, "ready_seconds": 0.0},
        "later": back([9]),
    }


def test_a_good_record_gets_full_points() -> None:
    """Pairs may be lists, and a dict will do as well."""
    assert judged("6.1", facts()).points == 3
    assert judged("6.1", facts(0, seen=back(FIRST))).points == 3


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"left": [4, 5]}, "M6.1", "2 of 3 children that ended at the same time stayed zombies"),
        ({"left": [3, 4, 5]}, None, "nobody waited for them"),
        ({"seen": did_not_return("S")}, "M3.10", "had not come back"),
        ({"seen": vanished(0)}, "M6.6", "your process ended when children ended"),
        ({"seen": back(None)}, None, "seen() returned None"),
    ],
)
def test_without_the_burst_nothing_counts(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The sentence says what was left."""
    verdict = judged("6.1", facts(0, cut=True, **changes))
    first = failed(verdict)[0]
    assert words in first.seen + first.why
    assert (first.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("install", "words"),
    [
        (back([]), "return seen itself"),
        (did_not_return("S"), "it waits for children that live"),
        (raised("OSError", "x"), "raised OSError: x"),
        (back(handle=True, strays=1), "1 copy of your process"),
    ],
)
def test_without_a_function_nothing_is_tried(install: dict[str, Any], words: str) -> None:
    """No step was played then."""
    verdict = judged("6.1", {"install": install})
    first = failed(verdict)[0]
    assert words in first.seen + first.why
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("which", "changes", "misconception", "words", "points"),
    [
        (2, {"seen": back(list(FIRST.items()))}, None, "pid 9 has ended, and is missing", 2),
        (3, {"seen": back([(9, 200), (6, 1)])}, None, "pids 3, 4, 5 in what seen()", 2),
        (2, {"left": [9], "seen": back(list(FIRST.items()))}, None, "1 of 1 child that", 2),
        (0, {"seen": back([*FIRST.items(), (3, 7)])}, None, "pid 3 more than once", 2),
        (0, {"seen": back([*FIRST.items(), (0, 0)])}, "M6.6", "which is no child", 2),
        (0, {"seen": back([(3, 1792), (4, 0), (5, -9)])}, "M3.5", "pid 3: 1792", 2),
        (0, {"seen": back([(3, 7), (4, 0), (5, 0)])}, "M3.6", "SIGKILL ended it, so -9", 2),
        (0, {"seen": back([(3, 7.0), (4, 0), (5, -9)])}, None, "pid 3: 7.0", 2),
        (4, {"work": raised("ChildProcessError")}, "M6.6", "which then failed", 2),
        (3, {"left": [6]}, None, "1 of 1 child that ended stayed", 2),
        (1, {"seen": back([*FIRST.items(), (7, 19)])}, "M6.4", "nobody with such a pid", 2.5),
        (1, {"living": {6: "S", 7: None}}, None, "that should live has ended", 2.5),
    ],
)
def test_each_other_fact_costs_its_own_points(
    which: int, changes: dict[str, Any], misconception: str | None, words: str, points: float
) -> None:
    """One thing wrong is one fact."""
    verdict = judged("6.1", facts(which, **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


@pytest.mark.parametrize(
    ("quiet", "words"),
    [
        ({"switches": 8, "cpu_seconds": 0.0, "ready_seconds": 0.0}, "it woke up 8 times"),
        ({"switches": 0, "cpu_seconds": 0.3, "ready_seconds": 0.3}, "it used 0.30 s of CPU"),
        ({"switches": 0, "cpu_seconds": 0.04, "ready_seconds": 0.6}, "waited for a processor"),
    ],
)
def test_who_asks_again_and_again_does_not_sleep(quiet: dict[str, Any], words: str) -> None:
    """Naps and loops alike; a few wake-ups are nobody's fault."""
    verdict = judged("6.1", facts() | {"quiet": quiet})
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == ("M3.10", 2.5)
    assert (
        judged(
            "6.1", facts() | {"quiet": {"switches": 1, "cpu_seconds": 0.01, "ready_seconds": 0.01}}
        ).points
        == 3
    )


def test_ignored_children_have_no_codes() -> None:
    """No zombie stays, and that is not enough."""
    verdict = judged("6.1", facts(0, seen=back([]), cut=True) | {"ignored": True})
    assert failed(verdict)[0].misconception == "M3.7"
    assert verdict.points == 0


def test_a_run_without_steps_is_our_failure() -> None:
    """The function came back, and nothing was tried."""
    with pytest.raises(CheckError, match="'steps'"):
        judged("6.1", {"install": back(handle=True)})
