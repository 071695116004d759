"""Verdicts of 2.3 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, family, judged, one_failed, raised

TRUTH: dict[str, tuple[int, list[Any] | None]] = {
    "threads": (10, [10, [10, 11, 12]]),
    "namesakes": (20, [20, [20, 21, 22, 23]]),
    "alone": (30, [30, [30]]),
    "growing": (40, [40, [40]]),
    "zombie": (50, [50, [50]]),
    "no main": (60, [60, [60, 61]]),
    "gone": (70, None),
    "threads: another": (12, [10, [10, 11, 12]]),
    "namesakes: another": (21, [20, [20, 21, 22, 23]]),
    "no main: another": (61, [60, [60, 61]]),
    "growing: more": (40, [40, [40, 43]]),
    "growing: new": (43, [40, [40, 43]]),
    "growing: ended": (42, None),
}
CHILDREN = {"alone": [31, 32]}


def facts(answers: dict[str, Any] | None = None, **after: str | None) -> dict[str, Any]:
    """All right, but for these answers, and these states of the processes afterwards."""
    cases = []
    for kind, (number, truth) in TRUTH.items():
        given = (answers or {}).get(kind, truth and (truth[0], set(truth[1])))
        call = given if isinstance(given, dict) else back(given)
        children = CHILDREN.get(kind, [])
        case = {"case": kind, "number": number, "truth": truth, "children": children}
        cases.append({**case, "call": call})
    before = [[10, "S"], [40, "S"], [50, "Z"]]
    now = [[pid, after.get(f"_{pid}", was)] for pid, was in before]
    return {"cases": cases, "before": before, "after": now, "left": []}


def test_right_for_every_number_is_full_points() -> None:
    """Thirteen questions."""
    assert judged("2.3", facts()).points == 3


@pytest.mark.parametrize("form", [list, tuple, frozenset, sorted])
def test_any_collection_will_do(form: Any) -> None:
    """The order of threads means nothing."""
    answers = {kind: [t[0], form(t[1])] for kind, (_, t) in TRUTH.items() if t}
    assert judged("2.3", facts(answers)).passed


@pytest.mark.parametrize(
    ("kind", "answer", "points", "misconception", "words"),
    [
        ("threads", (10, {10}), 0, "M2.1", "one task for each of its threads"),
        ("alone", (30, {30, 31, 32}), 0, "M2.14", "children are processes of their own"),
        ("alone", None, 0, None, ""),
        ("threads: another", (12, {12}), 2.25, "M2.3", "number of the thread itself"),
        ("threads: another", None, 2.25, None, ""),
        ("growing: more", (40, {40}), 2.5, "M2.1", "one task for each"),
        ("no main", (60, {61}), 2.5, "M2.15", "stays until"),
        ("zombie", (50, set()), 2.5, "M2.15", "stays until"),
        ("gone", (70, set()), 2.5, None, "return None"),
        ("growing: ended", (40, {40, 43}), 2.5, None, "return None"),
        ("threads", [10, 11], 0, None, "return a pair"),
        ("threads", (10, {10, 11, "12"}), 0, "M2.1", ""),
        ("threads", (10, {"10", "11", "12"}), 0, None, "digits as text"),
        ("threads", (10, {11, 12}), 0, None, "the main thread is a thread like the others"),
    ],
)
def test_one_wrong_answer(
    kind: str, answer: Any, points: float, misconception: str | None, words: str
) -> None:
    """It costs the points of its kind, and by pid those of all."""
    spoiled = facts()
    for case in spoiled["cases"]:
        if case["case"] == kind:
            case["call"] = back(answer)
    verdict = judged("2.3", spoiled)
    fact = one_failed(verdict)
    assert verdict.points == points
    assert fact.misconception == misconception
    assert words in fact.why


def test_an_exception_is_told_with_what_was_asked() -> None:
    """For the number of nobody, for example."""
    fact = one_failed(judged("2.3", facts({"gone": raised("FileNotFoundError")})))
    assert fact.seen.endswith("for a number that no task has any more")


@pytest.mark.parametrize(
    ("after", "words"), [({"_50": None}, "pid 50 gone"), ({"_10": "T"}, "stopped")]
)
def test_asking_must_not_change_anything(after: dict[str, str | None], words: str) -> None:
    """A wait call, or a signal."""
    verdict = judged("2.3", facts(None, **after))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.75


def test_processes_left_behind_are_named() -> None:
    """A Popen that nobody waits for, for example."""
    spoiled = {**facts(), "left": family((80, 2, "Z"))}
    assert "pid 80 (python3, state Z)" in one_failed(judged("2.3", spoiled)).seen


def test_who_ends_the_growing_process_is_told_so() -> None:
    """It cannot start a thread any more."""
    cut = facts()
    cut["cases"] = [case for case in cut["cases"] if "growing:" not in case["case"]]
    cut["after"] = [[10, "S"], [40, None], [50, "Z"]]
    verdict = judged("2.3", cut)
    assert verdict.points == 1.75
    assert "come and go was ended" in verdict.facts[2].seen


def test_after_a_call_that_hangs_nothing_more_is_known() -> None:
    """The rest was not asked."""
    cut = facts({"threads": did_not_return()})
    cut = {"cases": cut["cases"][:1]}
    verdict = judged("2.3", cut)
    assert verdict.points == 0
    assert "had not come back" in one_failed(verdict).seen
