"""Verdicts of 1.2 on records made by hand."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lessonkit.scenes.forking.growing import random_tree, size
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

TREE: dict[str, Any] = {"oak": {"ash": {}, "elm": {"fir": {}}}, "yew": {}}
GROWN = family((5, 2, "S"), (6, 5, "S"), (7, 5, "S"), (8, 6, "S"), (9, 2, "S"))


def good(**changes: Any) -> dict[str, Any]:
    """A tree that was grown and felled, with these changes."""
    return {
        "tree": TREE,
        "call": back(handle=True),
        "grown": GROWN,
        "adopted": 0,
        "fell": back(),
        "after": [],
        "adopted_after": 0,
        **changes,
    }


def facts(**changes: Any) -> dict[str, Any]:
    """Three rounds, the last of them with these changes."""
    return {"rounds": [good(), good(), good(**changes)]}


def not_felled(**changes: Any) -> dict[str, Any]:
    """The same, when the scene had no reason to call fell()."""
    record = facts(**changes)
    for name in ("fell", "after", "adopted_after"):
        del record["rounds"][-1][name]
    return record


def widest(tree: dict[str, Any]) -> int:
    """The most branches that start at one point."""
    return max(len(tree), *map(widest, tree.values())) if tree else 0


def test_three_trees_are_full_points_whatever_the_order_of_their_branches() -> None:
    """The tree of the record has its branches in another order than the one that is wanted."""
    verdict = judged("1.2", facts())
    assert verdict.passed
    assert verdict.points == 3
    assert "5(6(8) 7) 9" in verdict.facts[0].seen


def test_the_trees_are_neither_rows_nor_stars() -> None:
    """From five processes on nobody gets through with a loop alone."""
    for seed in range(50):
        tree = random_tree(random.Random(seed), 5 + seed % 4)
        assert size(tree) == 5 + seed % 4
        assert size(tree) > len(tree)
        assert widest(tree) > 1


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"grown": []}, None, "no new process at all"),
        ({"grown": family(*[(p, 2, "S") for p in range(5, 10)])}, "M1.12", "all are children of"),
        (
            {"grown": family(*[(p, 2 if p == 5 else p - 1, "S") for p in range(5, 10)])},
            "M3.11",
            "each is the child of the one before",
        ),
        ({"grown": [*GROWN, *family((10, 9, "S"))]}, "M3.11", "6 processes where 5 are wanted"),
        ({"grown": GROWN[:4]}, None, "4 processes of 5"),
        ({"grown": family((5, 2, "Z"), (6, 5, "S"))}, None, "1 process in state Z (zombie)"),
        ({"grown": family((5, 1, "S"), (6, 1, "S"))}, None, "pid 5 (python3, state S), pid 6"),
        ({"adopted": 3}, None, "init adopted and reaped 3 more"),
        ({"call": raised("BlockingIOError")}, "M3.11", "raised BlockingIOError"),
        ({"call": did_not_return()}, None, "had not come back"),
        ({"call": vanished(0)}, None, "ended during the call"),
        ({"call": back(handle=True, strays=3)}, "M3.11", "3 copies of your process came back"),
    ],
)
def test_another_tree_earns_nothing(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The other facts wait for it."""
    verdict = judged("1.2", not_felled(**changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"call": back(7)}, None, "grow returned 7, which cannot be called"),
        ({"fell": did_not_return()}, None, "fell() had not come back"),
        ({"after": family((8, 1, "S"))}, "M1.13", "still alive after fell(): pid 8"),
        ({"after": family((5, 2, "Z"))}, "M3.9", "1 zombie left (pid 5)"),
    ],
)
def test_a_tree_that_stays_keeps_half_of_the_points(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """It was right as long as it stood."""
    verdict = judged("1.2", facts(**changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 1.5


def test_what_init_had_to_collect_costs_half_a_point() -> None:
    """Each process is to be collected by its own parent."""
    verdict = judged("1.2", facts(adopted_after=2))
    assert "adopt and reap 2 processes" in one_failed(verdict).seen
    assert verdict.points == 2.5


def test_what_changed_while_it_was_looked_at_is_no_full_result() -> None:
    """Neither a fell() that was not called nor a round that is missing."""
    assert "changed while" in failed(judged("1.2", not_felled()))[0].seen
    assert "called 2 of 3 times" in one_failed(judged("1.2", {"rounds": [good(), good()]})).seen
