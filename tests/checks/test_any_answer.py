"""No answer of a student's makes a judge fail: that would be our failure, and full points."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks import (
    test_explaining,
    test_finding,
    test_fixing,
    test_leaving,
    test_looking,
    test_making,
    test_reaping,
)
from tests.checks.handmade import back, did_not_return, judged, raised, vanished

GOOD: dict[str, dict[str, Any]] = {
    "3.1": {"rounds": [test_making.good(n) for n in (3, 1, 7)]},
    "3.2": test_looking.facts(),
    "3.3": test_finding.facts(),
    "3.4": test_reaping.facts(),
    "3.5": test_explaining.facts(),
    "3.6": test_fixing.facts(),
    "3.7": test_leaving.facts(),
}
NESTED: list[Any] = []
for _ in range(30):
    NESTED = [NESTED]
ANSWERS: list[Any] = [
    None,
    True,
    -1,
    10**5000,
    float("nan"),
    "\ud800",
    b"x",
    [],
    (),
    {},
    {0: 0},
    set(),
    NESTED,
    [1],
    [(1, 2)],
    [(1, 2, {})],
    [(True, 10**5000, {"a": [float("nan")]})],
    [([1], {2: 3}, None)],
    [{"wait_status": 0, "strays": 0}],
    {"wait_status": 0, "strays": 0},
    {"kind": "value", "value": {"error": None}},
    {(1, 2, frozenset({float("nan")}))},
    {float("nan"): 1, (1, 2): 3, None: 4},
    {4: [], 5: {}, 3: 10**5000},
    ("exit",),
    ("exit", []),
    ("signal", "\ud800", float("nan")),
    ("signal", None, None),
    ("stop", {}),
    ("continue", "continue"),
    [[], []],
    ["continue", {}],
]
ENDINGS = [
    back(handle=True),
    back(handle=True, strays=3),
    raised("ValueError", "\ud800"),
    raised("PermissionError"),
    did_not_return("S"),
    did_not_return("R"),
    did_not_return("T"),
    did_not_return("Z"),
    vanished(9),
    {**back(), "kind": "bad", "problem": "\ud800"},
]


def spoiled(node: Any, call: dict[str, Any], which: int, seen: list[int]) -> Any:
    """The facts with one of their calls, number *which*, ended as in *call*; -1: all of them."""
    if isinstance(node, dict):
        if "wait_status" in node and "strays" in node:
            seen.append(1)
            return call if which in (-1, len(seen) - 1) else node
        return {key: spoiled(value, call, which, seen) for key, value in node.items()}
    if isinstance(node, list):
        return [spoiled(value, call, which, seen) for value in node]
    return node


@pytest.mark.parametrize("exercise", GOOD)
def test_every_answer_to_every_call_gets_a_verdict(exercise: str) -> None:
    """One call after the other, then all at once."""
    count: list[int] = []
    spoiled(GOOD[exercise], {}, -2, count)
    for call in [*map(back, ANSWERS), *ENDINGS]:
        for which in range(-1, len(count)):
            verdict = judged(exercise, spoiled(GOOD[exercise], call, which, []))
            assert verdict.run_again is None
            assert 0 <= verdict.points <= verdict.max_points
