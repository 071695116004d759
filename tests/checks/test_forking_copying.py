"""Verdicts of 1.7 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised, vanished

OWN = {"writer": 9000, "another writer": 14000, "reader": 800, "repeater": 810, "later": 20000}
RSS = 38000


def facts(change: str = "", **changes: Any) -> dict[str, Any]:
    """Seven questions, all answered rightly but the one named *change*."""
    cases = [
        {"case": name, "pid": 5, "call": back(own), "own_kib": own, "rss_kib": RSS}
        for name, own in OWN.items()
    ]
    none = {"own_kib": None, "rss_kib": None}
    cases += [{"case": name, "pid": 6, "call": back(0), **none} for name in ("zombie", "gone")]
    changed = [{**one, **changes} if one["case"] == change else one for one in cases]
    return {"cases": changed, "zombie_left": True}


def test_what_the_kernel_counts_is_full_points() -> None:
    """Also with a fraction, and when it is off by a little."""
    assert judged("1.7", facts()).points == 3
    assert judged("1.7", facts("writer", call=back(9000 * 1.05 + 200.0))).passed
    assert judged("1.7", facts("reader", call=back(560))).passed


@pytest.mark.parametrize(
    ("answer", "misconception", "words"),
    [
        (RSS, "M1.8", "fork copies the page table"),
        (9000 * 1024, None, "these are bytes"),
        (2250, None, "own is what no other process maps"),
        (0, None, "own is what no other process maps"),
        pytest.param(10**5000, None, "no process has that much", id="huge"),
        (float("nan"), None, "own is what"),
        (True, None, "return a number"),
        ("9000", None, "return a number"),
        (None, None, "return a number"),
    ],
)
def test_without_the_writers_nothing_counts(
    answer: Any, misconception: str | None, words: str
) -> None:
    """Always to answer the resident size, or a constant, earns nothing."""
    verdict = judged("1.7", facts("writer", call=back(answer)))
    fact = one_failed(verdict)
    assert words in fact.why
    assert fact.misconception == misconception
    assert verdict.points == 0


def test_it_is_the_kernels_count_that_decides() -> None:
    """With another count, or with none, the same answer is wrong."""
    assert judged("1.7", facts("writer", own_kib=12000)).points == 0
    blind = judged("1.7", facts("writer", own_kib=None))
    assert "could not be looked at" in one_failed(blind).seen


@pytest.mark.parametrize(
    ("name", "answer", "lost"),
    [("reader", RSS, 1), ("repeater", 4800, 1), ("later", 9000, 0.5), ("zombie", 800, 0.5)],
)
def test_each_kind_has_its_points(name: str, answer: int, lost: float) -> None:
    """Readers one, what comes later and what has ended a half."""
    assert judged("1.7", facts(name, call=back(answer))).points == 3 - lost


@pytest.mark.parametrize("name", ["zombie", "gone"])
@pytest.mark.parametrize("call", [raised("FileNotFoundError"), back(None), back(False)])
def test_who_has_ended_has_nothing(name: str, call: dict[str, Any]) -> None:
    """0, and no exception."""
    assert judged("1.7", facts(name, call=call)).points == 2.5


def test_asking_must_not_collect() -> None:
    """The zombie belongs to its parent."""
    verdict = judged("1.7", {**facts(), "zombie_left": False})
    assert one_failed(verdict).misconception == "M3.10"
    assert verdict.points == 2.5


@pytest.mark.parametrize("call", [did_not_return("S"), vanished(9)])
def test_what_was_not_asked_is_not_right(call: dict[str, Any]) -> None:
    """A call that ended the asking costs the rest."""
    record = facts("reader", call=call)
    record["cases"] = record["cases"][:3]
    verdict = judged("1.7", record)
    assert verdict.points == 1
    assert any("not asked" in fact.seen for fact in failed(verdict))
