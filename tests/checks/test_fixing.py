"""Verdicts of 3.6 on records made by hand."""

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
)

GOOD: dict[str, dict[str, Any]] = {
    "stopped": {"call": back("continue"), "parent_state": "S"},
    "missed": {"call": back("nudge"), "parent_state": "S"},
    "never": {"call": back("terminate"), "parent_state": None, "goodbye": True},
    "adopted": {"call": back("leave"), "parent_state": "S", "gone": False},
}


def facts(*hurt: dict[str, Any], **changes: dict[str, Any]) -> dict[str, Any]:
    """All healed, but for these changes."""
    cases = [
        {
            "case": kind,
            "zombie": 20 + i,
            "parent": 10 + i,
            "parent_name": "builder",
            "gone": True,
            "goodbye": False,
            **good,
            **changes.get(kind, {}),
        }
        for i, (kind, good) in enumerate(GOOD.items())
    ]
    return {"cases": cases, "hurt": list(hurt)}


def test_all_four_healed_is_full_points() -> None:
    """And nobody hurt."""
    assert judged("3.6", facts()).points == 4


@pytest.mark.parametrize(
    ("case", "changes", "misconception", "words"),
    [
        ("stopped", {"parent_state": None}, "M3.4", "it was only stopped"),
        ("missed", {"parent_state": None}, "M3.4", "it has a handler for SIGCHLD"),
        ("never", {"goodbye": False}, "M3.4", "SIGKILL leaves no time"),
        ("stopped", {"gone": False, "parent_state": "T"}, "M3.14", "to the parent, not"),
        (
            "stopped",
            {"gone": False, "parent_state": "T", "call": back("nudge")},
            "M3.1",
            "handles no signal before SIGCONT",
        ),
        ("missed", {"gone": False, "call": back("leave")}, "M3.3", "its parent lives"),
        (
            "never",
            {"gone": False, "call": back("nudge"), "parent_state": "S"},
            "M3.1",
            "with or without SIGCHLD",
        ),
        ("never", {"call": back("killed it")}, None, "return one of"),
        ("missed", {"call": raised("ChildProcessError")}, "M3.13", "only its parent can wait"),
        ("missed", {"call": raised("ValueError", "x")}, None, ""),
        ("missed", {"call": None}, None, "changed more than it should"),
    ],
)
def test_a_zombie_that_was_not_healed_gently(
    case: str, changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Each costs its own point."""
    verdict = judged("3.6", facts(**{case: changes}))
    fact = one_failed(verdict)
    assert fact.misconception == misconception
    assert words in fact.why
    assert verdict.points == 3


def test_init_is_left_alone() -> None:
    """Nobody else can reap what init has adopted."""
    verdict = judged("3.6", facts(adopted={"call": back("terminate")}))
    assert one_failed(verdict).misconception == "M3.3"
    assert verdict.points == 3.5
    verdict = judged("3.6", facts(adopted={"call": raised("PermissionError")}))
    assert one_failed(verdict).name == "adopted by init"
    assert one_failed(verdict).misconception == "M3.3"
    assert 'is init: you may not signal it. It reaps in its own time: "leave"' in (
        one_failed(verdict).why
    )


def test_innocents_are_named() -> None:
    """Workers and bystanders, dead, gone or stopped."""
    hurt = [
        {"pid": 30, "who": "a worker of billing", "state": None},
        {"pid": 31, "who": "the bystander", "state": "T"},
        {"pid": 32, "who": "a worker of builder", "state": "Z"},
        {"pid": 33, "who": "a worker of builder", "state": "Z"},
    ]
    verdict = judged("3.6", facts(*hurt))
    assert one_failed(verdict).seen == (
        "a worker of billing (pid 30) is gone, the bystander (pid 31) is stopped, "
        "a worker of builder (pid 32) is dead and more"
    )
    assert verdict.points == 3.5


def test_doing_nothing_gets_nothing() -> None:
    """Leaving init alone and hurting nobody are no merit by themselves."""
    idle = {"call": back("leave"), "gone": False, "parent_state": "S", "goodbye": False}
    verdict = judged("3.6", facts(stopped={**idle, "parent_state": "T"}, missed=idle, never=idle))
    assert verdict.points == 0


def test_a_call_that_hangs_leaves_the_others_untried() -> None:
    """What was healed before counts."""
    record = facts(missed={"call": did_not_return()})
    record["cases"] = record["cases"][:2]
    del record["hurt"]
    verdict = judged("3.6", record)
    assert verdict.points == 1
    assert [f.seen for f in failed(verdict)][1:] == [
        "not tried: an earlier call did not come back",
        "not tried: an earlier call did not come back",
        "not known: the run ended before",
    ]


def test_a_case_that_is_missing_without_reason_is_our_failure() -> None:
    """Three of four."""
    with pytest.raises(CheckError, match="3 of 4 cases"):
        judged("3.6", {"cases": facts()["cases"][:3], "hurt": []})
