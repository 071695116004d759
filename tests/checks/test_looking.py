"""Verdicts of 3.2 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, family, judged, one_failed, raised

RIGHT = {
    "sleeping": True,
    "stopped": True,
    "own": True,
    "init": True,
    "reaped": False,
    "unused": False,
    "own zombie": False,
    "zombie": False,
    "thread": False,
    "nasty living": True,
    "nasty zombie": False,
    "own child": True,
    "nasty living too": True,
    "nasty zombie too": False,
}
STATES = {
    "sleeping": "S",
    "stopped": "T",
    "own": "S",
    "init": "R",
    "reaped": None,
    "unused": None,
    "own zombie": "Z",
    "zombie": "Z",
    "nasty living": "S",
    "nasty zombie": "Z",
    "own child": "S",
    "nasty living too": "S",
    "nasty zombie too": "Z",
}


def facts(answers: dict[str, Any] | None = None, **after: str | None) -> dict[str, Any]:
    """All right, but for these answers and these states afterwards."""
    given = {**RIGHT, **(answers or {})}
    calls = {k: v if isinstance(v, dict) else back(v) for k, v in given.items()}
    cases = [{"case": k, "pid": 10 + i, "call": call} for i, (k, call) in enumerate(calls.items())]
    changed = {k.replace("_", " "): v for k, v in after.items()}
    common = {"staged": list(RIGHT), "before": STATES}
    return {**common, "cases": cases, "after": {**STATES, **changed}, "left": []}


def test_right_for_every_kind_is_full_points() -> None:
    """Fourteen kinds of pid, nothing changed."""
    assert judged("3.2", facts()).points == 3


@pytest.mark.parametrize("answer", [True, False, None])
def test_a_constant_gets_nothing(answer: bool | None) -> None:
    """Half of the answers are right by chance, and still nothing was judged."""
    assert judged("3.2", facts(dict.fromkeys(RIGHT, answer))).points == 0


@pytest.mark.parametrize(
    ("answers", "points", "misconception", "words"),
    [
        ({"own zombie": True}, 2, "M2.8", "True for a zombie, child of the process that asks"),
        ({"zombie": True}, 2, "M2.8", "True for a zombie, child of another process"),
        ({"thread": True}, 2.5, "M2.3", "True for a thread"),
        ({"nasty living": False}, 2.5, "M3.12", "False for a sleeping process whose name"),
        ({"nasty zombie": True}, 2.5, "M3.12", "True for a zombie whose name"),
        ({"nasty zombie too": True}, 2.5, "M3.12", "True for another zombie with such a name"),
        ({"own child": False}, 0, None, "False for a child of the process that asks, asleep"),
        ({"stopped": False}, 0, None, "False for a process that is stopped"),
        ({"sleeping": 1}, 0, None, "returned 1 for a process that sleeps"),
        ({"reaped": raised("ProcessLookupError")}, 0, None, "raised ProcessLookupError (line 7)"),
    ],
)
def test_one_wrong_answer(
    answers: dict[str, Any], points: float, misconception: str | None, words: str
) -> None:
    """It costs its own points, and those of all others if the basic answers are wrong."""
    verdict = judged("3.2", facts(answers))
    fact = one_failed(verdict)
    assert verdict.points == points
    assert words in fact.seen
    assert fact.misconception == misconception


def test_kill_zero_gets_a_third() -> None:
    """The living and the vanished, and that nothing changed."""
    wrong = {"own zombie": True, "zombie": True, "thread": True, "nasty zombie": True}
    assert judged("3.2", facts(wrong)).points == 1


@pytest.mark.parametrize(
    ("after", "words", "misconception"),
    [
        ({"own_zombie": None}, "collected by a wait call", "M3.10"),
        ({"sleeping": None}, "a signal ended it", None),
        ({"stopped": "S"}, "is now in state S", None),
    ],
)
def test_asking_must_not_change_anything(
    after: dict[str, str | None], words: str, misconception: str | None
) -> None:
    """Waiting, killing and waking are seen."""
    verdict = judged("3.2", facts(None, **after))
    assert words in one_failed(verdict).seen
    assert one_failed(verdict).misconception == misconception
    assert verdict.points == 2.5


def test_processes_left_behind_are_named() -> None:
    """A Popen that nobody waits for, for example."""
    left = {**facts(), "left": family((40, 2, "Z"))}
    assert one_failed(judged("3.2", left)).seen.endswith("pid 40 (python3, state Z)")


def test_after_a_call_that_hangs_nothing_more_is_known() -> None:
    """The rest was not asked."""
    hung = {"case": "sleeping", "pid": 3, "call": did_not_return()}
    asked = {"staged": list(RIGHT), "cases": [hung]}
    verdict = judged("3.2", asked)
    assert verdict.points == 0
    assert "asking must not wait" in one_failed(verdict).why


def test_a_call_that_hangs_late_leaves_the_others_unasked() -> None:
    """What was asked before it counts."""
    full = facts({"zombie": did_not_return()})
    full["cases"] = [c for c in full["cases"] if c["case"] not in ("thread", "nasty living")]
    del full["after"]
    verdict = judged("3.2", full)
    assert verdict.points == 0.5
    assert verdict.facts[2].seen == "not asked: a call before this one did not come back"
    assert verdict.facts[4].seen == "not known: a call did not come back"


def test_where_init_is_out_of_sight_it_is_not_asked_about() -> None:
    """Without a pid namespace init is outside of the box."""
    without = facts()
    without["cases"] = [case for case in without["cases"] if case["case"] != "init"]
    without["staged"] = [kind for kind in RIGHT if kind != "init"]
    assert judged("3.2", without).passed
