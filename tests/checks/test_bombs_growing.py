"""Verdicts of 5.1 on records made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised

RULES: dict[str, Callable[[int], tuple[int, int]]] = {
    "loop": lambda n: (n + 1, n),
    "double": lambda n: (2**n, 2**n - 1),
    "bomb": lambda n: (2**n, 2 ** (n + 1) - 2),
    "tree": lambda n: (2 ** (n + 1) - 1, 2 ** (n + 1) - 2),
    "relay": lambda n: (1, n),
}


def facts(answer: Any = None, call: dict[str, Any] | None = None) -> dict[str, Any]:
    """All as it was counted; answer(program, n) answers instead, *call* is how bomb(3) ended."""
    counted, cases = [], []
    for program, rule in RULES.items():
        for n in (3, 4, 30):
            alive, forked = rule(n)
            row = {"program": program, "n": n, "alive": alive, "forked": forked, "large": n == 30}
            counted.append(row)
            value = (answer or (lambda p, m: RULES[p](m)))(program, n)
            ended = call if call is not None and (program, n) == ("bomb", 3) else back(value)
            cases.append({"program": program, "n": n, "call": ended})
    return {"counted": counted, "cases": cases}


def test_all_as_counted_is_full_points() -> None:
    """Also as lists."""
    assert judged("5.1", facts()).points == 3
    assert judged("5.1", facts(lambda p, n: list(RULES[p](n)))).points == 3


@pytest.mark.parametrize(
    ("program", "answer", "misconception", "words", "points"),
    [
        ("double", lambda n: (2 * n, n), "M5.1", "the number doubles", 2.0),
        ("double", lambda n: (2**n, 2**n), None, "was there before", 2.0),
        ("bomb", lambda n: (2 ** (n + 1) - 1, 2 ** (n + 1) - 2), None, "last generation", 1.0),
        ("bomb", lambda n: (2**n, 2**n), None, "counted over all generations", 1.0),
        ("bomb", lambda n: (n * n, n * n), "M5.1", "does not grow by two", 1.0),
        ("tree", lambda n: (2**n, 2 ** (n + 1) - 2), None, "nobody ends here", 2.0),
        ("loop", lambda n: (2**n, n), None, "a child stays at once", 2.25),
        ("relay", lambda n: (n + 1, n), None, "one is alive at a time", 2.0),
    ],
)
def test_a_wrong_rule_is_named(
    program: str, answer: Any, misconception: str | None, words: str, points: float
) -> None:
    """By the number that it gives; it costs the large numbers as well."""
    verdict = judged("5.1", facts(lambda p, n: answer(n) if p == program else RULES[p](n)))
    first = failed(verdict)[0]
    assert words in first.why
    assert (first.misconception, verdict.points) == (misconception, points)


@pytest.mark.parametrize("value", [7, (1,), (1, 2, 3), None, "ab", (True, 6), (8.0, 14)])
def test_what_is_no_pair_of_numbers_is_wrong(value: Any) -> None:
    """True is no 1, and 8.0 no 8."""
    verdict = judged("5.1", facts(lambda p, n: value if (p, n) == ("bomb", 3) else RULES[p](n)))
    assert failed(verdict)[0].name.startswith("bomb")


def test_only_small_numbers_cost_the_large_ones() -> None:
    """Nobody can run those."""
    verdict = judged("5.1", facts(lambda p, n: RULES[p](n) if n < 30 else None))
    assert one_failed(verdict).name == "large numbers"
    assert verdict.points == 2.5


@pytest.mark.parametrize("call", [raised("RecursionError"), did_not_return("R")])
def test_how_a_call_ended_is_told(call: dict[str, Any]) -> None:
    """As in every exercise."""
    assert "population('bomb', 3)" in one_failed(judged("5.1", facts(call=call))).seen


def test_a_call_that_was_not_made_is_no_right_answer() -> None:
    """One before it did not come back."""
    record = facts()
    record["cases"] = record["cases"][:6]
    assert judged("5.1", record).points == 0.5


def test_a_scene_that_counted_nothing_is_our_failure() -> None:
    """Nobody loses points for it."""
    with pytest.raises(CheckError):
        judged("5.1", {"cases": []})
