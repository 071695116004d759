"""Verdicts of 6.2 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import NotObservedError
from tests.checks.handmade import back, failed, judged, one_failed, raised

COMPILER = {
    "ok": True,
    "missing": False,
    "says": "",
    "program": "/tmp/c/program",
    "compiler": "/usr/bin/cc",
}
WANTED = {10: 1 << 8, 11: 9, 12: 0, 13: 2 << 8}
RECORDED = [f"r {pid} {status}" for pid, status in WANTED.items()]


def phase(kind: str, *told: str, **changes: Any) -> dict[str, Any]:
    """A situation that went well."""
    return {
        "kind": kind,
        "token": 1234567,
        "started": True,
        "where": True,
        "first_over": True,
        "over": True,
        "wanted": WANTED,
        "left": [],
        "told": ["c 10", ".", "w", *RECORDED, *told, "."],
        "lines": "1234567-first-second-1234567\n" if kind == "line" else "",
        "early": False,
        "ended": False,
        "state": "S",
        **changes,
    }


def facts(kind: str = "", *told: str, **changes: Any) -> dict[str, Any]:
    """A good record; the situation *kind* has these changes."""
    phases = [
        phase("twice"),
        phase("line"),
        phase("malloc"),
        phase("errno", "e 1"),
        phase("read", "g"),
    ]
    for one in phases:
        if one["kind"] == kind:
            one |= changes
            one["told"] = [*one["told"], *told]
    return {
        "compiler": COMPILER,
        "answer": back("void start_reaping(void) {}"),
        "others": [],
        "build": COMPILER,
        "phases": phases,
    }


def test_a_good_record_gets_full_points() -> None:
    """In all five situations."""
    assert judged("6.2", facts()).points == 3.5


@pytest.mark.parametrize(
    ("missing", "words"),
    [(True, "there is no C compiler"), (False, "the C compiler /usr/bin/cc compiles nothing")],
)
def test_without_a_compiler_nobody_loses_points(missing: bool, words: str) -> None:
    """It is not observed, which `check` turns into full points and a sentence."""
    record = facts() | {"compiler": {**COMPILER, "ok": False, "missing": missing}}
    with pytest.raises(NotObservedError, match=f"not observed here: {words}"):
        judged("6.2", record)
    unwritten = {**record, "answer": raised("NotImplementedError")}
    assert judged("6.2", unwritten).points == 0


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"answer": back(7), "build": None}, "return the text of the C file"),
        ({"answer": raised("NameError", "x")}, "raised NameError"),
        ({"others": [{"pid": 9, "comm": "sh", "state": "R"}]}, "which cannot be ended"),
        ({"answer": back("x" * 99_999), "build": None}, "that is too long"),
        (
            {"build": {**COMPILER, "ok": False, "says": "a.c:1: error: expected ;\nmore"}},
            "expected ;",
        ),
        (
            {
                "build": {
                    **COMPILER,
                    "ok": False,
                    "says": "ld: undefined reference to `start_reaping'",
                }
            },
            "has to define start_reaping",
        ),
    ],
)
def test_without_a_program_nothing_counts(record: dict[str, Any], words: str) -> None:
    """The sentence says why there is none."""
    verdict = judged("6.2", {**facts(), "phases": [], **record})
    first = failed(verdict)[0]
    assert words in first.seen + first.why
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"first_over": False, "over": False, "left": [11, 12]}, "M6.1", "2 of 4 children"),
        ({"first_over": False, "over": False, "left": [10, 11, 12, 13]}, None, "did not run"),
        ({"first_over": False, "over": False, "told": []}, "M3.7", "record was told nothing"),
        (
            {"first_over": False, "over": False, "told": [*RECORDED, "r 99 0"]},
            "M6.6",
            "pid 99, which is none",
        ),
        (
            {"first_over": False, "over": False, "told": [*RECORDED, RECORDED[0]]},
            None,
            "once, with the status",
        ),
        ({"first_over": False, "over": False}, "M3.10", "did not go on after the burst"),
        ({"told": [*RECORDED[1:]]}, None, "pid 10: record was told nothing"),
        ({"started": False, "ended": True}, None, "it has ended"),
    ],
)
def test_without_a_burst_nothing_counts(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """Collected, recorded once, with the status."""
    verdict = judged("6.2", facts("twice", **changes))
    first = failed(verdict)[0]
    assert words in first.seen + first.why
    assert (first.misconception, verdict.points) == (misconception, 0)


@pytest.mark.parametrize(
    ("kind", "told", "changes", "misconception", "words", "points"),
    [
        ("twice", (), {"left": [12, 13], "over": False}, "M6.3", "the second burst stayed", 3),
        ("twice", (), {"over": False}, None, "did not go on after the second", 3),
        (
            "line",
            (),
            {"lines": "1234567-first-collected 10\nsecond-1234567\n"},
            "M6.2",
            "instead of",
            2.5,
        ),
        ("line", (), {"early": True}, "M6.2", "half of the line came out", 2.5),
        ("line", (), {"lines": "", "ended": True}, "M6.2", "never written", 2.5),
        ("line", (), {"where": False}, None, "did not come to the place", 2.5),
        ("malloc", ("d",), {"over": False, "left": [10]}, "M6.2", "for ever", 2.5),
        ("malloc", (), {"over": False}, "M6.2", "did not come out of malloc", 2.5),
        ("errno", ("e 0",), {}, "M6.10", "found another number", 3),
        ("errno", (), {"told": RECORDED}, None, "did not come so far", 3),
        ("read", ("i",), {}, "M6.8", "EINTR", 3),
        ("read", (), {"told": RECORDED}, None, "read did not come back", 3),
    ],
)
def test_each_fault_has_its_own_fact(
    kind: str,
    told: tuple[str, ...],
    changes: dict[str, Any],
    misconception: str | None,
    words: str,
    points: float,
) -> None:
    """One thing wrong is one fact."""
    verdict = judged("6.2", facts(kind, *told, **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


def test_what_the_program_says_may_be_anything() -> None:
    """It holds code of the student's, and its lines are only lines."""
    for line in ("r", "r x 1", "r 1", "r " + "9" * 5000 + " 0", "r ² 3", "\udcff", ""):
        assert 0 <= judged("6.2", facts("twice", line)).points <= 3.5


def test_a_record_without_a_situation_gives_nothing_for_it() -> None:
    """What was not looked at is not passed."""
    record = facts()
    record["phases"] = [one for one in record["phases"] if one["kind"] != "errno"]
    verdict = judged("6.2", record)
    assert (one_failed(verdict).seen, verdict.points) == ("not tried", 3)
