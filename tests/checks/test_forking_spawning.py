"""Verdicts of 1.1 on records made by hand."""

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

ENDED = [
    {"pid": 11, "cause": 200, "status": 200 << 8},
    {"pid": 10, "cause": -15, "status": 15},
    {"pid": 12, "cause": 0, "status": 0},
]
ANSWER = {10: -15, 11: 200, 12: 0}


def good(**changes: Any) -> dict[str, Any]:
    """A call in which all is well, with these changes."""
    children = family((10, 2, "S"), (11, 2, "S"), (12, 2, "S"))
    return {
        "n": 3,
        "most": children,
        "standing": children,
        "threads": 1,
        "ended": ENDED,
        "call": back(ANSWER),
        "left": [],
        "adopted": 0,
        **changes,
    }


def facts(**changes: Any) -> dict[str, Any]:
    """Two calls, the second of them with these changes."""
    return {"rounds": [good(), good(**changes)]}


def never_stood(most: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Two calls; in the second one the children never stood at their gates."""
    record = facts(most=most, **changes)
    del record["rounds"][1]["standing"]
    return record


def test_two_calls_without_a_fault_are_full_points() -> None:
    """Children at once, their codes, the answer, nothing left."""
    verdict = judged("1.1", facts())
    assert verdict.passed
    assert verdict.points == 3


def test_one_call_is_not_enough() -> None:
    """Whatever the reason is, it is not our failure, and no full result."""
    verdict = judged("1.1", {"rounds": [good()]})
    assert "called 1 of 2 times" in one_failed(verdict).seen


@pytest.mark.parametrize(
    ("most", "changes", "misconception", "words"),
    [
        ([], {"call": back({})}, None, "no child was seen alive"),
        ([], {"threads": 4}, "M2.3", "3 threads more in your own process"),
        ([], {"call": raised("OSError", "x")}, None, "raised OSError"),
        (family((10, 2, "S")), {"call": did_not_return()}, "M1.1", "the other 2 were never forked"),
        (family((10, 2, "Z")), {}, None, "1 child had ended (pid 10), though no gate was open"),
        (family((10, 2, "S"), (11, 10, "S")), {}, "M3.11", "not pid 2 but pid 10"),
        (family(*[(p, 2, "S") for p in (5, 6, 7, 8)]), {}, None, "4 children for 3 gates"),
        (family(*[(p, 2, "R") for p in (5, 6, 7)]), {}, None, "3 children, which did not wait"),
        (family(*[(p, 2, "S") for p in (5, 6, 7)]), {}, None, "came back before any gate was open"),
        (family((10, 2, "S"), (11, 2, "S")), {}, None, "at most 2 of 3 children at the same time"),
    ],
)
def test_children_that_do_not_stand_at_their_gates_earn_nothing(
    most: list[dict[str, Any]], changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Nothing else counts before that."""
    verdict = judged("1.1", never_stood(most, **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ({"status": 0}, "the number 200 came, but it ended with exit code 0"),
        ({"status": 9}, "ended by SIGKILL"),
        ({"status": None}, "the kernel kept no zombie"),
        ({"cause": -9, "status": 3 << 8}, "SIGKILL was sent to it, but it ended with exit code 3"),
    ],
)
def test_the_codes_are_those_that_zombies_showed(ended: dict[str, Any], words: str) -> None:
    """Not those that the function returned."""
    changed = [{**ENDED[0], **ended}, *ENDED[1:]]
    verdict = judged("1.1", facts(ended=changed))
    assert any(words in fact.seen for fact in failed(verdict))
    assert verdict.points <= 2.5


def test_children_that_did_not_end_are_counted() -> None:
    """The number came, and nothing happened."""
    verdict = judged("1.1", facts(ended=ENDED[:2], call=back({10: -15, 11: 200})))
    assert "2 of 3 children ended" in one_failed(verdict).seen


@pytest.mark.parametrize(
    ("answer", "misconception", "words"),
    [
        ({**ANSWER, 10: 15}, "M3.5", "pid 10: 15, but SIGTERM ended it, so -15 is right"),
        ({**ANSWER, 10: 143}, "M3.5", "pid 10: 143"),
        ({**ANSWER, 10: 0}, "M3.6", "pid 10: 0"),
        ({**ANSWER, 11: 200 << 8}, "M3.5", "pid 11: 51200"),
        ({**ANSWER, 12: False}, None, "pid 12: False"),
        ({10: 200, 11: -15, 12: 0}, "M1.11", "these codes, but of other children"),
        ({10: -15}, "M3.9", "pids 11, 12 missing"),
        ({**ANSWER, 99: 1}, None, "[99] in the answer"),
        ([(10, -15)], None, "returned [(10, -15)]"),
        (None, None, "returned None"),
    ],
)
def test_wrong_answers(answer: Any, misconception: str | None, words: str) -> None:
    """Each of them costs the point of the answer, and that alone."""
    verdict = judged("1.1", facts(call=back(answer)))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 2


def test_who_asked_too_early_has_guessed() -> None:
    """The last one to end is missing, and nobody collected it."""
    last = ENDED[-1]["pid"]
    answer = {pid: code for pid, code in ANSWER.items() if pid != last}
    record = facts(call=back(answer), left=family((last, 2, "Z")))
    fact = failed(judged("1.1", record))[0]
    assert f"pid {last}, the last one to end, missing" in fact.seen
    assert "has guessed" in fact.why


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"left": family((12, 2, "Z"))}, "1 zombie left (pid 12)"),
        ({"left": family((12, 2, "S"))}, "still there after the call: pid 12"),
        ({"adopted": 2}, "init adopted and reaped 2 processes"),
        ({"call": back(ANSWER, strays=2)}, "2 copies of your process came back"),
    ],
)
def test_what_is_left_over(changes: dict[str, Any], words: str) -> None:
    """Half a point."""
    verdict = judged("1.1", facts(**changes))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.5


@pytest.mark.parametrize("call", [did_not_return("R"), vanished(0), raised("IndexError")])
def test_a_call_without_an_answer_keeps_what_was_seen(call: dict[str, Any]) -> None:
    """The children did stand there and did end; only the answer is missing."""
    assert judged("1.1", facts(call=call)).points == 2
