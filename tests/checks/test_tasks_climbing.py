"""Verdicts of 2.4 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import S, back, did_not_return, judged, one_failed, raised

CHAINS: dict[str, list[int]] = {
    "deep": [14, 13, 12, 11, 10, 1],
    "middle": [12, 11, 10, 1],
    "own": [S, 1],
    "root": [1],
    "names": [23, 22, 21, 20, 1],
    "moving": [32, 31, 30, 1],
    "inheriting": [43, 42, 41, 40, 1],
    "zombie": [51, 50, 1],
    "gone": [],
    "moving: later": [32, 1],
    "inheriting: later": [43, 40, 1],
}
INTERRUPTED: dict[str, tuple[list[int], list[int]]] = {
    "parent": ([63, 62, 61, 60, 1], [63, 1]),
    "grandparent": ([73, 72, 71, 70, 1], [73, 72, 1]),
    "itself": ([83, 82, 81, 80, 1], []),
}


def facts(answers: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """All right, but for these answers."""

    def call(kind: str, right: list[int]) -> Any:
        given = (answers or {}).get(kind, right)
        return given if isinstance(given, dict) else back(given)

    cases: list[dict[str, Any]] = [
        {"case": kind, "pid": chain[0] if chain else 99, "was": chain, "now": chain}
        for kind, chain in CHAINS.items()
    ]
    interrupted: list[dict[str, Any]] = [
        {"case": kind, "pid": was[0], "was": was, "now": now, "traced": True, "hit": True}
        for kind, (was, now) in INTERRUPTED.items()
    ]
    for case in [*cases, *interrupted]:
        case["call"] = call(case["case"], case["now"])
    return {"traceable": True, "cases": cases, "interrupted": interrupted, **changed}


def test_right_for_every_chain_is_full_points() -> None:
    """Eleven in quiet, three interrupted."""
    verdict = judged("2.4", facts())
    assert verdict.points == 3.5
    assert "3 processes vanished" in verdict.facts[-1].seen


def test_the_chain_from_before_the_end_is_right_too() -> None:
    """It was one at one moment of the call."""
    answers = {kind: was for kind, (was, _) in INTERRUPTED.items()}
    assert judged("2.4", facts(answers)).passed


@pytest.mark.parametrize(
    ("kind", "answer", "points", "misconception", "words"),
    [
        ("deep", [14, 13, 12, 11, 10], 0, None, "goes on upwards"),
        ("deep", [14, 13, 12, 11, 10, 1, 0], 0, None, "0 is no process"),
        ("deep", [13, 12, 11, 10, 1], 0, None, "begins with the process itself"),
        ("deep", [1, 10, 11, 12, 13, 14], 0, None, "begins with the process itself"),
        ("root", [], 0, None, "goes on upwards"),
        ("own", 1, 0, None, "return a list"),
        ("names", [23, 1], 3, "M3.12", "parentheses"),
        ("moving: later", [32, 31, 30, 1], 2.75, "M2.9", "looked up when you ask"),
        ("inheriting: later", [43, 1], 2.75, "M2.9", "looked up when you ask"),
        ("gone", [99], 3, None, "the list is empty"),
        ("gone", None, 3, None, "return a list"),
        ("parent", [63, 62], 2.75, "M2.10", "one that never was"),
        ("grandparent", [73, 72], 2.75, "M2.10", "one that never was"),
    ],
)
def test_one_wrong_answer(
    kind: str, answer: Any, points: float, misconception: str | None, words: str
) -> None:
    """It costs the points of its kind, and in quiet those of all."""
    verdict = judged("2.4", facts({kind: answer}))
    fact = one_failed(verdict)
    assert verdict.points == points
    assert fact.misconception == misconception
    assert words in fact.why


def test_who_falls_over_a_vanished_parent_is_told_where() -> None:
    """The usual end of a plain walk."""
    verdict = judged("2.4", facts({"parent": raised("ProcessLookupError")}))
    fact = one_failed(verdict)
    assert fact.misconception == "M2.10"
    assert fact.seen.endswith("for a process whose parent ended during the call")


def test_a_loop_that_does_not_end_at_the_root() -> None:
    """The PPid of pid 1 is 0."""
    cut = facts({"root": did_not_return("R")})
    cut["cases"] = cut["cases"][:4]
    del cut["interrupted"]
    verdict = judged("2.4", cut)
    assert verdict.points == 0
    assert "there is no /proc/0" in verdict.facts[0].why or verdict.facts[0].seen.startswith("not")


def test_where_nobody_may_trace_it_is_said_and_counts_elsewhere() -> None:
    """Never passed silently."""
    without = facts(traceable=False)
    del without["interrupted"]
    verdict = judged("2.4", without)
    assert verdict.points == 3.5
    assert len(verdict.facts) == 4
    assert "not observed" in verdict.facts[2].expected
    assert "not observed" in verdict.facts[2].seen


def test_who_hides_from_the_tracer_gets_no_points_for_it() -> None:
    """The negative control: an answer of a call that nobody interrupted is worth nothing."""
    hidden = facts()
    for case in hidden["interrupted"]:
        case["traced"] = False
    assert "could not be interrupted" in one_failed(judged("2.4", hidden)).seen


def test_who_leaves_the_looking_to_another_program_is_right() -> None:
    """And the verdict says that nothing came in between."""
    calm = facts()
    for case in calm["interrupted"]:
        case["hit"] = False
    verdict = judged("2.4", calm)
    assert verdict.passed
    assert "nothing came in between" in verdict.facts[-1].seen


def test_the_root_is_asked_about_only_where_the_box_has_one() -> None:
    """Without a pid namespace pid 1 is not ours."""
    without = facts()
    without["cases"] = [case for case in without["cases"] if case["case"] != "root"]
    assert judged("2.4", without).passed
