"""Verdicts of 2.5 on records made by hand."""

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

TERM = 15


def shot(case: str, pid: int, answer: Any, **seen: Any) -> dict[str, Any]:
    """One aim, one signal."""
    call = answer if isinstance(answer, dict) else back(answer)
    common = {"case": case, "pid": pid, "aim": back(handle=True), "signal": TERM, "was": "S"}
    return {**common, "send": call, "changed": [], **seen}


def facts(**changed: dict[str, Any]) -> dict[str, Any]:
    """All right, but for these values of these shots."""
    shots = [
        shot("one", 10, True, hit=TERM, state=None),
        shot("another", 11, True, hit=TERM, state=None),
        shot("ended", 12, False, was="Z"),
        shot("gone", 12, False, was=None),
        shot("reused", 13, False, staged=True, state="S"),
        shot("itself", 13, True, state=None),
        {"case": "nobody", "pid": 12, "aim": raised("ProcessLookupError")},
    ]
    shots = [{**one, **changed.get(one["case"], {})} for one in shots]
    return {"reuse": True, "shots": shots, "hurt": "S", "left": []}


def test_every_signal_where_it_belongs_is_full_points() -> None:
    """Seven steps."""
    assert judged("2.5", facts()).points == 4


@pytest.mark.parametrize(
    ("case", "changed", "points", "misconception", "words"),
    [
        ("one", {"hit": None, "state": "S"}, 0, None, "no signal has come"),
        ("one", {"hit": 9}, 0, None, "ended by SIGKILL"),
        ("one", {"send": back(None)}, 0, None, "returned None"),
        ("one", {"send": back(False)}, 0, None, "returned False"),
        ("one", {"was": None, "hit": TERM}, 0, None, "before the signal was to be sent"),
        ("another", {"aim": back(5)}, 4, None, ""),
        ("ended", {"send": back(True)}, 3, "M2.8", "returned True"),
        ("gone", {"send": back(True)}, 3, None, "returned True"),
        ("gone", {"send": raised("ProcessLookupError")}, 3, None, "raised ProcessLookupError"),
        ("reused", {"state": None, "send": back(True)}, 2.5, "M2.6", "hit the other one"),
        ("reused", {"state": "T", "send": back(False)}, 2.5, "M2.6", "(state T)"),
        ("reused", {"send": back(True)}, 2.5, None, "returned True"),
        ("itself", {"state": "S", "send": back(False)}, 2.5, "M2.6", "it lives on"),
        ("nobody", {"aim": back(handle=True)}, 3, None, "returned a function"),
        ("nobody", {"aim": raised("FileNotFoundError")}, 3, None, "raised FileNotFoundError"),
        ("one", {"changed": [{"pid": 11, "state": None}]}, 3.5, None, "pid 11 was ended"),
    ],
)
def test_one_wrong_step(
    case: str, changed: dict[str, Any], points: float, misconception: str | None, words: str
) -> None:
    """It costs its own points, and when nothing arrives those of all."""
    verdict = judged("2.5", facts(**{case: changed}))
    assert verdict.points == points
    if points < 4:
        fact = one_failed(verdict)
        assert words in fact.seen
        assert fact.misconception == misconception


def test_what_is_no_function_cannot_be_called() -> None:
    """Then there was nothing to send with."""
    broken = facts()
    broken["shots"] = [
        {"case": one["case"], "pid": one["pid"], "aim": back(None)}
        for one in broken["shots"]
        if one["case"] in ("one", "another", "ended", "reused", "nobody")
    ]
    verdict = judged("2.5", broken)
    assert verdict.points == 0
    assert "return a function" in failed(verdict)[0].why


def test_a_claim_alone_earns_nothing() -> None:
    """The negative control: all answers right, and the kernel saw no signal."""
    blind = {name: {"hit": None, "state": "S"} for name in ("one", "another")}
    assert judged("2.5", facts(**blind)).points == 0


def test_a_bystander_that_was_hurt() -> None:
    """kill(0), for example."""
    verdict = judged("2.5", {**facts(), "hurt": None})
    assert "nobody aimed at" in one_failed(verdict).seen


def test_processes_left_behind_are_named() -> None:
    """A helper, for example."""
    verdict = judged("2.5", {**facts(), "left": family((30, 2, "S"))})
    assert "pid 30" in one_failed(verdict).seen


def test_where_numbers_cannot_be_given_away_it_is_said_and_counts_elsewhere() -> None:
    """Never passed silently."""
    without = {**facts(), "reuse": False}
    without["shots"] = [one for one in without["shots"] if one["case"] not in ("reused", "itself")]
    verdict = judged("2.5", without)
    assert verdict.points == 4
    assert [fact.points for fact in verdict.facts] == [1.5, 2, 0.5]
    assert "not observed" in verdict.facts[1].expected
    assert "not observed" in verdict.facts[1].seen


def test_a_number_that_was_taken_is_not_passed() -> None:
    """Who takes up the numbers hinders the check."""
    taken = facts(reused={"staged": False, "send": back(False)})
    del taken["shots"][4]["send"]
    taken["shots"] = [one for one in taken["shots"] if one["case"] != "itself"]
    verdict = judged("2.5", taken)
    assert verdict.points == 2.5


@pytest.mark.parametrize("call", [did_not_return(), vanished(9)])
def test_after_a_call_that_does_not_come_back_the_rest_is_not_asked(call: dict[str, Any]) -> None:
    """What was before it counts."""
    cut = facts(ended={"send": call})
    cut["shots"] = cut["shots"][:3]
    del cut["hurt"]
    verdict = judged("2.5", cut)
    assert verdict.points == 1
    assert verdict.facts[1].seen == "not asked: a call before this one did not come back"
