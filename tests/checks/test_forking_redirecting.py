"""Verdicts of 1.5 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.handmade import back, did_not_return, failed, family, judged, one_failed, raised
from tests.checks.test_forking_running import program

TABLE = {"0": "/dev/null", "1": "pipe:[1]", "2": "pipe:[2]", "230": "socket:[3]"}
ITS = {"0": "/dev/null", "1": "/tmp/out", "2": "pipe:[2]"}


def ran(name: str, code: int) -> dict[str, Any]:
    """A program whose output went into the file."""
    return {
        "case": name,
        "argv": ["sh", "-c", "x"],
        "code": code,
        "seen": [program()],
        "exe": "/usr/bin/dash",
        "look": {"exe": "/usr/bin/dash"},
        "its": ITS,
        "ours": TABLE,
        "into": True,
        "line": "4711",
        "call": back(code),
        "left": [],
        "contents": "4711\n",
    }


def facts(change: str = "", **changes: Any) -> dict[str, Any]:
    """Three calls, the one named *change* with these changes."""
    missing = {"case": "missing", "argv": ["x"], "code": 127, "call": back(127), "left": []}
    cases = [ran("longer", 0), ran("fresh", 200), missing]
    return {
        "before": TABLE,
        "after": TABLE,
        "cases": [{**one, **changes} if one["case"] == change else one for one in cases],
    }


def test_three_calls_are_full_points() -> None:
    """Into the file, nowhere else, and nothing left."""
    verdict = judged("1.5", facts())
    assert verdict.passed
    assert verdict.points == 3


@pytest.mark.parametrize(
    ("changes", "misconception", "words"),
    [
        ({"seen": []}, None, "no process with this argv"),
        ({"seen": [program(9, 8)]}, None, "its parent is pid 8"),
        ({"look": {"exe": "/usr/bin/python3"}}, "M1.16", "still runs /usr/bin/python3"),
        ({"into": False, "its": {**ITS, "1": "pipe:[1]"}}, "M1.17", "was pipe:[1], not the file"),
        ({"into": False, "its": {**ITS, "1": "pipe:[9]"}}, None, "was pipe:[9], not the file"),
        ({"into": False, "its": {**ITS, "1": "/tmp/b"}}, None, "was /tmp/b, not the file"),
        ({"into": False, "its": {"0": "x"}}, None, "no descriptor 1 at all"),
        ({"into": False, "its": {}}, None, "could not be looked at"),
    ],
)
def test_output_that_goes_elsewhere_earns_nothing(
    changes: dict[str, Any], misconception: str | None, words: str
) -> None:
    """The other facts wait for it."""
    verdict = judged("1.5", facts("fresh", **changes))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert fact.misconception == misconception
    assert verdict.points == 0


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("longer", {"contents": "before\n4711\n"}, "with O_TRUNC, not with O_APPEND"),
        ("longer", {"contents": "4711\nbefore\n"}, "the rest of what it held"),
        ("fresh", {"contents": ""}, "the file holds ''"),
        ("fresh", {"contents": None}, "the file holds None"),
        ("fresh", {"its": {**ITS, "3": "/tmp/out"}}, "also had descriptor 3 (/tmp/out)"),
        ("fresh", {"its": {**ITS, "2": "/tmp/out"}}, "descriptor 2 of the program was /tmp/out"),
        ("fresh", {"its": {"1": "/tmp/out", "2": "pipe:[2]"}}, "descriptor 0 of the program was c"),
        ("fresh", {"ours": {**TABLE, "1": "/tmp/out"}}, "descriptor 1 of your own process was"),
        ("fresh", {"ours": {}}, "descriptor 0 of your own process was closed"),
        ("fresh", {"call": back(0)}, "returned 0, but it exited with 200"),
        ("fresh", {"call": raised("OSError")}, "raised OSError"),
        ("fresh", {"left": [program()]}, "left behind: pid 9"),
        ("missing", {"call": back(126)}, "returned 126, but there is no such program"),
        ("missing", {"call": back(127, strays=1)}, "1 copy of your process came back"),
        ("missing", {"call": did_not_return()}, "had not come back"),
    ],
)
def test_each_other_fact_is_half_a_point(name: str, changes: dict[str, Any], words: str) -> None:
    """What the file holds, both tables of descriptors, the codes."""
    verdict = judged("1.5", facts(name, **changes))
    fact = one_failed(verdict)
    assert words in f"{fact.seen} {fact.why}"
    assert verdict.points == 2.5


@pytest.mark.parametrize("after", [{}, {**TABLE, "4": "/tmp/out"}, {**TABLE, "1": "/tmp/out"}])
def test_the_table_of_the_caller_has_to_be_the_same(after: dict[str, str]) -> None:
    """What cannot be seen is not the same."""
    assert judged("1.5", {**facts(), "after": after}).points == 2.5


def test_calls_that_were_not_made_are_not_counted() -> None:
    """A call that did not come back ends the asking."""
    record = facts("longer", call=did_not_return())
    record["cases"] = record["cases"][:1]
    del record["after"]
    verdict = judged("1.5", record)
    assert verdict.points == 0
    assert "not tried" in failed(verdict)[0].seen


def test_processes_left_at_the_end_are_named() -> None:
    """Family of the student's process, found when it had ended."""
    record = facts("fresh", left=[{**one, "cmdline": []} for one in family((9, 2, "Z"))])
    assert "left behind: pid 9 (python3, state Z)" in one_failed(judged("1.5", record)).seen
