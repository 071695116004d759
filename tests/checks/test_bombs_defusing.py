"""Verdicts of 5.7 on records made by hand."""

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

STOPPED_FIRST = {"stop": 9, "kill": 9}


def facts(gone: int = 5, **changes: Any) -> dict[str, Any]:
    """Five processes at first, 11 to 15, of which *gone* have ended; nobody is left."""
    pids = [11, 12, 13, 14, 15]
    return {
        "call": back(),
        "held": True,
        "signals": STOPPED_FIRST,
        "first": {"pids": pids, "gone": pids[:gone]},
        "later": [21, 22, 23, 24],
        "left": [],
        "left_later": [],
        "name": "parcel",
        "innocent": [{"pid": 31, "name": "parcels", "state": "S"}],
        "helpers": [],
        "stays": True,
        **changes,
    }


def test_nobody_left_is_full_points() -> None:
    """Where signals could not be held, the verdict says so."""
    assert judged("5.7", facts()).points == 3.5
    weaker = judged("5.7", facts(held=False, signals={}))
    assert weaker.points == 3.5
    assert "was luck" in weaker.facts[1].expected


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (facts(0), "5 of 5 alive"),
        (facts(3, left_later=family((14, 1, "T"))), "SIGKILL ends it, stopped or not"),
        (facts(0, call=raised("PermissionError")), "raised PermissionError"),
        (facts(0, call=did_not_return()), "it was asleep"),
        (facts(0, call=vanished(9)), "ended by SIGKILL"),
    ],
)
def test_while_the_first_ones_live_nothing_counts(record: dict[str, Any], words: str) -> None:
    """An empty function would have hurt nobody either."""
    verdict = judged("5.7", record)
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("signals", "misconception", "words"),
    [
        ({"kill while others run": 5}, "M5.11", "stop all of them before"),
        ({"stop": 5, "kill while others run": 5}, "M5.11", "look again"),
        (STOPPED_FIRST, None, "have to end as well"),
        ({}, "M5.11", "stop all of them before"),
    ],
)
@pytest.mark.parametrize("when", ["left", "left_later"])
def test_a_bomb_that_came_again_is_told(
    when: str, signals: dict[str, int], misconception: str | None, words: str
) -> None:
    """With the reason that the signals show; what else is left does not count then."""
    record = facts(signals=signals) | {when: family((24, 1, "S"), (25, 1, "S"))}
    verdict = judged("5.7", record)
    fact = one_failed(verdict)
    assert words in fact.why
    assert (fact.misconception, verdict.points) == (misconception, 1.5)


def test_a_function_that_does_not_come_back_has_not_defused_it() -> None:
    """Whoever guards for ever is not done."""
    verdict = judged("5.7", facts(call=did_not_return()))
    assert failed(verdict)[0].name == "none came after them"


@pytest.mark.parametrize("state", [None, "Z", "T"])
def test_innocents_have_to_be_alive_and_awake(state: str | None) -> None:
    """One of them is enough."""
    verdict = judged("5.7", facts(innocent=[{"pid": 31, "name": "parcels", "state": state}]))
    assert "parcels (pid 31" in one_failed(verdict).seen
    assert verdict.points == 2.5
    assert judged("5.7", facts(stays=False)).points == 2.5


@pytest.mark.parametrize("changes", [{"helpers": family((40, 2, "Z"))}, {"call": back(strays=1)}])
def test_nothing_of_its_own_is_left(changes: dict[str, Any]) -> None:
    """Half a point."""
    verdict = judged("5.7", facts(**changes))
    assert verdict.points == 3
    assert one_failed(verdict).name == "nothing of its own is left"
