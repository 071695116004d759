"""Verdicts of 1.6 on records made by hand."""

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

BASE = "b" * 31 + "\n"
LINES = [letter * 31 + "\n" for letter in "cdefghij"]
STEPS = [
    {"who": who, "line": line, "taken": True, "held": True}
    for who, line in zip(("first", "second", "second", "first"), LINES[:4], strict=True)
]
BURST = {"first": LINES[4:6], "second": LINES[6:]}
MIXED = LINES[6] + LINES[4] + LINES[5] + LINES[7]
RIGHT = BASE + "".join(LINES[:4]) + MIXED
TABLE = {"0": "/dev/null", "1": "pipe:[1]"}


def good(**changes: Any) -> dict[str, Any]:
    """A call in which all is well, with these changes."""
    return {
        "base": BASE,
        "there": family((9, 2, "S")),
        "steps": STEPS,
        "burst": BURST,
        "call": back(),
        "left": [],
        "contents": RIGHT,
        **changes,
    }


def facts(**changes: Any) -> dict[str, Any]:
    """Two calls, the second one with these changes."""
    return {"rounds": [good(), good(**changes)], "before": TABLE, "after": TABLE}


def step(number: int, **changes: Any) -> list[dict[str, Any]]:
    """The steps, one of them with these changes."""
    return [{**one, **changes} if i == number else one for i, one in enumerate(STEPS)]


def test_two_calls_are_full_points() -> None:
    """Two writers, nothing lost, at once, nothing left."""
    verdict = judged("1.6", facts())
    assert verdict.passed
    assert verdict.points == 3


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"there": [], "steps": []}, None, "no child while two_writers"),
        ({"there": [], "steps": [], "call": raised("OSError")}, None, "raised OSError"),
        ({"there": family((9, 2, "S")), "steps": []}, None, "the two did not come to rest"),
        ({"there": family((9, 2, "S"), (10, 9, "S")), "steps": []}, "M3.11", "pid 10"),
        ({"steps": step(0, taken=False)}, "M1.1", "your process did not read it"),
        ({"steps": step(2, taken=False)}, None, "the child did not read it"),
        ({"steps": step(2, taken=False, other=True)}, None, "was read by your process"),
    ],
)
def test_without_two_writers_nothing_counts(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """A file that is right is no proof of them."""
    verdict = judged("1.6", facts(**changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("contents", "misconception", "words"),
    [
        (None, None, "no such file"),
        (RIGHT[len(BASE) :], None, "what the file held before the call"),
        (LINES[0] + BASE, "M1.5", "what the file held before the call"),
        (RIGHT.replace(LINES[2], ""), "M1.5", "1 line of 8 missing"),
        (RIGHT + LINES[3], "M1.14", "1 line in the file more than once"),
        (BASE + "".join(LINES[3::-1]) + MIXED, "M1.14", "not in the order"),
        (BASE + "".join(LINES[:4]) + LINES[5] + LINES[4] + "".join(LINES[6:]), "M1.14", "not in"),
        (RIGHT + "x", None, "and 1 byte that nobody fed"),
        (RIGHT.replace(LINES[2], LINES[2][:9] + "x" + LINES[2][9:]), None, "1 line of 8 torn"),
        (RIGHT.replace(LINES[2], LINES[2][:-1]), None, "1 line of 8 without the line break"),
        (BASE + LINES[2], None, "the file holds what was written last"),
    ],
)
def test_every_line_has_its_place(
    contents: str | None, misconception: str | None, words: str
) -> None:
    """A point for the file as it should be."""
    verdict = judged("1.6", facts(contents=contents))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 2


def test_a_buffer_that_the_child_never_wrote_out_is_named() -> None:
    """All of its lines are missing, and they were late before."""
    contents = BASE + LINES[0] + LINES[3] + "".join(BURST["first"])
    steps = [{**one, "held": one["who"] == "first"} for one in STEPS]
    verdict = judged("1.6", facts(contents=contents, steps=steps))
    assert {fact.misconception for fact in failed(verdict)} == {"M1.14"}
    assert verdict.points == 1.5


def test_a_line_that_comes_late_costs_half_a_point() -> None:
    """Even when all are there in the end."""
    verdict = judged("1.6", facts(steps=step(1, held=False)))
    assert "1 of 4 lines not in the file" in one_failed(verdict).seen
    assert verdict.points == 2.5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"left": family((9, 2, "Z"))}, "left behind: pid 9 (python3, state Z)"),
        ({"left": family((9, 2, "S"))}, "left behind: pid 9 (python3, state S)"),
        ({"call": back(strays=1)}, "1 copy of your process came back"),
        ({"call": did_not_return()}, "had not come back"),
        ({"call": vanished(0)}, "ended during the call"),
        ({"call": raised("ChildProcessError")}, "raised ChildProcessError"),
    ],
)
def test_what_is_left_over(changes: dict[str, Any], words: str) -> None:
    """Half a point."""
    verdict = judged("1.6", facts(**changes))
    assert words in one_failed(verdict).seen
    assert verdict.points == 2.5


@pytest.mark.parametrize("after", [None, {}, {**TABLE, "7": "/tmp/log"}, {"0": "/dev/null"}])
def test_descriptors_have_to_be_the_same(after: dict[str, str] | None) -> None:
    """What was not seen is not the same."""
    assert judged("1.6", {**facts(), "after": after}).points == 2.5


def test_one_call_is_not_enough() -> None:
    """Something changed while it was looked at, and that is not our failure."""
    assert judged("1.6", {**facts(), "rounds": [good()]}).points == 1
