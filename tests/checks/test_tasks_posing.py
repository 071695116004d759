"""Verdicts of 2.2 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import (
    S,
    back,
    did_not_return,
    failed,
    family,
    judged,
    one_failed,
    raised,
)

LETTERS = ("S", "R", "T", "Z", "D", "Z", "S")


def facts(letter: str = "", **changed: Any) -> dict[str, Any]:
    """All right, but for these values in the first round of that letter."""
    rounds = []
    for number, one in enumerate(LETTERS):
        pid = 10 + 2 * number
        new = [(pid, S, one)] + ([(pid + 1, pid, "S")] if one == "D" else [])
        this: dict[str, Any] = {
            "letter": one,
            "call": back(pid),
            "seen": one * 20,
            "new": family(*new),
            "others": [],
        }
        if one == letter:
            this |= changed
            letter = ""
        rounds.append(this)
    kept = [
        {"pid": this["call"]["value"], "letter": this["letter"], "state": this["letter"]}
        for this in rounds
        if this["letter"] != "R"
    ]
    return {"rounds": rounds, "kept": kept}


def test_each_state_seen_all_the_time_is_full_points() -> None:
    """For D there is a helper below the child."""
    assert judged("2.2", facts()).points == 3


@pytest.mark.parametrize(
    ("letter", "seen", "misconception", "words"),
    [
        ("R", "S" * 18 + "R" * 2, "M2.12", "asleep nearly all of its time"),
        ("R", "R" * 15 + "S" * 5, "M2.12", "asleep nearly all of its time"),
        ("T", "S" * 20, "M2.13", "stopped it is by a signal"),
        ("T", "t" * 20, None, "a tracer has stopped it"),
        ("Z", "S" * 20, "M3.2", "a zombie does not sleep"),
        ("Z", "z" * 20, "M2.15", "it has not ended yet"),
        ("D", "S" * 20, "M2.5", "most waiting is interruptible"),
        ("D", "Z" * 20, "M2.5", "D is not dead"),
        ("S", "R" * 20, None, "asks again and again"),
        ("S", "Z" * 20, None, "it has ended"),
        ("T", "R" * 20, None, "nothing holds it"),
        ("S", "S" * 14 + "R" * 6, None, "does not stay in that state"),
    ],
)
def test_another_state(letter: str, seen: str, misconception: str | None, words: str) -> None:
    """It costs the half point of the state, and the reason is named."""
    verdict = judged("2.2", facts(letter, seen=seen))
    fact = one_failed(verdict)
    assert verdict.points == 2.5
    assert fact.misconception == misconception
    assert words in fact.why


def test_a_glimpse_of_another_state_does_no_harm() -> None:
    """A page fault, for example."""
    assert judged("2.2", facts("R", seen="R" * 18 + "DS")).passed


def test_a_collected_zombie_is_none() -> None:
    """It is gone when init looks."""
    fact = one_failed(judged("2.2", facts("Z", seen="", new=[])))
    assert fact.misconception == "M3.10"
    assert "there is no new process" in fact.seen


def test_the_child_of_another_does_not_count() -> None:
    """Its parent is named."""
    new = family((10, 1, "S"))
    verdict = judged("2.2", facts("S", seen="", new=new, others=family((10, 1, "S"))))
    assert "a child of pid 1" in failed(verdict)[0].seen


@pytest.mark.parametrize(
    ("letter", "changed", "words"),
    [
        ("S", {"others": family((77, S, "S"))}, "there is also pid 77"),
        ("S", {"call": back(10, strays=1)}, "1 copy of your process"),
        ("S", {"new": family((10, S, "S"), (78, 10, "S"))}, "the child is not alone"),
    ],
)
def test_somebody_else(letter: str, changed: dict[str, Any], words: str) -> None:
    """One child for each call, and a helper for D only."""
    verdict = judged("2.2", facts(letter, **changed))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.5


def test_earlier_children_stay_as_they_are() -> None:
    """One was collected by a later call."""
    spoiled = facts()
    spoiled["kept"][2]["state"] = None
    assert "(pid 16) is gone" in one_failed(judged("2.2", spoiled)).seen


def test_two_states_are_not_enough_for_the_rest() -> None:
    """A function that makes next to nothing leaves nothing over."""
    spoiled = facts()
    for this in spoiled["rounds"]:
        if this["letter"] in "TZD":
            this["seen"] = "S" * 20
    verdict = judged("2.2", spoiled)
    assert verdict.points == 1
    assert verdict.facts[-1].seen.startswith("not counted yet")


def test_after_a_call_that_hangs_the_rest_was_not_asked() -> None:
    """It may have waited for its child."""
    cut = facts("S", call=did_not_return(), seen="")
    cut = {"rounds": cut["rounds"][:1]}
    verdict = judged("2.2", cut)
    assert verdict.points == 0
    assert verdict.facts[1].seen == "not asked: a call before this one did not come back"


def test_an_exception_for_one_letter_costs_that_letter() -> None:
    """D is the hard one."""
    verdict = judged("2.2", facts("D", call=raised("KeyError", "'D'"), seen="", new=[]))
    assert verdict.points == 2.5
