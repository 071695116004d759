"""Verdicts of 3.4 on records made by hand."""

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
)

SOME = {3: 0, 4: -15, 5: 200}
CASES: dict[str, dict[int, int]] = {
    "some": SOME,
    "none ready": {},
    "one": {6: 7},
    "the rest": {7: 137, 8: -9},
    "no child": {},
}


def facts(**calls: dict[str, Any]) -> dict[str, Any]:
    """All right, but for these parts of these calls (with _ for blanks)."""
    done = []
    alive = [3, 4, 5, 6, 7, 8]
    for kind, expected in CASES.items():
        before = [(pid, 2, "Z" if pid in expected else "T" if pid == 7 else "S") for pid in alive]
        alive = [pid for pid in alive if pid not in expected]
        good = {
            "case": kind,
            "expected": expected,
            "call": back(dict(expected)),
            "before": family(*before),
            "after": family(*[child for child in before if child[0] in alive]),
        }
        done.append({**good, **calls.get(kind.replace(" ", "_"), {})})
    return {"calls": done}


def with_last(calls: dict[str, Any], kind: str) -> dict[str, Any]:
    """The same, but the call of that kind was the last one."""
    kinds = [call["case"] for call in calls["calls"]]
    return {"calls": calls["calls"][: kinds.index(kind) + 1]}


def test_everything_collected_is_full_points() -> None:
    """As a dict."""
    assert judged("3.4", facts()).points == 3


def test_pairs_are_as_good_as_a_dict() -> None:
    """A list of (pid, code), and an empty list for nothing."""
    pairs = {kind.replace(" ", "_"): {"call": back(list(e.items()))} for kind, e in CASES.items()}
    assert judged("3.4", facts(**pairs)).points == 3


@pytest.mark.parametrize(
    ("some", "misconception", "words"),
    [
        ({"call": did_not_return("S")}, "M3.10", "it was asleep"),
        ({"call": did_not_return("R")}, "M6.6", "still busy"),
        ({"call": raised("TypeError", "x")}, None, "TypeError: x"),
        ({"after": family((4, 2, "Z"), (5, 2, "Z"))}, "M3.9", "2 of 3 zombies still there"),
        ({"after": family((3, 2, "Z"), (4, 2, "Z"), (5, 2, "Z"))}, None, "3 of 3 zombies"),
        ({"call": back(None)}, None, "returned None"),
        ({"call": back([3, 4, 5])}, None, "returned [3, 4, 5]"),
        ({"call": back([([3], 0)])}, None, "returned [([3], 0)]"),
        ({"call": back({**SOME, 0: 0})}, "M6.6", "0 is no child"),
        ({"call": back({3: 0})}, None, "pids 4, 5 collected, but not in the result"),
        ({"call": back({**SOME, 6: 0})}, None, "[6] reported, but had not ended"),
    ],
)
def test_not_collected_counts_nothing(
    some: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The basic behaviour comes first."""
    verdict = judged("3.4", with_last(facts(some=some), "some"))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


def test_a_number_without_its_sign_is_told_from_a_code() -> None:
    """What abs() gives, and what a raw wait status looks like for a signal."""
    verdict = judged("3.4", facts(some={"call": back({**SOME, 4: 15})}))
    assert "a minus sign marks a signal" in one_failed(verdict).why


def test_a_stopped_child_that_was_reported_is_named_as_such() -> None:
    """WUNTRACED reports it, and it lives on."""
    record = facts(some={"call": back({**SOME, 6: 0}), "after": family((6, 2, "T"))})
    fact = one_failed(judged("3.4", with_last(record, "some")))
    assert fact.seen == "[6] reported, but had not ended"
    assert fact.why.startswith("it is stopped: with WUNTRACED")


@pytest.mark.parametrize(
    ("given", "misconception", "words"),
    [
        ({**SOME, 4: 0}, "M3.6", "pid 4: 0, but it was ended by SIGTERM, so -15 is right"),
        ({**SOME, 4: 143}, "M3.5", "143"),
        ({**SOME, 4: 15}, "M3.5", "15"),
        ({**SOME, 5: 200 << 8}, "M3.5", "it exited with 200"),
        ({**SOME, 5: 201}, None, "it exited with 200"),
        ({**SOME, 5: "200"}, None, "'200'"),
    ],
)
def test_wrong_codes_cost_their_points_only(
    given: dict[int, Any], misconception: str | None, words: str
) -> None:
    """128 + N, the raw status, WEXITSTATUS of a killed child."""
    verdict = judged("3.4", facts(some={"call": back(given)}))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 2.25


def test_echild_let_out_costs_codes_and_the_empty_case() -> None:
    """The last children were collected, but nobody got to know their codes."""
    error = {"call": raised("ChildProcessError")}
    verdict = judged("3.4", facts(the_rest=error, no_child=error))
    codes, none = failed(verdict)
    assert "the codes of pids 7, 8 are lost" in codes.seen
    assert none.misconception == "M6.6"
    assert verdict.points == 1.75


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (family((7, 2, "T"), (8, 2, "S")), "pid 6 was alive (state S) before the call"),
        (family((6, 2, "S"), (7, 2, "S"), (8, 2, "S")), "pid 7 was in state T"),
    ],
)
def test_the_living_are_left_alone(after: list[dict[str, Any]], words: str) -> None:
    """Neither killed nor woken up."""
    verdict = judged("3.4", facts(some={"after": after}))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.5


@pytest.mark.parametrize(
    ("none_ready", "misconception", "words"),
    [
        ({"call": back(None)}, "M6.6", "returned None"),
        ({"call": raised("ValueError", "x")}, None, "ValueError: x"),
        ({"call": raised("ChildProcessError")}, "M6.6", "ECHILD"),
    ],
)
def test_none_ready_is_an_empty_result(
    none_ready: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Nothing else."""
    verdict = judged("3.4", facts(none_ready=none_ready))
    assert words in one_failed(verdict).seen
    assert one_failed(verdict).misconception == misconception
    assert verdict.points == 2.75


def test_blocking_when_none_is_ready_ends_the_check() -> None:
    """What was not tried any more is said to be so."""
    verdict = judged("3.4", with_last(facts(none_ready={"call": did_not_return()}), "none ready"))
    living, none, no_child = failed(verdict)
    assert living.misconception == none.misconception == "M3.10"
    assert no_child.seen.startswith("not tried")
    assert verdict.points == 1.75
