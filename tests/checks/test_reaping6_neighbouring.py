"""Verdicts of 6.4 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, failed, family, judged, one_failed, raised

ALL = {10: 3, 11: -9, 12: 4, 13: 5}


def step(kind: str, own: dict[int, int], library: dict[int, int]) -> dict[str, Any]:
    """A step that went well."""
    return {
        "kind": kind,
        "own": own,
        "library": library,
        "own_left": [],
        "library_left": list(library),
        "heard": True,
        "collected": back(list(library.values())),
    }


def facts(which: int = -1, **changes: Any) -> dict[str, Any]:
    """A good record; step number *which* has these changes."""
    steps = [
        step("together", {10: 3}, {5: 60}),
        step("a signal", {11: -9}, {}),
        step("the library alone", {}, {6: 61}),
        step("all the rest", {12: 4, 13: 5}, {7: 62}),
    ]
    if which >= 0:
        steps[which] |= changes
    return {
        "start": back(handle=True),
        "started": [{"argv": ["sh", str(pid)], "processes": family((pid, 2, "S"))} for pid in ALL],
        "steps": steps,
        "later": back([7] * 10),
        "codes": back(ALL),
        "all": ALL,
    }


def test_a_good_record_gets_full_points() -> None:
    """Own and foreign children, and the old handler."""
    assert judged("6.4", facts()).points == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": back({})}, "return codes itself"),
        ({"started": [{"argv": ["sh"], "processes": []}]}, "was seen"),
        ({"started": [{"argv": ["sh"], "processes": family((9, 8, "S"))}]}, "parent: pid 8"),
    ],
)
def test_without_own_children_nothing_counts(changes: dict[str, Any], words: str) -> None:
    """Started, once, as children."""
    verdict = judged("6.4", facts() | changes)
    first = failed(verdict)[0]
    assert words in first.seen + first.why
    assert verdict.points == 0


def test_own_zombies_are_to_be_collected_without_being_asked() -> None:
    """codes() may never be called."""
    verdict = judged("6.4", facts(0, own_left=[10]))
    assert "1 zombie of yours stayed (pid 10)" in failed(verdict)[0].seen
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("which", "changes", "record", "misconception", "words", "points"),
    [
        (2, {"library_left": []}, {}, "M6.5", "its zombie was gone", 2),
        (2, {"collected": back([0])}, {}, "M6.5", "it was told [0]", 2),
        (2, {"collected": raised("OSError")}, {}, None, "the library's wait raised", 2),
        (-1, {}, {"later": back([7] * 9 + [0])}, "M6.5", "1 of 10 times", 2),
        (-1, {}, {"later": back([])}, "M6.5", "0 of 10 times", 2),
        (1, {"heard": False}, {}, "M6.10", "in 1 of 4 steps", 2.5),
        (-1, {}, {"codes": back({10: 3})}, None, "pids 11, 12, 13 have ended", 2.5),
        (-1, {}, {"codes": back({**ALL, 5: 60})}, None, "is not yours", 2.5),
        (-1, {}, {"codes": back(None)}, None, "codes() returned None", 2.5),
    ],
)
def test_each_other_fact_costs_its_own_points(
    which: int,
    changes: dict[str, Any],
    record: dict[str, Any],
    misconception: str | None,
    words: str,
    points: float,
) -> None:
    """One thing wrong is one fact."""
    verdict = judged("6.4", facts(which, **changes) | record)
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


def test_a_run_that_was_not_played_to_its_end_is_not_passed() -> None:
    """The steps that lack are no proof."""
    record = facts()
    del record["steps"][1:], record["later"], record["codes"]
    assert judged("6.4", record).points == 0


def test_a_run_without_steps_is_our_failure() -> None:
    """All had started, and nothing was tried."""
    record = facts()
    del record["steps"]
    with pytest.raises(CheckError, match="'steps'"):
        judged("6.4", record)
