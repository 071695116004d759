"""Verdicts of 1.3 on records made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, failed, judged, raised, vanished

TRUE: dict[str, Callable[[int], int]] = {
    "A": lambda n: 2**n,
    "B": lambda n: n + 1,
    "C": lambda n: 2 * n + 1,
    "D": lambda n: 3**n,
    "E": lambda n: 2,
    "F": lambda n: 5**n,
}


def facts(**answers: Callable[[int], Any]) -> dict[str, Any]:
    """Two values of n for each program, answered by these formulas instead of the true ones."""
    asked = [(name, n) for name in TRUE for n in (3, 2)]
    return {
        "counted": [{"program": p, "n": n, "count": TRUE[p](n)} for p, n in asked],
        "cases": [
            {"program": p, "n": n, "call": back((answers.get(p) or TRUE[p])(n))} for p, n in asked
        ],
    }


def test_what_was_counted_is_right() -> None:
    """Half a point for each program."""
    verdict = judged("1.3", facts())
    assert verdict.passed
    assert verdict.points == 3


def test_the_judge_knows_no_formula_of_its_own() -> None:
    """With another count, the same answers are wrong."""
    record = facts()
    record["counted"][0]["count"] += 1
    verdict = judged("1.3", record)
    assert [fact.name[0] for fact in failed(verdict)] == ["A"]
    assert "how_many('A', 3) is 8, but 9 processes were there" in failed(verdict)[0].seen


@pytest.mark.parametrize(
    ("name", "answer", "misconception", "why"),
    [
        ("A", lambda n: 2 * n, "M3.11", "in every round"),
        ("A", lambda n: n + 1, "M3.11", "in every round"),
        ("A", lambda n: 2**n - 1, None, "the first process counts as well"),
        ("B", lambda n: 2**n, None, "takes the child out of the loop"),
        ("A", lambda n: 2 ** (n - 1), None, "n rounds"),
        ("C", lambda n: n + 1, None, "two new processes a round"),
        ("D", lambda n: 4**n, "M1.3", "fork returns 0"),
        ("E", lambda n: 2**n, "M1.7", "exec does not come back"),
        ("F", lambda n: 8**n, "M1.3", "fork returns 0"),
        ("F", lambda n: None, None, "return a whole number"),
        ("F", lambda n: True, None, "return a whole number"),
        ("F", lambda n: 10**5000, None, ""),
    ],
)
def test_a_wrong_formula_names_the_idea_behind_it(
    name: str, answer: Callable[[int], Any], misconception: str | None, why: str
) -> None:
    """And costs the half point of its program."""
    verdict = judged("1.3", facts(**{name: answer}))
    fact = failed(verdict)[0]
    assert fact.name.startswith(name)
    assert why in fact.why
    assert fact.misconception == misconception
    assert verdict.points == (2.5 if name != "A" else 2)  # E is not counted without A


def test_always_two_earns_nothing() -> None:
    """It is right for E, and no insight."""
    assert judged("1.3", facts(**dict.fromkeys(TRUE, lambda n: 2))).points == 0


@pytest.mark.parametrize("call", [raised("ValueError"), did_not_return("R"), vanished(9)])
def test_a_call_that_ended_the_asking_costs_the_rest(call: dict[str, Any]) -> None:
    """What was not asked is not right."""
    record = facts()
    record["cases"] = [*record["cases"][:3], {**record["cases"][3], "call": call}]
    verdict = judged("1.3", record)
    assert verdict.points == 0.5
    assert any("not asked" in fact.seen for fact in failed(verdict))
